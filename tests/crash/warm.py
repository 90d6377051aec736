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

from runner.__main__ import main
from tests.crash.dying import arm
from tests.crash.walker import Walker

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

    `variables` are added to the walker's environment; SITEWALK_DIE makes it the build that dies.
    """
    streams = [walker.site.folder.parent / name for name in ("stdout", "stderr")]
    for stream in streams:
        stream.write_bytes(b"")  # a command killed at once opens none
    target = (arguments, walker.site.folder, walker.environment(**variables), *streams)
    process = _CONTEXT.Process(target=_command, args=target)  # type: ignore[attr-defined] # of both
    process.start()
    life.wait(process)
    killed = process.exitcode is None
    if killed:
        process.kill()
        process.join()
    out, err = (stream.read_text(encoding="utf-8", errors="replace") for stream in streams)
    assert life is not _UNDISTURBED or not killed, f"hung: {arguments}\n{err}"
    return End(None if killed else process.exitcode, out, err)


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
        arm(environment["SITEWALK_DIE"])
    main()
