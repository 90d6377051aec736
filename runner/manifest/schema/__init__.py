"""What the schema refuses, and what was meant."""
