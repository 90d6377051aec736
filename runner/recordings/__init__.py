"""Recordings: the files, their identity, and what they say of themselves."""
