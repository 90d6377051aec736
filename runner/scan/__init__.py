"""Scans: from the files on a card to walkthroughs for a manifest."""
