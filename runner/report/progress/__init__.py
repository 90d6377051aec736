"""A run while it goes on: steps, and how far it is."""
