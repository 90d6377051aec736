"""Drawings as pictures: read from disk, drawn in a bounded process, measured in coordinates."""
