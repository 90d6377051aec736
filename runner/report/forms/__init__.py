"""The forms of results: text, JSON, Markdown, CSV and JUnit XML."""
