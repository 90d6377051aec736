"""The running of a row's rounds: its files, its server, and each client in turn."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from os import fsync
from pathlib import Path
from typing import Self

from uploads.clients import EVERY, Client, Task
from uploads.evercam import StandIn
from uploads.measure import Cost, environment_of, measure
from uploads.namespaces import Namespaces
from uploads.rows import Row

from runner.recordings.samples.make import write_recording
from tests.badline import BadLine, Line
from tests.servers import SERVERS, NginxTusd, TusServer
from tests.sites import true_recording

ROUND_TRIP = 0.06
STREAMING = partial(NginxTusd, buffering=False, mends_addresses=True)
START: dict[str, Callable[[Path], TusServer]] = {**SERVERS, "tusd behind nginx": STREAMING}


def _leave_as_it_is(_congestion_control: str | None) -> None:
    """Of loopback nobody's choice matters."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row's files go: addresses, what vouches for them, and the folder where they lie."""

    tus_url: str
    evercam_url: str
    data: Path
    ca: Path | None = None
    near: tuple[str, ...] = ()
    use: Callable[[str | None], None] = _leave_as_it_is


class Bench:
    """A folder with the files, one with the server's data, and a stand-in for Evercam's own steps.

    A server's disk is not its client's: on one disk each sync of the ledger would wait until all
    is written that the server has just received.
    """

    def __init__(self, folder: Path, server_folder: Path) -> None:
        self._folder = folder
        self._server_folder = server_folder

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self._root, self._server = map(self._made, (self._folder, self._server_folder))
        self._evercam = self._stack.enter_context(StandIn())
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def _made(self, where: Path) -> Path:
        made = tempfile.TemporaryDirectory(prefix="bench-upload-", dir=where)
        return Path(self._stack.enter_context(made))

    def rounds(self, row: Row, count: int) -> Iterator[Mapping[str, Cost]]:
        """Yield what each client of a row cost, round by round; they begin in turn."""
        with self._files(row) as files, self._place(row) as place:
            for number in range(count):
                first = number % len(row.clients)
                order = row.clients[first:] + row.clients[:first]
                yield {name: self._run(name, row, files, place) for name in order}

    @contextmanager
    def _files(self, row: Row) -> Iterator[list[Path]]:
        folder = self._root / "files"
        folder.mkdir()
        files = [folder / _name(number) for number in range(len(row.sizes))]
        for number, (file, size) in enumerate(zip(files, row.sizes, strict=True)):
            write_recording(file, replace(true_recording(8000, number), payload_size=size))
            _to_disk(file)
        try:
            yield files
        finally:
            shutil.rmtree(folder)

    @contextmanager
    def _place(self, row: Row) -> Iterator[Place]:
        folder = self._server / "server"
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, folder)
            if row.lossy is not None:
                yield _at_far_end(stack.enter_context(Namespaces(row.lossy, folder).open()))
                return
            server = stack.enter_context(START[row.server](folder))
            url, data = server.tus_url, server.data
            if isinstance(server, NginxTusd):
                data = server.tusd.data
            if row.megabits is not None:
                far = Line.over(round_trip=ROUND_TRIP, megabits=row.megabits)
                url = stack.enter_context(BadLine(server.port, far)).through(url)
            yield Place(url, self._evercam.url, data, server.ca_file)

    def _run(self, name: str, row: Row, files: list[Path], place: Place) -> Cost:
        own = self._root / "client"
        own.mkdir()
        client = EVERY[name]
        try:
            place.use(client.congestion)
            cost = _cost(client, self._task(client, row, files, place))
            _must_have_arrived(name, files[client.files], place.data)
        finally:
            shutil.rmtree(own)
            for file in place.data.iterdir():
                file.unlink(missing_ok=True)  # a server may still be removing a lock of its own
        return cost

    def _task(self, client: Client, row: Row, files: list[Path], place: Place) -> Task:
        jobs = row.jobs if client.jobs is None else client.jobs
        own, chosen = self._root / "client", files[client.files]
        return Task(chosen, jobs, place.tus_url, place.evercam_url, own, place.near, place.ca)


def _cost(client: Client, task: Task) -> Cost:
    command = client.command(task)
    if command.before:
        environment = environment_of(command.environment)
        subprocess.run(command.before, env=environment, capture_output=True, check=False)
    return measure([*task.near, *command.words], command.environment)


def _at_far_end(ends: Namespaces) -> Place:
    return Place(ends.tus_url, ends.evercam_url, ends.data, near=ends.near, use=ends.use)


def _name(number: int) -> str:
    minutes, seconds = divmod(number, 60)
    return f"VID_20260120_{10 + minutes // 60:02}{minutes % 60:02}{seconds:02}_00_001.insv"


def _to_disk(file: Path) -> None:
    """No write-back of ours shall disturb what is measured."""
    with file.open("rb") as written:
        fsync(written.fileno())


def _must_have_arrived(name: str, files: Sequence[Path], data: Path) -> None:
    """Raise RuntimeError unless every file has one of its length at the server."""
    wanted = sorted(file.stat().st_size for file in files)
    kept = [file for file in data.iterdir() if file.suffix not in {".info", ".json", ".lock"}]
    found = sorted(file.stat().st_size for file in kept)
    if found != wanted:
        raise RuntimeError(f"{name} left files of {found} bytes instead of {wanted}")
