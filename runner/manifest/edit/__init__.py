"""Editing a manifest's text: one change, and everything else stays byte for byte."""
