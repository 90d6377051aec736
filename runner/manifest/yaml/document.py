"""Documents: a manifest's plain values and their places, read from its bytes."""

import codecs
import errno
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from runner.base.files import leads_out, open_regular
from runner.manifest.yaml.builder import Builder, ReadingError
from runner.manifest.yaml.marks import (
    Branch,
    DocumentPath,
    Mark,
    TextOffsets,
    find_mark,
    key_span,
    place_of,
    span_of,
)
from runner.problems.problem import Note, Place, Problem, Rule, text_lines

UNREADABLE_MANIFEST = Rule("M001", "unreadable-manifest")
TOO_LARGE = Rule("M002", "too-large")
WRONG_ENCODING = Rule("M003", "wrong-encoding")

MAX_BYTES = 8_000_000
"""A manifest of 10,000 walkthroughs takes about 2 MB."""

_PIECE = 100_000
"""Bytes of one read."""


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest's plain values and their places."""

    file: str
    text: str
    data: Any
    mark: Mark

    def place(self, path: DocumentPath) -> Place:
        """Where the value at `path` stands, or its nearest parent when it is missing."""
        return place_of(self.file, span_of(find_mark(self.mark, path)))

    def key_place(self, path: DocumentPath) -> Place:
        """Where the last key of `path` stands; for an item of a list, the item itself."""
        return place_of(self.file, key_span(self.mark, path))

    def item_places(self, path: DocumentPath) -> tuple[Place, ...]:
        """Where each item of a list stands."""
        mark = find_mark(self.mark, path)
        items = mark.children if isinstance(mark, Branch) else ()
        marks = items if isinstance(items, list) else ()
        return tuple(place_of(self.file, span_of(item)) for item in marks)

    def offsets(self) -> TextOffsets:
        """The offsets of the values in the text, for writing into it."""
        return TextOffsets(self.text, self.mark)

    def problem(
        self,
        rule: Rule,
        message: str,
        path: DocumentPath,
        help_: str = "",
        notes: tuple[Note, ...] = (),
    ) -> Problem:
        """The problem of a rule that the value at `path` breaks."""
        return rule.problem(message, self.place(path), help_, notes)

    def is_incomplete(self, path: DocumentPath) -> bool:
        """Whether a mapping holds more than could be read: one of its keys was refused."""
        mark = find_mark(self.mark, path)
        return isinstance(mark, Branch) and (mark.incomplete or mark.merged is not None)

    def is_incomplete_at(self, path: DocumentPath, key: str | int) -> bool:
        """Whether one of a mapping's refused keys may have been meant as this key."""
        mark = find_mark(self.mark, path)
        return isinstance(mark, Branch) and mark.is_incomplete_at(key)


def value_at(data: Any, path: DocumentPath) -> Any:
    """The value at a path; None when there is none."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def read_bytes(path: Path) -> bytes:
    """Read a manifest's bytes, at most one piece more than MAX_BYTES.

    Raises OSError, also for what is no regular file, and for a link out of its repository.
    """
    if leads_out(path):
        raise OSError(errno.EXDEV, "it is a link that leads out of its repository")
    with open_regular(path) as file:
        pieces = iter(partial(file.read, _PIECE), b"")  # one large read would allocate all of it
        return b"".join(islice(pieces, MAX_BYTES // _PIECE + 1))


def unreadable(file: str, error: OSError) -> Problem:
    """The problem of a manifest that cannot be opened; `error` says why."""
    message = f"cannot read the manifest: {error.strerror or error}"
    return UNREADABLE_MANIFEST.problem(message, Place(file), _unreadable_help(file, error))


def _unreadable_help(file: str, error: OSError) -> str:
    if isinstance(error, IsADirectoryError) or Path(file).is_dir():  # Windows: no permission
        return "this is a folder: name the manifest in it"
    if isinstance(error, PermissionError):
        return "get the right to read it, for this user"
    if error.errno in {errno.EXDEV, errno.EINVAL}:
        return "put the manifest itself there, as a plain file"
    return "check the path"


def parse_document(raw: bytes, file: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """Parse a manifest's bytes into values with places; `file` is its name in every place.

    Returns no document when reading had to stop. A document may still come with problems.
    """
    builder = Builder(file)
    try:
        text = _decode(raw, file)
        data, mark = builder.build(text)
    except ReadingError as refused:
        return None, (*builder.problems, refused.problem)
    return Document(file, text, data, mark), tuple(builder.problems)


def _decode(raw: bytes, file: str) -> str:
    if len(raw) > MAX_BYTES:
        message = f"the manifest is larger than {MAX_BYTES // 1_000_000} MB"
        help_ = "split it; is this a recording?"
        raise ReadingError(TOO_LARGE.problem(message, Place(file), help_))
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or 0 in raw[:2]:
        if _looks_binary(raw):
            raise ReadingError(_no_text(file))
        message = "the manifest is UTF-16, or no text at all"
        raise ReadingError(WRONG_ENCODING.problem(message, Place(file), "save it as UTF-8"))
    text = raw.removeprefix(codecs.BOM_UTF8)
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReadingError(_not_utf8(text, file, error.start)) from None


def _looks_binary(raw: bytes) -> bool:
    """Whether the bytes begin like a recording, or hold two zeros in a row, unlike UTF-16 text."""
    return raw[4:8] == b"ftyp" or b"\0\0" in raw[:_PIECE]


def _no_text(file: str) -> Problem:
    help_ = "is this a recording? A manifest is text, saved as UTF-8"
    return WRONG_ENCODING.problem("this is no text", Place(file), help_)


def _not_utf8(raw: bytes, file: str, position: int) -> Problem:
    if _looks_binary(raw):
        return _no_text(file)
    before = text_lines(raw[:position].decode("utf-8"))
    line, column = len(before) - 1, len(before[-1])
    place = place_of(file, (line, column, line, column + 1))
    return WRONG_ENCODING.problem("this is not UTF-8 text", place, "save it as UTF-8")
