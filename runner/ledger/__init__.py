"""The ledger: the append-only journal of what was intended and what happened."""
