"""A folder served as S3 serves a bucket: ranges, ETag, If-Match, lists; with faults."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BUCKET = "recordings"
CUT = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: `start` and `end` of the range it named, and the bytes that went over the wire."""

    method: str
    key: str
    start: int | None
    end: int
    if_match: str | None
    wire: int

    @property
    def length(self) -> int:
        return 0 if self.start is None else self.end - self.start


@dataclass(slots=True)
class Bucket:
    """The bucket of a folder.

    `fault` may answer a request (key, start of its range) with a status, or with CUT: half of the
    body, and no more. None lets it pass.
    """

    folder: Path
    fault: Callable[[str, int | None], int | None] = lambda _key, _start: None
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Handler", (_Handler,), {"bucket": self})
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        assert self._server
        self._server.shutdown()
        self._server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """What leads obstore here, without a signature."""
        assert self._server
        endpoint = f"http://127.0.0.1:{self._server.server_port}"
        return {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_SKIP_SIGNATURE": "true",
            "AWS_REGION": "eu-west-1",
        }

    @property
    def wire(self) -> int:
        """Bytes that went over the wire, headers and all."""
        return sum(asked.wire for asked in self.asked)

    def fetched(self) -> int:
        """Bytes of objects that were asked for."""
        return sum(asked.length for asked in self.asked if asked.method == "GET")

    def enter(self) -> None:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)

    def leave(self, asked: Asked) -> None:
        with self._lock:
            self._at_once -= 1
            self.asked.append(asked)


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    raw_requestline: bytes
    _is_cut = False
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.bucket.enter()
        url = urlsplit(self.path)
        key = unquote(url.path).removeprefix(f"/{BUCKET}").lstrip("/")
        start, end = _range(self.headers.get("Range"))
        match = self.headers.get("If-Match")
        sent = 0
        try:
            status = self.bucket.fault(key, start)
            if status:
                sent = self._answer(status, b"<Error><Code>Fault</Code></Error>")
            elif not key:
                sent = self._answer(200, _listed(self.bucket.folder, parse_qs(url.query)))
            else:
                self._is_cut = status == CUT
                sent = self._object(self.bucket.folder / key, start, end, match)
        finally:
            wire = sent + len(self.raw_requestline) + len(bytes(self.headers))
            self.bucket.leave(Asked(self.command, key, start, end, match, wire))

    def do_HEAD(self) -> None:
        self.do_GET()

    def _object(self, path: Path, start: int | None, end: int, match: str | None) -> int:
        if not path.is_file():
            return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        etag, size = etag_of(path), path.stat().st_size
        if match is not None and match != etag:
            return self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        headers = {"ETag": etag, "Last-Modified": formatdate(0, usegmt=True)}
        if start is None:
            return self._answer(200, b"", {**headers, "Content-Length": str(size)})
        end = min(end, size)
        with path.open("rb") as file:
            file.seek(start)
            body = file.read(end - start)
        return self._answer(
            206, body, {**headers, "Content-Range": f"bytes {start}-{end - 1}/{size}"}
        )

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> int:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        head = sum(map(len, self._headers_buffer))  # type: ignore[attr-defined, arg-type] # what is sent
        self.end_headers()
        if self._is_cut:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif self.command != "HEAD":
            self.wfile.write(body)
        return head + 2 + len(body)

    def log_message(self, *_: Any) -> None:
        pass


def etag_of(path: Path) -> str:
    """The ETag of a file, as a server gives that goes by length and time."""
    status = path.stat()
    return f'"{status.st_size:x}-{status.st_mtime_ns:x}"'


def _range(header: str | None) -> tuple[int | None, int]:
    if header is None:
        return None, 0
    start, _, last = header.removeprefix("bytes=").partition("-")
    return int(start), int(last) + 1


def _listed(folder: Path, query: dict[str, list[str]]) -> bytes:
    """An answer to ListObjectsV2."""
    prefix, delimiter = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    keys = {path.relative_to(folder).as_posix(): path for path in files}
    found = {key: path for key, path in keys.items() if key.startswith(prefix)}
    if delimiter:
        found = {key: path for key, path in found.items() if delimiter not in key[len(prefix) :]}
    contents = "".join(
        f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-20T10:00:00.000Z</LastModified>"
        f"<ETag>{escape(etag_of(path))}</ETag><Size>{path.stat().st_size}</Size></Contents>"
        for key, path in found.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<ListBucketResult><Name>{BUCKET}</Name><IsTruncated>false</IsTruncated>{contents}"
        "</ListBucketResult>"
    ).encode()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
