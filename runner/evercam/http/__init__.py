"""How requests leave the program, and what comes back."""
