"""The scan: from a folder of recordings to walkthroughs for a manifest."""
