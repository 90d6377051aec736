"""The pages of results and of a period."""
