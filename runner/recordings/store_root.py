"""Media roots in a store: what a manifest's names lead to there."""

import posixpath
from collections.abc import Iterable
from contextlib import suppress

from runner.base.errors import UsageError
from runner.base.files import without_detours
from runner.base.installation import install_command
from runner.manifest.meaning.checks import NO_FILE
from runner.recordings.address import OBJECT_STORES, StoreAddress
from runner.recordings.roots import LocatedFile, UnfitFileError, not_empty, spelt
from runner.recordings.stored import Location, RecordingStore, StoredObject
from runner.recordings.stores import (
    BusyStoreError,
    NoStoreCredentialsError,
    StoreSettingsError,
    refused_by_store,
)


class StoreRoot:
    """A place in a store."""

    def __init__(self, store: RecordingStore) -> None:
        self._store = store

    def __str__(self) -> str:
        return str(self._store.address)

    def is_there(self) -> bool:
        """A store that may be read and not listed counts as there."""
        try:
            self._store.ask()
        except (NoStoreCredentialsError, BusyStoreError, StoreSettingsError) as error:
            raise refused_by_store(error) from error
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True

    def find(self, name: str) -> LocatedFile:
        """The object of a name, as it is now; raises as `Root.find`."""
        key = without_detours(name)
        try:
            info = self._store.info(key)
        except FileNotFoundError:
            if key.isascii():
                raise
            folder = posixpath.dirname(key)
            info = self._store.info(
                posixpath.join(folder, spelt(posixpath.basename(key), self.names_in(folder)))
            )
        return in_store(StoredObject(self._store, info))

    def names_in(self, folder: str) -> Iterable[str]:
        """The names in a folder below the address."""
        with suppress(OSError):
            return self._store.names_in(folder)
        return ()

    def names_beside(self, location: Location) -> Iterable[str]:
        """The names in the folder of an object."""
        key = location.info.key if isinstance(location, StoredObject) else ""
        return self.names_in(posixpath.dirname(key))


def in_store(found: StoredObject) -> LocatedFile:
    """An object as what it leads to; raises UnfitFileError."""
    if not found.info.version:
        what = "has no version (ETag), without which nobody notices that it is replaced"
        raise UnfitFileError(NO_FILE, what, "keep it in a store that gives one")
    return LocatedFile(found, not_empty(found.info.size), found.info.version)


def open_store(address: StoreAddress) -> RecordingStore:
    """The store at an address; sends nothing.

    Raises UsageError without the extra `remote`, CredentialsError without an account.
    """
    try:
        if address.scheme in OBJECT_STORES:
            from runner.recordings.cloud_store import CloudStore  # noqa: PLC0415 - it loads an extra

            return CloudStore(address)
        from runner.recordings.file_server import FileServer  # noqa: PLC0415 - it loads an extra

        return FileServer(address)
    except ImportError as error:
        missing = error.name or "a package"
        message = f"recordings at {address.scheme}:// addresses need {missing}, which is not there"
        extras = {"paramiko": "pip install paramiko", "smbclient": "pip install smbprotocol"}
        raise UsageError(message, extras.get(missing, install_command("remote"))) from error
