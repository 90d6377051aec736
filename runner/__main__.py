"""Own the process: the only place where an exception becomes an exit status."""


def main() -> None:
    """Run the command line."""
