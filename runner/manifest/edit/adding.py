"""Adding walkthroughs to a manifest's text, which otherwise stays as it is.

New text goes in at one place, in the style of what surrounds it. Emitting the document anew would
lose comments, quotes and order, and so would guessing line by line. So the place comes from the
parser, and the result is read again before it is returned.
"""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType
from typing import Any

from runner.base.errors import UsageError
from runner.base.wording import printable
from runner.manifest.schema.shape import check_shape
from runner.manifest.yaml.document import Document, parse_document
from runner.manifest.yaml.marks import TextOffsets
from runner.manifest.yaml.scalars import in_quotes, quoted
from runner.problems.problem import InvalidManifestError

_BREAKS = "\n\r\x85\u2028\u2029"
_COMMENT_LINE = re.compile(rf"(?:\r\n|[{_BREAKS}])( *)#[^{_BREAKS}]*")
_COMMENT = re.compile(rf"(?<=[ \t{_BREAKS}])#[^{_BREAKS}]*")
_INDENT = 2
_LIST = ("walkthroughs",)


@dataclass(frozen=True, slots=True)
class Entry:
    """A walkthrough's values in the order in which they are written, and its comments by key."""

    values: Mapping[str, str | Sequence[str]]
    comments: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """The values that reading the entry has to give."""
        return {k: v if isinstance(v, str) else list(v) for k, v in self.values.items()}


def block_lines(entry: Entry, indent: int) -> Iterator[str]:
    """Yield the lines of an entry as an item of a list whose dashes are indented by `indent`."""
    mark = " " * indent + "- "
    for key, value in entry.values.items():
        comment = f" # {printable(entry.comments[key])}" if key in entry.comments else ""
        if isinstance(value, str):
            yield f"{mark}{key}: {quoted(value)}{comment}"
        else:
            yield f"{mark}{key}:{comment}"
            yield from (f"{' ' * indent}    - {quoted(item)}" for item in value)
        mark = " " * indent + "  "


def add_walkthroughs(raw: bytes, file: str, entries: Sequence[Entry]) -> bytes:
    """Add walkthroughs to a manifest's bytes, behind those it has.

    Everything that was there is kept, byte for byte, on both sides of one new piece of text.
    Raises InvalidManifestError when the bytes are no manifest, and UsageError when it is written
    in a way that leaves no place for more.
    """
    document = read_open_manifest(raw, file)
    at, new = _piece(document, entries)
    bom = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    written = bom + (document.text[:at] + new + document.text[at:]).encode()
    if not _reads_as(written, _with_entries(document.data, entries)):
        message = f"{file} is written in a way that leaves no place to add walkthroughs"
        help_ = "scan without --output, and paste what it prints under `walkthroughs`"
        raise UsageError(message, help_)
    return written


def read_open_manifest(raw: bytes, file: str) -> Document:
    """Read a manifest that may be unfinished, whose walkthroughs are a list or not there yet.

    Raises InvalidManifestError when it is anything else.
    """
    document, problems = parse_document(raw, file)
    if document is None or problems:
        raise InvalidManifestError(problems, {file: raw.decode("utf-8-sig", "replace")})
    data, path = document.data, _LIST if isinstance(document.data, dict) else ()
    if not path or not isinstance(data.get("walkthroughs"), (list, NoneType)):
        refused = (problem for at, problem in check_shape(document) if at == path)
        raise InvalidManifestError(list(filter(None, refused)), {file: document.text})
    return document


def _with_entries(data: dict[str, Any], entries: Sequence[Entry]) -> dict[str, Any]:
    return {**data, "walkthroughs": [*_listed(data), *(entry.data for entry in entries)]}


def _listed(data: dict[str, Any]) -> list[Any]:
    return data.get("walkthroughs") or []


def _reads_as(raw: bytes, wanted: dict[str, Any]) -> bool:
    document, problems = parse_document(raw, "")
    return document is not None and not problems and document.data == wanted


