"""A Dask cluster of real processes: a scheduler, and workers which may be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres.server import free_port
from tests.waiting import until

_SETTINGS = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "20"}


@dataclass(slots=True)
class Cluster:
    """A scheduler and its workers."""

    folder: Path
    environment: Mapping[str, str]
    protocol: str = "tcp"
    port: int = field(default_factory=free_port)
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where its scheduler listens."""
        return f"{self.protocol}://127.0.0.1:{self.port}"

    def begin_scheduler(self) -> None:
        """Begin it, and wait until it listens."""
        here = ["--protocol", self.protocol, "--host", "127.0.0.1", "--port", str(self.port)]
        self.scheduler = self._begin("scheduler", "scheduler", *here, "--no-dashboard")
        until(lambda: "Scheduler at" in self._said("scheduler"))

    def begin_worker(self) -> subprocess.Popen[bytes]:
        """Begin one more worker with one thread, and wait until it is known."""
        name = f"worker-{len(self.workers)}"
        words = ["worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        here = ["--local-directory", str(self.folder / name), "--name", name]
        worker = self._begin(name, *words, *here)
        self.workers.append(worker)
        until(lambda: "Registered to" in self._said(name))
        return worker

    def end(self) -> None:
        """Kill what is there still."""
        for process in (*self.workers, *([self.scheduler] if self.scheduler else [])):
            process.kill()
            process.wait()

    def _begin(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        log = self._log(name).open("wb")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:]],
                cwd=self.folder,
                env={**os.environ, **_SETTINGS, **self.environment},
                stdout=log,
                stderr=log,
            )

    def _said(self, name: str) -> str:
        return self._log(name).read_text(encoding="utf-8", errors="replace")

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


@contextmanager
def cluster(
    folder: Path, environment: Mapping[str, str], workers: int = 2, protocol: str = "tcp"
) -> Iterator[Cluster]:
    """A cluster whose workers have an environment of their own."""
    folder.mkdir(parents=True)
    made = Cluster(folder, environment, protocol)
    try:
        made.begin_scheduler()
        for _ in range(workers):
            made.begin_worker()
        yield made
    finally:
        made.end()


def kill(process: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> None:
    """Send a signal, SIGKILL by default, and wait for the end."""
    process.send_signal(number)
    process.wait()
