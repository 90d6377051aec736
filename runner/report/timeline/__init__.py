"""Bytes over time in a run, and what held them up."""
