"""INSV files: what a recording says of itself, and what is broken about it."""
