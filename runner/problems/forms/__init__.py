"""The forms of problems: text, JSON, GitHub annotations and SARIF."""
