"""The server's request log: every request with its outcome, free of secrets."""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

_FILE_ID: Final = re.compile(r"(/files/)([^/?]{0,4})[^/?]*")
_SECRET_HEADERS: Final = ("authorization", "cookie", "proxy-authorization")


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request as the server saw it.

    `at` is when its head had arrived, in UTC. `path` hides all but four characters of a tus file
    id, `headers` (by lower-case name) hide credentials. `status` is None when the connection ended
    without an answer. `bytes_received` is how much of its body was read. `step` is login, create,
    tus_create, head, patch, finish, delete or options; None for an address not in the guide.
    """

    at: datetime
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    status: int | None
    bytes_received: int
    step: str | None


class RequestLog:
    """An append-only list in memory and, line by line, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._entries: list[LoggedRequest] = []

    def append(self, entry: LoggedRequest) -> None:
        """Add a request, to the file first."""
        line = json.dumps(asdict(entry), default=datetime.isoformat, ensure_ascii=False)
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            self._entries.append(entry)

    def entries(self) -> tuple[LoggedRequest, ...]:
        """Every request answered since this log was opened, in the order in which they ended."""
        with self._lock:
            return tuple(self._entries)


def mask_path(path: str) -> str:
    """Hide the tus file id in a path, as whoever has it can write to that file."""
    return _FILE_ID.sub(lambda found: f"{found[1]}{found[2]}…" if found[2] else found[1], path)


def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Hide credentials in headers; their scheme stays, to show that some were sent."""
    return {
        name: f"{value.partition(' ')[0]} …" if name in _SECRET_HEADERS else mask_path(value)
        for name, value in headers.items()
    }
