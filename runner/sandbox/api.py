"""Steps 1, 2 and 5: log in, create an upload object, finish it, as strictly as the guide says."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from runner.sandbox.accounts import Accounts
from runner.sandbox.refusal import Refusal
from runner.sandbox.store import Finish, FinishedRecording, Store, UploadObject

LONGEST_NAME: Final = 255
_DAY: Final = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})", re.ASCII)
_POSITION: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?,-?[0-9]+(\.[0-9]+)?", re.ASCII)
_EXTENSION: Final = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,18}", re.ASCII)

CREATE_KEYS: Final = ("date", "name", "drawing_id", "uploaded_by")
FINISH_KEYS: Final = (
    "asset_type",
    "upload",
    "start_position",
    "end_position",
    "target_points_count",
)
RECORDING_KEYS: Final = ("url", "title", "file_extension")


class Api:
    """The requests to the media and ingest addresses."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    async def login(self, request: Request) -> Response:
        """Step 1, `POST /auth/login`."""
        body = await json_object(request)
        _require_keys(body, ("username", "password"), "the body")
        username = text_of(body["username"], "username")
        password = text_of(body["password"], "password")
        return JSONResponse({"token": self._accounts.login(username, password)})

    async def create(self, request: Request) -> Response:
        """Step 2, `POST /360/{project_id}/upload`."""
        self._accounts.require_token(request)
        _require_media_type(request, "application/x-www-form-urlencoded")
        if await request.body():
            raise Refusal(400, "the body must be empty: everything is in the query")
        query = query_of(request, CREATE_KEYS)
        upload = self._store.create_object(
            name=_name(query["name"]),
            project_id=request.path_params["project_id"],
            floor_id=_drawing_id(query["drawing_id"]),
            day=_day(query["date"]),
            uploaded_by=user_of(query["uploaded_by"]),
        )
        return JSONResponse(_described(upload), 201)

    async def finish(self, request: Request) -> Response:
        """Step 5, `PUT /360/{upload_id}/upload`; a repeated finish replaces the one before."""
        self._accounts.require_token(request)
        body = await json_object(request)
        user_of(query_of(request, ("uploaded_by",))["uploaded_by"])
        upload = self._object(request.path_params["upload_id"])
        finished = self._store.finish_object(upload, self._finish(body))
        return JSONResponse(_described(finished))

    def _object(self, upload_id: str) -> UploadObject:
        upload = self._store.object(upload_id)
        if upload is None:
            raise Refusal(404, f"there is no upload object {upload_id}")
        return upload

    def _finish(self, body: Mapping[str, Any]) -> Finish:
        _require_keys(body, FINISH_KEYS, "the body")
        if body["asset_type"] != "video":
            raise Refusal(422, 'asset_type must be "video"')
        return Finish(
            asset_type="video",
            recordings=self._linked_recordings(body["upload"]),
            start_position=_position(body["start_position"], "start_position"),
            end_position=_position(body["end_position"], "end_position"),
            target_points_count=_count(body["target_points_count"]),
        )

    def _linked_recordings(self, entries: object) -> tuple[FinishedRecording, ...]:
        if not isinstance(entries, list) or not entries:
            raise Refusal(422, "upload must be a list of at least one recording")
        linked = tuple(self._linked(entry, f"upload[{i}]") for i, entry in enumerate(entries))
        if len({recording.url for recording in linked}) < len(linked):
            raise Refusal(422, "upload names the same url twice")
        return linked

    def _linked(self, entry: object, where: str) -> FinishedRecording:
        if not isinstance(entry, dict):
            raise Refusal(422, f"{where} must be an object")
        _require_keys(entry, RECORDING_KEYS, where)
        extension = text_of(entry["file_extension"], f"{where}.file_extension")
        if not _EXTENSION.fullmatch(extension):
            raise Refusal(422, f"{where}.file_extension must be letters and digits, without a dot")
        url = complete_url(self._store, text_of(entry["url"], f"{where}.url"), where)
        return FinishedRecording(url, text_of(entry["title"], f"{where}.title"), extension)