def _piece(document: Document, entries: Sequence[Entry]) -> tuple[int, str]:
    """The offset at which new text goes in, and the text."""
    offsets, count = document.offsets(), len(_listed(document.data))
    if "walkthroughs" not in document.data:
        lines = ["walkthroughs:", *_block(entries, _INDENT, is_spaced=False)]
        return _after_line(offsets, offsets.end_with_breaks(()), lines, deeper_than=0)
    if offsets.is_in_brackets(_LIST):
        return _in_brackets(offsets, count, entries)
    if not offsets.is_block(_LIST):  # empty, or an alias, which reading the result then refuses
        lines = _block(entries, _INDENT, is_spaced=False)
        return _after_line(offsets, offsets.span(_LIST)[1], lines, deeper_than=0)
    indent = offsets.column(offsets.span(_LIST)[0])
    lines = _block(entries, indent, is_spaced=_is_spaced(offsets, count))
    at = offsets.end_with_breaks(_LIST)
    return _after_line(offsets, at, lines, deeper_than=max(indent - 1, 0))


def _block(entries: Sequence[Entry], indent: int, *, is_spaced: bool) -> list[str]:
    lines: list[str] = []
    for entry in entries:
        lines += [""] * is_spaced
        lines += block_lines(entry, indent)
    return lines


def _is_spaced(offsets: TextOffsets, count: int) -> bool:
    """Whether an empty line stands between the last two items."""
    if count == 1:
        return False
    gap = offsets.text[offsets.end((*_LIST, count - 2)) : offsets.start((*_LIST, count - 1))]
    return any(not line.strip() for line in gap.splitlines()[1:-1])


def _after_line(
    offsets: TextOffsets, at: int, lines: Sequence[str], *, deeper_than: int
) -> tuple[int, str]:
    """Put lines after the one that `at` is in, and after the indented comments that follow it."""
    text, newline = offsets.text, offsets.newline
    if at > 0 and text[at - 1] in _BREAKS:
        # A text of several lines ended there; an empty line might become part of it.
        return at, "".join(line + newline for line in lines[not lines[0] :])
    at = offsets.line_end(at)
    while (comment := _COMMENT_LINE.match(text, at)) and len(comment[1]) > deeper_than:
        at = comment.end()
    return at, "".join(newline + line for line in lines)


def _in_brackets(offsets: TextOffsets, count: int, entries: Sequence[Entry]) -> tuple[int, str]:
    """Put items before the closing bracket, on lines of their own where the others have them."""
    bracket = offsets.span(_LIST)[1] - 1
    if not count:
        return _first_in_brackets(offsets, entries)
    last = (*_LIST, count - 1)
    end = offsets.end(last)
    gap = offsets.text[end:bracket]
    between = _before_item(offsets, offsets.start(last))
    new = f",{between}".join(in_quotes(entry.data) for entry in entries)
    has_comma = "," in _COMMENT.sub("", gap)
    if _COMMENT.search(gap):
        return bracket, new if has_comma else f", {new}"
    if has_comma:
        return end + gap.index(",") + 1, between + new
    return end, f",{between}{new}"


def _first_in_brackets(offsets: TextOffsets, entries: Sequence[Entry]) -> tuple[int, str]:
    """Put the first items into empty brackets, each on a line of its own."""
    opening, end = offsets.span(_LIST)
    line = offsets.text[opening - offsets.column(opening) : opening]
    between = offsets.newline + line[: len(line) - len(line.lstrip(" "))] + " " * _INDENT
    has_comment = _COMMENT.search(offsets.text[opening : end - 1])
    new = f",{between}".join(in_quotes(entry.data) for entry in entries)
    return end - 1 if has_comment else opening + 1, between + new


def _before_item(offsets: TextOffsets, start: int) -> str:
    """The space before an item: a line break and its indentation, or one space."""
    before = offsets.text[start - offsets.column(start) : start]
    return offsets.newline + before if before and not before.strip() else " "
