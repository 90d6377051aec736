"""Own the pages that people review, each one file that needs nothing else."""