def complete_url(store: Store, url: str, where: str) -> str:
    """Require a Location that this sandbox gave, with all its bytes here; repeats no id."""
    recording = store.recording(url.rpartition("/")[2])
    if recording is None or recording.location != url:
        raise Refusal(422, f"{where}.url is no Location that this tus server gave")
    if not recording.complete:
        state = f"{recording.offset} of {recording.length} bytes"
        raise Refusal(422, f"{where}.url is not complete: {state} have arrived")
    return url


def _described(upload: UploadObject) -> dict[str, object]:
    """An upload object with the guide's keys, including their odd casing."""
    return {
        "id": upload.id,
        "name": upload.name,
        "project_id": upload.project_id,
        "floor_id": upload.floor_id,
        "date": upload.date.isoformat(),
        "Processing_status": upload.processing_status,
        "uploaded_by": upload.uploaded_by,
        "inserted_at": _moment(upload.inserted_at),
        "updated_at": _moment(upload.updated_at),
        "is_timelapse": False,
        "Images": [],
        "videos": [],
        "tus_links": [recording.url for recording in upload.recordings],
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _require_media_type(request: Request, wanted: str) -> None:
    given = request.headers.get("Content-Type", "")
    if given.partition(";")[0].strip().lower() != wanted:
        raise Refusal(415, f"header Content-Type must be {wanted}, not {given or 'missing'}")


async def json_object(request: Request) -> dict[str, Any]:
    """The object that a request's body is."""
    _require_media_type(request, "application/json")
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise Refusal(400, f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise Refusal(400, "the body must be a JSON object")
    return body


def _require_keys(found: Collection[str], wanted: Collection[str], where: str) -> None:
    missing = [key for key in wanted if key not in found]
    unknown = [key for key in found if key not in wanted]
    if missing:
        raise Refusal(422, f"{where} lacks {', '.join(missing)}")
    if unknown:
        raise Refusal(422, f"{where} has unknown keys: {', '.join(unknown)}")


def query_of(request: Request, wanted: Collection[str]) -> dict[str, str]:
    """The query, which has these keys and no others, each once."""
    pairs = request.query_params.multi_items()
    _require_keys([key for key, _ in pairs], wanted, "the query")
    if len(pairs) > len(wanted):
        raise Refusal(422, "the query says a key twice")
    return dict(pairs)


def text_of(value: object, key: str) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise Refusal(422, f"{key} must be a text that is not empty")
    return value


def _name(value: str) -> str:
    if len(text_of(value, "name")) > LONGEST_NAME:
        raise Refusal(422, f"name must not be longer than {LONGEST_NAME} characters")
    return value


def user_of(value: str, key: str = "uploaded_by") -> str:
    """An e-mail address, as a query has it."""
    if "@" not in value or any(character.isspace() for character in value):
        hint = "a + in it must be encoded as %2B"
        raise Refusal(422, f"{key} must be an e-mail address, not {value!r}; {hint}")
    return value


def _drawing_id(value: str) -> int:
    if not _WHOLE.fullmatch(value):
        raise Refusal(422, f"drawing_id must be a whole number, not {value!r}")
    return int(value)


def _day(value: str) -> date:
    form = _DAY.fullmatch(value)
    if form is None:
        raise Refusal(422, f"date must be of the form DD-MM-YYYY, not {value!r}")
    try:
        return date(int(form[3]), int(form[2]), int(form[1]))
    except ValueError as error:
        raise Refusal(422, f"date {value} does not exist") from error


def _position(value: object, key: str) -> str:
    if not isinstance(value, str) or not _POSITION.fullmatch(value):
        raise Refusal(422, f'{key} must be "lat,lng" in decimals, not {value!r}')
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Refusal(422, f"target_points_count must be a whole number from 0, not {value!r}")
    return value
