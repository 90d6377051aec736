"""Own the plan: what would be done, and why."""
