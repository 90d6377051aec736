"""Stores that recordings lie in: what each answers, and the errors that it raises."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from runner.recordings.address import StoreAddress

LATER = "see whether the store can be reached, then run the same command again"
MAY_READ = (
    "see that the credentials may read it (s3:GetObject; s3:ListBucket to list), and still hold"
)


class StoreError(OSError):
    """A store refused or failed; the text names the address, `help` the way out."""

    def __init__(self, message: str, help_: str = "") -> None:
        super().__init__(message)
        self.help = help_


class BusyStoreError(StoreError):
    """A store does not answer just now; later it may."""


class ReplacedError(StoreError):
    """An object is of another version than the one that was asked for."""


class NoStoreCredentialsError(StoreError):
    """There are no credentials for a store, or it knows none of them."""


class StoreSettingsError(StoreError):
    """The settings of this machine lead to no store, whatever is asked for."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object: its key below the store's address, its size in bytes, its version."""

    key: str
    size: int
    version: str


class RecordingStore(Protocol):
    """A place in a store. Its methods take keys below it, and raise OSError."""

    address: StoreAddress
    asks_for_versions: bool
    """Whether every read is of the version asked for, or none."""

    def ask(self) -> None:
        """Send a request that raises what every request would raise."""

    def info(self, key: str) -> ObjectInfo:
        """The object's size and version now."""

    def read(self, key: str, start: int, end: int, version: str) -> memoryview:
        """The bytes of an object from an offset up to another one."""

    def objects(self, folder: str) -> Iterator[ObjectInfo]:
        """Every object below a folder, in no order; "" is the root."""

    def names_in(self, folder: str) -> list[str]:
        """The names of the objects in a folder, without those in folders below."""
