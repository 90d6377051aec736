"""The plan: what would be done and why; saved, and stale."""
