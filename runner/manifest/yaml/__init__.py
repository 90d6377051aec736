"""YAML: from bytes to plain values, each with the mark of where it was written."""
