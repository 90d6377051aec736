"""Own the doing: carrying a plan out, walkthrough by walkthrough."""
