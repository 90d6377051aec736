"""Own the rules of manifests and recordings: code, name, severity, meaning, and two examples."""
