"""Steps 3 and 4: the core of the tus 1.0 protocol, with the habits of tusd.

Error codes, the order of the checks, and what a second request does to a running PATCH follow tusd
2.9; a wrong Content-Type is answered as the protocol says (415), not as tusd does (400).
"""

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from runner.sandbox.refusal import TusRefusal
from runner.sandbox.store import Store, StoredRecording

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,termination"
_METADATA: Final = re.compile(r"filename ([A-Za-z0-9+/]+={0,2}),filetype", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


class Tus:
    """The requests to the tus address.

    The bytes go to `store`. `max_size` is the largest recording taken, in bytes; None allows any.
    """

    def __init__(self, store: Store, max_size: int | None) -> None:
        self._store = store
        self._max_size = max_size
        self._turns = Turns()

    async def options(self, request: Request) -> Response:
        """The version, extensions and limits of this server."""
        _refuse_credentials(request)
        limit = {} if self._max_size is None else {"Tus-Max-Size": str(self._max_size)}
        supported = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS}
        return _answer(204, supported | limit)

    async def create(self, request: Request) -> Response:
        """Step 3, `POST /files/`."""
        _require_tus(request)
        length = _whole(request, "Upload-Length", "ERR_INVALID_UPLOAD_LENGTH")
        filename = filename_in(request.headers.get("Upload-Metadata", ""))
        if request.headers.get("Content-Length") != "0":
            raise TusRefusal(400, "ERR_INVALID_CONTENT_LENGTH", "header Content-Length must be 0")
        if self._max_size is not None and length > self._max_size:
            raise TusRefusal(413, "ERR_MAX_SIZE_EXCEEDED", "maximum size exceeded")
        # Always http: the vendor's server sits behind a proxy that ends TLS, and says so too.
        base = f"http://{request.url.netloc}/files/"
        recording = self._store.create_recording(length=length, filename=filename, base=base)
        return _answer(201, {"Location": recording.location})

    async def head(self, request: Request) -> Response:
        """The offset of an upload; stops a PATCH that is running on it."""
        _require_tus(request)
        async with self._turns.take(_file_id(request)):
            recording = self._recording(request)
            state = {
                "Upload-Offset": str(recording.offset),
                "Upload-Length": str(recording.length),
            }
        return _answer(200, state | {"Cache-Control": "no-store"})

    async def patch(self, request: Request) -> Response:
        """Step 4, `PATCH /files/{file_id}`: every block goes to disk as it arrives."""
        _require_tus(request)
        if request.headers.get("Content-Type") != "application/offset+octet-stream":
            wanted = "header Content-Type must be application/offset+octet-stream"
            raise TusRefusal(415, "ERR_INVALID_CONTENT_TYPE", wanted)
        offset = _whole(request, "Upload-Offset", "ERR_INVALID_OFFSET")
        length = _whole(request, "Content-Length", "ERR_INVALID_CONTENT_LENGTH")
        async with self._turns.take(_file_id(request)) as turn:
            recording = self._recording(request)
            _require_place(recording, offset, length)
            if not recording.complete:
                await _append(recording, request, turn)
            return _answer(204, {"Upload-Offset": str(recording.offset)})

    async def delete(self, request: Request) -> Response:
        """Delete an upload."""
        _require_tus(request)
        async with self._turns.take(_file_id(request)):
            self._store.delete_recording(self._recording(request))
        return _answer(204, {})

    def _recording(self, request: Request) -> StoredRecording:
        recording = self._store.recording(_file_id(request))
        if recording is None:
            raise TusRefusal(404, "ERR_UPLOAD_NOT_FOUND", "upload not found")
        return recording


class Turn:
    """One request's exclusive use of an upload, until it is done or another request wants it."""

    def __init__(self) -> None:
        self.wanted = False
        self.done = asyncio.Event()
        self._deadline: asyncio.Timeout | None = None

    def want(self) -> None:
        """Ask the holder to stop, even while it waits for bytes."""
        if self._deadline is not None and not self.wanted:
            self._deadline.reschedule(asyncio.get_running_loop().time())
        self.wanted = True

    @asynccontextmanager
    async def interruptible(self) -> AsyncIterator[None]:
        """Run a block that another request may end; raises TusRefusal (400) when it does."""
        try:
            async with asyncio.timeout(None) as self._deadline:
                yield
        except TimeoutError:
            self.check()
            raise
        finally:
            self._deadline = None

    def check(self) -> None:
        """Raise TusRefusal (400) if another wants the upload; for loops that seldom wait."""
        if self.wanted:
            interrupted = "upload has been interrupted by another request for this upload resource"
            raise TusRefusal(400, "ERR_UPLOAD_INTERRUPTED", interrupted)


class Turns:
    """Which request uses which upload: the newest, as with tusd's locks."""

    def __init__(self) -> None:
        self._holders: dict[str, Turn] = {}

    @asynccontextmanager
    async def take(self, file_id: str) -> AsyncIterator[Turn]:
        """Stop the request that uses the upload, wait for its end, and use it."""
        while (holder := self._holders.get(file_id)) is not None:
            holder.want()
            await holder.done.wait()
        turn = self._holders[file_id] = Turn()
        try:
            yield turn
        finally:
            del self._holders[file_id]
            turn.done.set()


async def _append(recording: StoredRecording, request: Request, turn: Turn) -> None:
    """Append the body; whatever ends it early, what came before is kept."""
    with recording.append() as file:
        async with turn.interruptible():
            async for block in request.stream():
                file.write(block)
                turn.check()


def _answer(status: int, headers: dict[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION} | headers)


def _file_id(request: Request) -> str:
    return str(request.path_params["file_id"])


def _require_tus(request: Request) -> None:
    _refuse_credentials(request)
    if request.headers.get("Tus-Resumable") != VERSION:
        wanted = f"header Tus-Resumable must be {VERSION}"
        raise TusRefusal(412, "ERR_UNSUPPORTED_VERSION", wanted)


def _refuse_credentials(request: Request) -> None:
    if "Authorization" in request.headers:
        unwanted = "header Authorization does not belong in a tus request: the token is not for it"
        raise TusRefusal(400, "ERR_UNEXPECTED_AUTHORIZATION", unwanted)


def _whole(request: Request, header: str, code: str) -> int:
    value = request.headers.get(header, "")
    if not _WHOLE.fullmatch(value):
        raise TusRefusal(400, code, f"header {header} must be a whole number of bytes")
    return int(value)


def filename_in(metadata: str) -> str:
    """The file name in an Upload-Metadata header; raises TusRefusal (400) for any other form."""
    wanted = "header Upload-Metadata must be: filename {base64},filetype (which has no value)"
    form = _METADATA.fullmatch(metadata)
    if form is None:
        raise TusRefusal(400, "ERR_INVALID_METADATA", wanted)
    try:
        return base64.b64decode(form[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        unreadable = f"{wanted}; its filename is not UTF-8 in base64"
        raise TusRefusal(400, "ERR_INVALID_METADATA", unreadable) from error


def _require_place(recording: StoredRecording, offset: int, length: int) -> None:
    if offset != recording.offset:
        raise TusRefusal(409, "ERR_MISMATCHED_OFFSET", "mismatched offset")
    if offset + length > recording.length and not recording.complete:
        raise TusRefusal(413, "ERR_UPLOAD_SIZE_EXCEEDED", "upload's size exceeded")
