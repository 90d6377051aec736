"""Recordings on file servers of any kind (SFTP, SMB, WebDAV, …), by fsspec."""

import errno
from collections.abc import Callable, Iterator
from typing import Any

from fsspec.core import url_to_fs

from runner.base.errors import UsageError
from runner.recordings.address import StoreAddress
from runner.recordings.stored import ObjectInfo
from runner.recordings.stores import (
    LATER,
    MAY_READ,
    BusyStoreError,
    ReplacedError,
    StoreError,
)


class FileServer:
    """Whatever else fsspec reads. Its reads cannot ask for a version, so it is compared often."""

    asks_for_versions = False

    def __init__(self, address: StoreAddress) -> None:
        self.address = address
        try:
            self._fs, self._root = url_to_fs(address.url)
        except _failures() as error:
            raise UsageError(f"{address} cannot be reached: {_reason(error)}", LATER) from error

    def __reduce__(self) -> tuple[Any, ...]:
        return (FileServer, (self.address,))

    def ask(self) -> None:
        self._asked("", lambda: self._fs.info(self._root))

    def info(self, key: str) -> ObjectInfo:
        return self._info(key, self._asked(key, lambda: self._fs.info(self._path(key))))

    def _info(self, key: str, found: Any) -> ObjectInfo:
        if found["type"] == "directory":
            raise IsADirectoryError(errno.EISDIR, "it is a folder", self.address.of(key))
        return ObjectInfo(key, int(found["size"]), f"{found['size']} {_changed_at(found)}")

    def read(self, key: str, start: int, end: int, version: str) -> memoryview:  # noqa: ARG002 - see the class
        path = self._path(key)
        content = self._asked(key, lambda: self._fs.cat_file(path, start=start, end=end))
        if len(content) != end - start:
            raise ReplacedError(f"{self.address.of(key)} became shorter")
        return memoryview(content)

    def objects(self, folder: str) -> Iterator[ObjectInfo]:
        root = self._path(folder)
        found = self._asked(folder, lambda: self._fs.find(root, detail=True))
        return (self._info(self._key(path), details) for path, details in found.items())

    def names_in(self, folder: str) -> list[str]:
        found = self._asked(folder, lambda: self._fs.ls(self._path(folder), detail=False))
        return [str(path).rstrip("/").rpartition("/")[2] for path in found]

    def _path(self, key: str) -> str:
        return f"{self._root.rstrip('/')}/{key}" if key else str(self._root)

    def _key(self, path: str) -> str:
        return path.removeprefix(self._root.rstrip("/")).lstrip("/")

    def _asked(self, key: str, ask: Callable[[], Any]) -> Any:
        where = self.address.of(key)
        try:
            return ask()
        except FileNotFoundError as error:
            raise FileNotFoundError(errno.ENOENT, "there is no such file", where) from error
        except PermissionError as error:
            raise StoreError(f"the server refuses to let {where} be read", MAY_READ) from error
        except _failures() as error:
            message = f"{where} cannot be read just now: {_reason(error)}"
            raise BusyStoreError(message, LATER) from error


_CHANGED_AT = ("ETag", "mtime", "last_write_time", "LastModified", "modified", "created")


def _changed_at(found: Any) -> str:
    """What changes with a file's content; each kind of file system has its own name for it."""
    return next((str(found[key]) for key in _CHANGED_AT if found.get(key)), "")


def _failures() -> tuple[type[Exception], ...]:
    """The errors that implementations of fsspec raise; paramiko's are no OSError."""
    try:
        from paramiko import SSHException  # noqa: PLC0415 - the user's own, for sftp://
    except ImportError:
        return (OSError, EOFError)
    return (OSError, EOFError, SSHException)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
