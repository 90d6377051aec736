"""A server process on a loopback port: start it and wait for the port, kill it, reap it."""

import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import PATIENCE

HOST = "127.0.0.1"
STOP_LIMIT = 5.0
"""Seconds a server has to end by itself; then it is ended."""


class ServerError(Exception):
    """A server that is not installed, did not start, or ended by itself."""


def reserve_port() -> socket.socket:
    """A socket whose port nobody else is given while it is open, before, between and after runs.

    It does not listen, and servers reuse addresses: a server with this port can listen there.
    """
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind((HOST, 0))
    return reserved


def required(path: Path) -> Path:
    """The path, when `make servers` has put something there."""
    if not path.exists():
        raise ServerError(f"{path} is missing: run `make servers`")
    return path


@dataclass
class ServerProcess:
    """A command that serves on a port; the output of all its starts goes to `log`."""

    command: list[str]
    port: int
    log: Path
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it and wait until the port answers. Raises ServerError when it does not."""
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(self.command, stdout=log, stderr=subprocess.STDOUT)
        try:
            self._wait_for_port()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it with no chance to tidy up (SIGKILL), as a power cut would."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        if self._running is not None:
            self._running.terminate()
            try:
                self._running.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()
            self._running = None

    def _wait_for_port(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._running is not None and self._running.poll() is not None:
                raise ServerError(f"{self.command[0]} ended at once. {self._last_words()}")
            if time.monotonic() > deadline:
                raise ServerError(f"{self.command[0]} opened no port. {self._last_words()}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

    def _last_words(self) -> str:
        return "Its log ends: " + self.log.read_text(encoding="utf-8", errors="replace")[-500:]
