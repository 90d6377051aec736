"""What an .insv says of itself."""
