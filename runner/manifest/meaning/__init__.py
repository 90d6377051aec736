"""The meaning layer: what a well-formed manifest says, and whether it makes sense."""
