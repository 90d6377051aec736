"""Builds the documentation's site from docs/: fills in what the program says of itself."""
