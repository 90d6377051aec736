"""A world in memory: Evercam and its tus server, which may drop, die, delay and lie."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from runner.base.clock import CancelToken
from runner.evercam.http.errors import RefusedError, UnknownOutcomeError, UnreachableError
from runner.evercam.http.session import Answer, Session
from runner.evercam.http.waiting import never
from runner.ledger.events import Event, Kind


class Misfortune(StrEnum):
    """What may happen to one request."""

    NONE = "none"
    UNREACHABLE = "it never leaves"
    LOST_BEFORE = "nothing is done, and no answer comes"
    LOST_AFTER = "it is done, and no answer comes"
    REFUSED = "429"
    CUT = "half of its bytes arrive, and no answer comes"
    CRASH_INSIDE = "half of its bytes arrive, and the process dies"
    CRASH_BEFORE = "the process dies before it leaves"
    CRASH_AFTER = "the process dies before the answer"
    LIE = "the server loses half of the bytes it has"


_HALVES = frozenset({Misfortune.CUT, Misfortune.CRASH_INSIDE})


class ProcessDied(BaseException):
    """The process is no more; nothing in it may catch this."""


@dataclass(slots=True)
class World:
    """The remote side: what survives every crash of ours."""

    objects: dict[int, str] = field(default_factory=dict)
    uploads: dict[str, bytearray] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    links: dict[int, list[str]] = field(default_factory=dict)
    asked: int = 0

    def serve(self, method: str, url: str, options: dict[str, Any], *, cut: bool = False) -> Answer:
        """Do what a request asks for, as the sandbox does; a body that is cut arrives by half."""
        path = urlsplit(url).path
        if path.endswith("/login"):
            return _answer(200, json={"token": "t"})
        if path == "/files/":
            return self._begin(options["headers"])
        if path.startswith("/files/"):
            return self._transfer(method, path.rpartition("/")[2], options, cut=cut)
        return self._upload_object(method, url, options)

    def _begin(self, headers: dict[str, str]) -> Answer:
        id_ = f"f{len(self.uploads)}"
        self.uploads[id_] = bytearray()
        self.lengths[id_] = int(headers["upload-length"])
        return _answer(201, Location=f"http://there/files/{id_}")

    def _transfer(self, method: str, id_: str, options: dict[str, Any], *, cut: bool) -> Answer:
        data = self.uploads[id_]
        if method == "PATCH":
            if int(options["headers"]["Upload-Offset"]) != len(data):
                raise RefusedError("wrong offset", 409)
            for block in options["data"]:
                data.extend(block[: len(block) // 2] if cut else block)
                if cut:
                    break
        headers = {"Upload-Offset": str(len(data)), "Upload-Length": str(self.lengths[id_])}
        return _answer(200, **headers)

    def _upload_object(self, method: str, url: str, options: dict[str, Any]) -> Answer:
        if method == "POST":
            id_ = 1000 + len(self.objects)
            self.objects[id_] = parse_qs(urlsplit(url).query)["name"][0]
            return _answer(201, json={"id": id_})
        found = re.search(r"/360/(\d+)/upload", url)
        assert found
        if int(found[1]) not in self.objects:
            raise RefusedError("no such upload object", 404)
        ids = [link["url"].rpartition("/")[2] for link in options["json"]["upload"]]
        if any(len(self.uploads[id_]) < self.lengths[id_] for id_ in ids):
            raise RefusedError("not complete", 422)
        self.links[int(found[1])] = ids
        return _answer(200, json={})

    def forget_half(self) -> None:
        """Lose bytes that were acknowledged, of whatever is not complete."""
        for id_, data in self.uploads.items():
            if len(data) < self.lengths[id_]:
                del data[len(data) // 2 :]


def _answer(status: int, json: object = None, **headers: str) -> Answer:
    return Answer(status, headers, _dumped(json))


def _dumped(value: object) -> bytes:
    return json.dumps(value).encode()


class FakeSession(Session):
    """A session into the world, one misfortune a request as long as they last.

    Before each request `switch` may let another thread go on.
    """

    def __init__(
        self,
        world: World,
        misfortunes: Iterator[Misfortune],
        switch: Callable[[], None] = never,
    ) -> None:
        super().__init__()
        self._world = world
        self._misfortunes = misfortunes
        self._switch = switch

    def exchange(
        self, method: str, url: str, *, ready: Callable[[], None] = never, **options: Any
    ) -> Answer:
        """Meet the next misfortune, and unless it prevents that, the server."""
        self._switch()
        misfortune = next(self._misfortunes, Misfortune.NONE)
        if misfortune is Misfortune.UNREACHABLE:
            raise UnreachableError("no connection")
        ready()
        match misfortune:
            case Misfortune.CRASH_BEFORE:
                raise ProcessDied
            case Misfortune.LOST_BEFORE:
                raise UnknownOutcomeError("no answer")
            case Misfortune.REFUSED:
                raise RefusedError("busy", 429)
            case Misfortune.LIE:
                self._world.forget_half()
        self._world.asked += 1
        answer = self._world.serve(method, url, options, cut=misfortune in _HALVES)
        if misfortune in {Misfortune.CRASH_AFTER, Misfortune.CRASH_INSIDE}:
            raise ProcessDied
        if misfortune in {Misfortune.LOST_AFTER, Misfortune.CUT}:
            raise UnknownOutcomeError("no answer")
        return answer

    def open(self, url: str) -> None:
        """Connections always open; what misses one says so when a request is sent."""

    def __enter__(self) -> Self:
        return self


class DyingJournal:
    """A ledger in memory that survives the process, which may die at one of its lines."""

    def __init__(self, dropped: frozenset[Kind] = frozenset()) -> None:
        self.events: list[Event] = []
        self.dies_in: int | None = None
        self.dies_before = False
        self._dropped = dropped

    def append(self, *events: Event) -> None:
        """Keep events, and die before or after one of them when it is time.

        Also between those that a file keeps together, or not at all.
        """
        for event in events:
            self._append(event)

    def _append(self, event: Event) -> None:
        if self.dies_in is not None:
            self.dies_in -= 1
        if self.dies_in == 0 and self.dies_before:
            raise ProcessDied
        if event.kind not in self._dropped:
            self.events.append(event)
        if self.dies_in == 0:
            raise ProcessDied


class FastClock:
    """A clock that only moves when somebody waits."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> dt.datetime:
        """A moment that follows from the seconds."""
        return dt.datetime(2026, 1, 21, tzinfo=dt.UTC) + dt.timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """The seconds."""
        return self.seconds


class Waits(CancelToken):
    """Waiting is moving the clock."""

    def __init__(self, clock: FastClock) -> None:
        super().__init__()
        self._clock = clock

    def pause(self, seconds: float) -> None:
        """Take no time, but let the clock think so."""
        self._clock.seconds += seconds + 1
