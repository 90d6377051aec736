"""The flow of the whole program: check, plan, apply, write."""
