"""What a rule is, and what docs/rules.md says of each; a rule itself stands beside its check."""
