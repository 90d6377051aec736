"""Stores of recordings, and a recording that is an object of one: of one version, in every read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

from runner.recordings.blocks import BlockFile, Blocks
from runner.recordings.ranged import RangedFile
from runner.recordings.stores import ReplacedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.recordings.address import StoreAddress

AHEAD = 16 * 1024 * 1024
"""Bytes between two checkpoints of an object, and read beyond the next: they are kept in memory."""


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


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as it was when it was looked at; what a Path is for a file of this machine.

    `info` has its key, size and version. A read of any other version raises ReplacedError.
    """

    store: RecordingStore
    info: ObjectInfo
    _blocks: list[Blocks] = field(default_factory=list, repr=False, compare=False)

    def __str__(self) -> str:
        return self.store.address.of(self.info.key)

    def __reduce__(self) -> tuple[Any, ...]:
        return (StoredObject, (self.store, self.info))

    def open_to_examine(self) -> BinaryIO:
        """It for small reads at many offsets, each of which is a request."""
        return cast("BinaryIO", RangedFile(self._fetch, self.info.size))

    def open(self) -> BinaryIO:
        """It from one end to the other; whoever reads beside it fetches nothing twice."""
        if not self._blocks:
            self._blocks.append(Blocks(self._fetch, self.info.size))
        return cast("BinaryIO", BlockFile(self._blocks[0], self.info.size, self.current_version))

    def _fetch(self, start: int, end: int) -> memoryview:
        return self.store.read(self.info.key, start, end, self.info.version)

    def present(self) -> StoredObject:
        """It as it is now; raises OSError."""
        return replace(self, info=self.store.info(self.info.key), _blocks=[])

    def current_version(self) -> str:
        """Its version; raises ReplacedError where the store has another one now, and OSError."""
        if not self.store.asks_for_versions and self.present() != self:
            raise ReplacedError(f"{self} was replaced")
        return self.info.version


Location = Path | StoredObject
"""Where a recording is: a file of this machine, or an object."""


def open_to_send(location: Location) -> BinaryIO:
    """A recording, open for unbuffered reading; raises OSError."""
    return location.open("rb", buffering=0) if isinstance(location, Path) else location.open()
