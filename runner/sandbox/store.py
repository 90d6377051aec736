"""The sandbox's folder: upload objects and bytes, kept so that a kill loses nothing.

Nothing is held in memory. An upload object is one JSON file; a recording is a file of bytes beside
a JSON file, and its offset is the size of the bytes.
"""

import hashlib
import json
import os
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

FIRST_OBJECT_ID: Final = 1000
_OBJECT_ID: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_FILE_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FinishedRecording:
    """One entry of a finish: a recording as the client named it."""

    url: str
    title: str
    file_extension: str


@dataclass(frozen=True, slots=True)
class Finish:
    """What step 5 says about a walkthrough; positions are written `"lat,lng"`."""

    asset_type: str
    recordings: tuple[FinishedRecording, ...]
    start_position: str
    end_position: str
    target_points_count: int


@dataclass(frozen=True, slots=True)
class UploadObject:
    """What step 2 created and step 5 completed; `finish` is None until then."""

    id: int
    name: str
    project_id: str
    floor_id: int
    date: date
    uploaded_by: str
    inserted_at: datetime
    updated_at: datetime
    finish: Finish | None = None

    @property
    def processing_status(self) -> str:
        """`created`, then `processing` for good: nothing behind the sandbox processes uploads."""
        return "created" if self.finish is None else "processing"

    @property
    def recordings(self) -> tuple[FinishedRecording, ...]:
        """The recordings that the latest finish linked; none before the first."""
        return () if self.finish is None else self.finish.recordings

    @property
    def start_position(self) -> str | None:
        """Where the walk began, once finished."""
        return None if self.finish is None else self.finish.start_position

    @property
    def end_position(self) -> str | None:
        """Where the walk ended, once finished."""
        return None if self.finish is None else self.finish.end_position

    @property
    def target_points_count(self) -> int | None:
        """The number of target points, once finished."""
        return None if self.finish is None else self.finish.target_points_count


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """A tus upload; its bytes are in `path`, `length` of them when it is complete."""

    file_id: str
    length: int
    filename: str
    location: str
    created_at: datetime
    path: Path

    @property
    def offset(self) -> int:
        """How many bytes are kept now."""
        return self.path.stat().st_size

    @property
    def complete(self) -> bool:
        """Whether every byte is kept."""
        return self.offset == self.length

    def sha256(self) -> str:
        """The hexadecimal digest of the bytes kept."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def append(self) -> BinaryIO:
        """Open the bytes for appending; unbuffered, so that what was written survives a kill."""
        return self.path.open("ab", buffering=0)

    def lose(self, count: int) -> None:
        """Lose the last `count` bytes, like a server that acknowledged them too early."""
        os.truncate(self.path, max(0, self.offset - count))


class Store:
    """The state of one sandbox in `folder`, which is made if necessary."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime]) -> None:
        self._objects = folder / "objects"
        self._files = folder / "files"
        self._now = now
        self._lock = threading.Lock()
        _make_folder(folder)
        for part in (self._objects, self._files):
            part.mkdir(parents=True, exist_ok=True)

    def create_object(
        self, *, name: str, project_id: str, floor_id: int, day: date, uploaded_by: str
    ) -> UploadObject:
        """Create an upload object under the next id."""
        now = self._now()
        ids = (int(path.stem) for path in self._objects.glob("*.json"))
        upload = UploadObject(
            id=max(ids, default=FIRST_OBJECT_ID - 1) + 1,
            name=name,
            project_id=project_id,
            floor_id=floor_id,
            date=day,
            uploaded_by=uploaded_by,
            inserted_at=now,
            updated_at=now,
        )
        self._write(self._object_path(upload.id), asdict(upload))
        return upload

    def finish_object(self, upload: UploadObject, finish: Finish) -> UploadObject:
        """Set or replace what step 5 says."""
        finished = replace(upload, finish=finish, updated_at=self._now())
        self._write(self._object_path(upload.id), asdict(finished))
        return finished

    def object(self, object_id: str) -> UploadObject | None:
        """The upload object with this id; None without one."""
        if not _OBJECT_ID.fullmatch(object_id):  # it comes from an address, and becomes a path
            return None
        path = self._object_path(int(object_id))
        return self._object(path) if path.is_file() else None

    def objects(self) -> tuple[UploadObject, ...]:
        """All upload objects in the order of their ids."""
        paths = sorted(self._objects.glob("*.json"), key=lambda path: int(path.stem))
        return tuple(map(self._object, paths))

    def create_recording(self, *, length: int, filename: str, base: str) -> StoredRecording:
        """Create an empty recording, reachable at `base` plus its random id."""
        file_id = secrets.token_hex(16)
        (self._files / f"{file_id}.bin").touch(exist_ok=False)
        path = self._files / f"{file_id}.json"
        facts = {"length": length, "filename": filename, "location": base + file_id}
        self._write(path, facts | {"created_at": self._now()})
        return self._recording(path)

    def recording(self, file_id: str) -> StoredRecording | None:
        """The recording with this id; None without one."""
        if not _FILE_ID.fullmatch(file_id):
            return None
        path = self._files / f"{file_id}.json"
        return self._recording(path) if path.is_file() else None

    def recordings(self) -> tuple[StoredRecording, ...]:
        """All recordings in the order of their creation."""
        found = map(self._recording, self._files.glob("*.json"))
        return tuple(sorted(found, key=lambda recording: recording.created_at))

    def delete_recording(self, recording: StoredRecording) -> None:
        """Delete a recording and its bytes."""
        (self._files / f"{recording.file_id}.json").unlink()
        recording.path.unlink()

    def _object_path(self, object_id: int) -> Path:
        return self._objects / f"{object_id}.json"

    def _object(self, path: Path) -> UploadObject:
        facts = self._read(path)
        return UploadObject(
            **facts
            | {
                "date": date.fromisoformat(facts["date"]),
                "inserted_at": datetime.fromisoformat(facts["inserted_at"]),
                "updated_at": datetime.fromisoformat(facts["updated_at"]),
                "finish": _finish(facts["finish"]),
            }
        )

    def _recording(self, path: Path) -> StoredRecording:
        facts = self._read(path)
        created_at = datetime.fromisoformat(facts.pop("created_at"))
        bytes_path = path.with_suffix(".bin")
        return StoredRecording(path.stem, created_at=created_at, path=bytes_path, **facts)

    def _read(self, path: Path) -> dict[str, Any]:
        with self._lock:
            facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return facts

    def _write(self, path: Path, facts: Mapping[str, Any]) -> None:
        """Write a draft and move it into place: a kill leaves the old state or the new one."""
        draft = path.with_suffix(".draft")
        text = json.dumps(facts, default=lambda moment: moment.isoformat(), ensure_ascii=False)
        draft.write_text(text, encoding="utf-8")
        with self._lock:  # Windows does not replace a file that another thread has open
            draft.replace(path)


def _make_folder(folder: Path) -> None:
    """Make the folder and keep it out of git, as it will hold a key and whole recordings.

    A folder that already exists belongs to somebody, and is left as it is.
    """
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def utc_now() -> datetime:
    """The present time in UTC, as an aware datetime."""
    return datetime.now(UTC)


def _finish(facts: dict[str, Any] | None) -> Finish | None:
    if facts is None:
        return None
    linked = tuple(FinishedRecording(**entry) for entry in facts["recordings"])
    return Finish(**facts | {"recordings": linked})
