"""Fuzz what is made of a server's answers: login, create, tus create, HEAD, PATCH and finish.

An answer is a status, headers and a body, each from the fuzzer. Only the errors that these steps
document may be raised. See fuzz_validate.py for how atheris is run.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

try:
    import atheris
except ImportError:
    sys.exit("atheris is not installed: .venv/bin/python -m pip install atheris")

with atheris.instrument_imports(
    include=["runner.evercam.http.session", "runner.evercam", "runner.upload.recording.tus"]
):
    from runner.base.errors import CredentialsError
    from runner.evercam.addresses import Addresses, Credentials
    from runner.evercam.client import Evercam, Link, LinkedRecording, NewUpload
    from runner.evercam.http.errors import RequestFailedError
    from runner.evercam.http.session import Session
    from runner.upload.recording.tus import TusUpload

MEGABYTES = 400
SECONDS_PER_INPUT = 10
LENGTH = 1000
DOCUMENTED = (RequestFailedError, CredentialsError)
STATUSES = (200, 201, 204, 102, 103, 301, 400, 401, 404, 408, 409, 410, 423, 429, 500, 503)
SEEDS = (
    b'c\x00\n\n{"token": "abc"}\0\0\x01\n\n{"id": 1000}',
    b'f\x00\n\n{"token": "abc"}\0\0\x07\n\n\0\0\x00\n\n{"token": "def"}\0\0\x00\n\n{}',
    b"t\x01Location:http://tus.invalid/f/abc\n\n",
    b"h\x00Upload-Offset:5\nUpload-Length:1000\n\n",
    b"p\x02Upload-Offset:1000\n\n",
    b"p\x0dRetry-After:Wed, 21 Oct 2026 07:28:00 GMT\nDate:Wed, 21 Oct 2026 07:27:00 GMT\n\n",
)
WORDS = (
    *("Location:", "Upload-Offset:", "Upload-Length:", "Retry-After:", "Date:", "\n\n", "\0\0"),
    *('{"id": 1000}', '{"token": "abc"}', '{"id": "1000"}', "1000", "+5", " 5 ", "5, 5", "0x1"),
    *("http://[::1/x", "/files/abc", "//host/abc", "gzip", "deflate", "-1", "9" * 400, "1e999"),
    *("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 99999 07:28:00 +9999", "NaN", "null", "[[[["),
)


class Canned(Session):
    """A session whose answers come from the fuzzer, and no network.

    An answer is a byte that picks its status, header lines, an empty line and a body.
    """

    def __init__(self, answers: Iterator[bytes]) -> None:
        super().__init__()
        self._answers = answers

    def request(self, *_: Any, **__: Any) -> requests.Response:
        """An answer as requests would hand it over: headers are Latin-1 without line ends."""
        raw, response = next(self._answers, b"\0"), requests.Response()
        head, _, body = raw[1:].partition(b"\n\n")
        response.status_code = STATUSES[raw[0] % len(STATUSES)] if raw else 200
        for line in head.decode("latin-1").split("\n"):
            name, _, value = line.partition(":")
            response.headers[name] = value.replace("\r", "")
        response.raw = io.BytesIO(body)
        response.url = "https://evercam.invalid/"
        return response


class Steps:
    """Takes one input through all five steps."""

    addresses = Addresses(
        media="https://media.invalid", ingest="https://in.invalid", tus="https://tus.invalid/f/"
    )
    link = Link(
        "you@example.com", [LinkedRecording("https://t/abc", "VID_1.insv")], "0,0", "1,1", 2
    )
    new = NewUpload("site", dt.date(2026, 1, 20), "Level 2", 6143, "you@example.com")

    def __call__(self, raw: bytes) -> None:
        """Fail when a step raises anything that it does not document."""
        step, answers = raw[:1], iter(raw[1:].split(b"\0\0"))
        with suppress(*DOCUMENTED):
            if step in {b"c", b"f"}:
                self._service(answers, step)
            else:
                self._tus(answers, step)

    def _service(self, answers: Iterator[bytes], step: bytes) -> None:
        credentials = Credentials(username="you", password="secret")  # noqa: S106 - invented
        evercam = Evercam(self.addresses, credentials, lambda: Canned(answers))
        if step == b"c":
            id_ = evercam.create(self.new)
            assert type(id_) is int  # noqa: S101 - the point of the fuzzer
        else:
            evercam.finish(1000, self.link)

    def _tus(self, answers: Iterator[bytes], step: bytes) -> None:
        upload = TusUpload(Canned(answers), self.addresses.tus, "VID_1.insv", LENGTH)
        if step == b"t":
            location = upload.create_url()
            assert location  # noqa: S101 - as above
            assert str(upload.url).startswith(self.addresses.tus)  # noqa: S101 - as above
            return
        upload.open_at("https://tus.invalid/f/abc")
        if step == b"h":
            assert 0 <= upload.get_offset() <= LENGTH  # noqa: S101 - as above
        else:
            upload.offset = 0
            assert 0 < upload.send(b"x" * LENGTH) <= LENGTH  # type: ignore[arg-type] # noqa: S101 - bytes have a length, too


def write_words(words: Iterable[str]) -> str:
    """Write words in libFuzzer's notation."""
    return "\n".join(
        '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"' for word in words
    )


if __name__ == "__main__":
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as seeds:
        for number, seed in enumerate(SEEDS):
            (Path(seeds) / str(number)).write_bytes(seed)
        words = Path(folder) / "words.dict"
        words.write_text(write_words(WORDS), encoding="ascii")
        limits = [f"-timeout={SECONDS_PER_INPUT}", f"-rss_limit_mb={MEGABYTES}", f"-dict={words}"]
        atheris.Setup([sys.argv[0], *limits, "-max_len=4096", *sys.argv[1:], seeds], Steps())
        atheris.Fuzz()
