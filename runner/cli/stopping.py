"""The signals: the first asks the run to stop, the second ends the process at once."""

import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType

from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus
from runner.cli.console import Console

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Not every system has all four: SIGHUP is a closed terminal, SIGBREAK is Windows' own."""


@contextlib.contextmanager
def stop_on_signals(
    stop: CancelToken,
    console: Console,
    words: str = "stopping: transfers end at the next block; once more to stop at once",
) -> Iterator[None]:
    """While this is open, signals stop the work gently; without one, earlier handlers come back.

    Also where they were ignored, as in a process that was started in the background; but a SIGHUP
    that was ignored stays so: that is what nohup is for.
    """

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.requested:
            os._exit(ExitStatus.INTERRUPTED)
        stop.request()
        console.say(words)

    numbers = [getattr(signal, name) for name in _NAMES if not _stays_ignored(name)]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        if not stop.requested:  # else the process is ending, and a second signal may still come
            for number, handler in before.items():
                signal.signal(number, handler)


def _stays_ignored(name: str) -> bool:
    number = getattr(signal, name, None)
    if number is None:  # not on this system
        return True
    return name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN
