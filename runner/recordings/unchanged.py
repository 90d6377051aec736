"""Whether a recording is still the file that was examined."""

from pathlib import Path

from runner.base.errors import RecordingChangedError, RecordingUnreadableError, reason_of
from runner.recordings.files import RecordingFile
from runner.recordings.identity import identify, open_to_examine
from runner.recordings.roots import LocatedFile, UnfitFileError, on_disk
from runner.recordings.store_root import in_store
from runner.recordings.stored import Location, StoredObject
from runner.recordings.stores import BusyStoreError


def require_unchanged(recording: RecordingFile) -> None:
    """Require that a recording is still the one that was examined.

    Raises RecordingChangedError when it is not, RecordingUnreadableError when it cannot be read,
    and BusyStoreError while its store does not answer.
    """
    try:
        found = _present(recording.location)
        if isinstance(found.location, StoredObject) and found.location == recording.location:
            return  # of the same version
        with open_to_examine(found.location) as file:
            now = identify(file, found.size)
    except UnfitFileError as error:
        raise _changed(recording, str(error)) from error
    except BusyStoreError:
        raise
    except OSError as error:
        message = f"`{recording.name}` cannot be read any more: {reason_of(error)}"
        raise RecordingUnreadableError(message, getattr(error, "help", "")) from error
    if now.length != recording.length:
        raise _changed(recording, f"was {recording.length} bytes and is {now.length}")
    if now != recording.identity:
        raise _changed(recording, "has other content than before")
    if found.location != recording.location:
        raise _changed(recording, "was replaced, by what begins and ends like it")


def _changed(recording: RecordingFile, how: str) -> RecordingChangedError:
    return RecordingChangedError(f"`{recording.name}` {how}")


def _present(location: Location) -> LocatedFile:
    if isinstance(location, Path):
        return on_disk(location, location.stat())
    return in_store(location.present())
