"""HTTP: how requests leave the program, and what comes back."""
