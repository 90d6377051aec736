"""Manifests: from YAML text to resolved values, or to every problem in it."""
