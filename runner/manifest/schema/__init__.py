"""The schema layer: which values the schema refuses, and what was probably meant."""
