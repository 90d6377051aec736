"""The scan: from a card to walkthroughs for a manifest."""
