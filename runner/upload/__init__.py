"""Carrying a plan out: run, walkthrough, recording."""
