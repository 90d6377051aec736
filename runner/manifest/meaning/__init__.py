"""Routes, drafts, checks and geometry: what a well-formed manifest says."""
