"""All walks of a period, by drawing and week."""
