"""Own what is measured: each row's server, files, jobs and line, and the running of its rounds."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from uploads.clients import CLIENTS, Task
from uploads.evercam import StandIn
from uploads.measure import Cost, measure

from runner.recordings.samples.make import write_recording
from tests.badline import BadLine, Line
from tests.servers import SERVERS
from tests.sites import true_recording

MIB = 1024 * 1024
ROUND_TRIP = 0.06
ALL = tuple(CLIENTS)
DEFAULTS = ("curl", "tus-js-client", "tuspy", "sitewalk")


@dataclass(frozen=True, slots=True)
class Row:
    """Files of equal size to one server, directly or over a line of so many megabits a second."""

    group: str
    server: str
    files: int
    mib: int
    jobs: int = 1
    megabits: int | None = None
    clients: tuple[str, ...] = ALL

    def scaled(self, factor: float) -> "Row":
        """The same with smaller files, for a quick look."""
        return replace(self, mib=max(1, int(self.mib * factor)))

    @property
    def name(self) -> str:
        """The row in words."""
        size = f"{self.mib // 1024} GiB" if self.mib >= 1024 else f"{self.mib} MiB"
        files = size if self.files == 1 else f"{self.files} x {size}, {self.jobs} at once"
        way = f"60 ms, {self.megabits} Mbit/s" if self.megabits else "loopback"
        return f"{files} to {self.server}, {way}"


ROWS = (
    Row("loopback", "tusd", 1, 1024),
    Row("loopback", "tusd", 1, 4096),
    Row("loopback", "tus-node", 1, 1024),
    Row("loopback", "tus-node", 1, 4096),
    Row("jobs", "tusd", 8, 256, 1),
    Row("jobs", "tusd", 8, 256, 4),
    # Sizes that take the line a quarter of a minute.
    Row("line", "tusd", 1, 192, megabits=100, clients=DEFAULTS),
    Row("line", "tusd", 1, 768, megabits=400, clients=DEFAULTS),
    Row("line", "tusd", 4, 192, 4, megabits=400, clients=("curl", "tus-js-client", "sitewalk")),
)
GROUPS = tuple(dict.fromkeys(row.group for row in ROWS))


class Bench:
    """A folder with the files and the server's data, and a stand-in for Evercam's own steps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        made = tempfile.TemporaryDirectory(prefix="bench-upload-", dir=self._folder)
        self._root = Path(self._stack.enter_context(made))
        self._evercam = self._stack.enter_context(StandIn())
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def rounds(self, row: Row, count: int) -> Iterator[Mapping[str, Cost]]:
        """Yield what each client of a row cost, round by round; they begin in turn."""
        with self._files(row) as files, self._server(row) as (tus_url, data):
            for number in range(count):
                first = number % len(row.clients)
                order = row.clients[first:] + row.clients[:first]
                yield {name: self._run(name, row, files, tus_url, data) for name in order}

    @contextmanager
    def _files(self, row: Row) -> Iterator[list[Path]]:
        folder = self._root / "files"
        folder.mkdir()
        files = [
            folder / f"VID_20260120_1015{number:02}_00_001.insv" for number in range(row.files)
        ]
        for number, file in enumerate(files):
            recipe = replace(true_recording(8000, number), payload_size=row.mib * MIB)
            write_recording(file, recipe)
            _to_disk(file)
        try:
            yield files
        finally:
            shutil.rmtree(folder)

    @contextmanager
    def _server(self, row: Row) -> Iterator[tuple[str, Path]]:
        folder = self._root / "server"
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, folder)
            server = stack.enter_context(SERVERS[row.server](folder))
            url = server.tus_url
            if row.megabits is not None:
                far = Line.over(round_trip=ROUND_TRIP, megabits=row.megabits)
                url = stack.enter_context(BadLine(server.port, far)).through(url)
            yield url, server.data

    def _run(self, name: str, row: Row, files: list[Path], tus_url: str, data: Path) -> Cost:
        own = self._root / "client"
        own.mkdir()
        try:
            command = CLIENTS[name](Task(files, row.jobs, tus_url, self._evercam.url, own))
            cost = measure(command.words, command.environment)
            _must_have_arrived(name, files, data)
        finally:
            shutil.rmtree(own)
            for file in data.iterdir():
                file.unlink(missing_ok=True)  # a server may still be removing a lock of its own
        return cost


def _to_disk(file: Path) -> None:
    """No write-back of ours shall disturb what is measured."""
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _must_have_arrived(name: str, files: list[Path], data: Path) -> None:
    """Raise RuntimeError unless every file has one of its length at the server."""
    wanted = sorted(file.stat().st_size for file in files)
    kept = [file for file in data.iterdir() if file.suffix not in {".info", ".json", ".lock"}]
    found = sorted(file.stat().st_size for file in kept)
    if found != wanted:
        raise RuntimeError(f"{name} left files of {found} bytes instead of {wanted}")
