"""Own manifests: from YAML text to resolved values, or to the problems in it."""
