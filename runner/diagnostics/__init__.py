"""Own problems as text, in five forms: full, concise, JSON, GitHub annotations and SARIF."""
