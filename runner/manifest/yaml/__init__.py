"""Bytes to plain values, each with the mark where it was written."""
