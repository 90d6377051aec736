"""Quick starts of the real program, so that kills fall into its work and not into imports.

A server process that has imported everything forks one process a command; where there is no fork
a whole interpreter starts, which is only slower.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import cast

from runner.__main__ import main
from tests.crash import dying
from tests.crash.walker import LONGEST, Walker
from tests.postgres import pausing

_CONTEXT = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
if os.name != "nt":
    _CONTEXT.set_forkserver_preload(["__main__", __name__, "tests.crash.preloaded"])

_LONGEST = 180.0
"""Seconds after which a command counts as hanging."""


@dataclass(frozen=True, slots=True)
class End:
    """How a command ended; `status` is None when it was killed."""

    status: int | None
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Life:
    """When to kill -9: so many seconds after something `begun`, or after the start."""

    seconds: float
    begun: Callable[[], bool] = lambda: True

    def wait(self, process: BaseProcess) -> None:
        """Wait for the life's end, or the process's own."""
        while not self.begun() and process.exitcode is None:
            time.sleep(0.01)
        process.join(self.seconds)


_UNDISTURBED = Life(_LONGEST)


def run_warm(walker: Walker, *arguments: str, life: Life = _UNDISTURBED, **variables: str) -> End:
    """Run a command in the walker's folder, and kill it at the end of its life.

    `variables` are added to the walker's environment; SITEWALK_DIE makes it the build that dies,
    SITEWALK_TTL the one that stands still.
    """
    process = begin_warm(walker, *arguments, **variables)
    life.wait(process)
    killed = process.exitcode is None
    if killed:
        process.kill()
    end = end_of(walker, process)
    assert life is not _UNDISTURBED or not killed, f"hung: {arguments}\n{end.err}"
    return End(None if killed else end.status, end.out, end.err)


def begin_warm(walker: Walker, *arguments: str, **variables: str) -> BaseProcess:
    """Start a command and leave it running; a walker has one at a time, for it has one output."""
    streams = _streams(walker)
    for stream in streams:
        stream.write_bytes(b"")  # a command killed at once opens none
    target = (arguments, walker.site.folder, walker.environment(**variables), *streams)
    process = _CONTEXT.Process(target=_command, args=target)  # type: ignore[attr-defined] # of both
    process.start()
    return cast("BaseProcess", process)


def end_of(walker: Walker, process: BaseProcess) -> End:
    """Wait for the end of the walker's command; a negative status is the signal that ended it."""
    process.join(LONGEST)
    out, err = (each.read_text(encoding="utf-8", errors="replace") for each in _streams(walker))
    assert process.exitcode is not None, f"hung: {err}"
    return End(process.exitcode, out, err)


def _streams(walker: Walker) -> list[Path]:
    return [walker.site.folder.parent / name for name in ("stdout", "stderr")]


def _command(
    arguments: tuple[str, ...], folder: Path, environment: dict[str, str], out: Path, err: Path
) -> None:
    """Be the program: its arguments, folder, environment and streams. Ends the process."""
    for number, path in enumerate((Path(os.devnull), out, err)):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(path, flags, 0o600), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["sitewalk", *arguments]
    if "SITEWALK_DIE" in environment:
        dying.arm(environment["SITEWALK_DIE"])
    if "SITEWALK_TTL" in environment:
        pausing.arm()
    main()
