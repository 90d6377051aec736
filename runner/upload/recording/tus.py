"""Steps 3 and 4 of the vendor's guide: tuspy's uploader over our session and streamed body."""

from base64 import b64encode
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

from runner.evercam.http.errors import UnknownOutcomeError
from runner.evercam.http.session import Answer, Session
from runner.upload.recording.chunking import WHOLE_FILE, Body
from runner.upload.recording.tuspy import TusClient, Uploader
from runner.upload.retry import UploadMismatchError


class TusUpload(Uploader):
    """One recording's upload on the tus server.

    tuspy keeps the protocol's headers and arithmetic; the session gives it timeouts, one
    connection kept alive and no redirects. Its own requests have no timeout, open a connection
    and a file for every chunk and hold a whole chunk in memory.
    """

    def __init__(
        self, session: Session, tus_url: str, title: str, length: int, chunk_size: int = WHOLE_FILE
    ) -> None:
        self._session = session
        self._length = length
        self.location = ""
        super().__init__(
            file_path=title,
            client=TusClient(tus_url),
            chunk_size=chunk_size,
            metadata={"filename": title},
        )

    def get_file_size(self) -> int:
        """The length the recording had when it was planned, in bytes."""
        return self._length

    def encode_metadata(self) -> list[str]:
        """The vendor's form: a file name, and a file type without a value or trailing space."""
        title = b64encode(self.metadata["filename"].encode("utf-8")).decode("ascii")
        return [f"filename {title}", "filetype"]

    def get_url_creation_headers(self) -> dict[str, str]:
        """The headers of step 3, with the ones the vendor's guide adds to the protocol's."""
        headers: dict[str, str] = super().get_url_creation_headers()
        return {**headers, "Content-Length": "0", "TE": "trailers"}

    def create_url(self) -> str:
        """Step 3: make the upload and return where the server says it is.

        Raises the errors of `Session.exchange`; repeating it is harmless.
        """
        headers = self.get_url_creation_headers()
        answer = self._exchange("POST", self.client.url, headers=headers)
        self.open_at(_absolute(self.client.url, answer.headers.get("Location", "")))
        return self.location

    def open_at(self, location: str) -> None:
        """Use the upload at `location`, the address as the server gave it.

        Data goes to the configured address with the upload's id at its end: behind the vendor's
        proxy the server believes it speaks plain http. A slash at its end belongs to the address.
        Raises UnknownOutcomeError without an id.
        """
        path = _path(location)
        file_id = path.rstrip("/").rpartition("/")[2]
        if file_id in {"", ".", ".."}:
            raise UnknownOutcomeError("the tus server gave no address for the upload")
        self.location = location
        self.url = self.client.url + file_id + "/" * path.endswith("/")

    def _exchange(self, method: str, url: str, **options: Any) -> Answer:
        return self._session.exchange(method, url, setting="EVERCAM_TUS_URL", **options)

    def get_offset(self) -> int:
        """Ask the server how many bytes it has; never while a PATCH runs, which it would cut.

        Raises the errors of `Session.exchange`, and UploadMismatchError.
        """
        answer = self._exchange("HEAD", self.url, headers=self.get_headers())
        length = _number(answer, "Upload-Length") if "Upload-Length" in answer.headers else None
        offset = _number(answer, "Upload-Offset")
        if length not in {None, self._length} or offset > self._length:
            message = f"the server's upload is of {length} bytes, {offset} of them there"
            raise UploadMismatchError(message)
        return offset

    def send(self, body: Body) -> int:
        """Step 4: send a body from the present offset; returns the offset the server confirms.

        Raises the errors of `Session.exchange`, and whatever the body raises.
        """
        headers = {
            **self.get_headers(),
            "Upload-Offset": str(self.offset),
            "Content-Type": "application/offset+octet-stream",
        }
        answer = self._exchange("PATCH", self.url, headers=headers, data=body)
        offset = _number(answer, "Upload-Offset")
        if not self.offset < offset <= self.offset + len(body):
            raise UnknownOutcomeError(f"the server confirmed an impossible offset, {offset}")
        return offset

    def position(self, file: BinaryIO) -> int:
        """Put an open file at the present offset; returns the length of the next body."""
        file.seek(self.offset)
        return int(self.get_request_length())


_MOST_DIGITS = 18


def _number(answer: Answer, header: str) -> int:
    """A header's number of bytes, also where a proxy repeats the header: `5, 5`."""
    text = answer.headers.get(header, "")
    values = {value.strip() for value in text.split(",")}
    value = values.pop()
    if values or not (value.isascii() and value.isdigit()) or len(value) > _MOST_DIGITS:
        said = f"{header} `{text[:40]}`" if text else f"no {header}"
        message = f"the server did not say how many bytes it has: its answer has {said}"
        raise UnknownOutcomeError(message)
    return int(value)


def _absolute(base: str, location: str) -> str:
    try:
        return urljoin(base, location) if location else ""
    except ValueError:  # what is no address, such as `http://[::1/x`
        return ""


def _path(location: str) -> str:
    """The path of an address of the web; empty for anything else, which Evercam is not told."""
    is_text = location.isascii() and location.isprintable() and " " not in location
    try:
        parts = urlsplit(location)
    except ValueError:
        return ""
    return parts.path if is_text and parts.scheme in {"http", "https"} else ""
