"""Own the exit codes of the command line."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """What a command's end means; the texts are in the README's table."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    INVALID = 3
    FAILED = 4
    DECISION = 5
    PENDING = 6
    REFUSED = 7
    INTERRUPTED = 130
