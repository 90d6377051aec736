"""Own the adding of walkthroughs to a manifest's text, in which all that is there stays as it is.

New text goes in at one place, in the style of what surrounds it. Emitting the document anew would
lose comments, quotes and order; so would line-by-line guesses, which is why the place comes from
the parser and the outcome is read again before anybody gets it.
"""

import re
from collections.abc import Sequence
from types import NoneType
from typing import Any

from runner.errors import InvalidManifestError, UsageError
from runner.manifest.document import parse_document
from runner.manifest.entries import Entry, block_lines, flow_text
from runner.manifest.outline import Listed, Outline, Span, outline
from runner.manifest.shape import check_shape

_BOM = b"\xef\xbb\xbf"
_BREAKS = "\n\r\x85\u2028\u2029"
_REST_OF_LINE = re.compile(rf"[^{_BREAKS}]*")
_COMMENT_LINE = re.compile(rf"(?:\r\n|[{_BREAKS}])( *)#[^{_BREAKS}]*")
_COMMENT = re.compile(rf"(?<=[ \t{_BREAKS}])#[^{_BREAKS}]*")
_INDENT = 2


def add_walkthroughs(raw: bytes, file: str, entries: Sequence[Entry]) -> bytes:
    """A manifest's bytes with walkthroughs added behind those it has.

    All that was there is still there, byte for byte, on both sides of one new piece of text.
    Raises InvalidManifestError when the bytes are no manifest, UsageError when it is written in
    a way that leaves no place for more.
    """
    data, text = read_open_manifest(raw, file)
    place, new = _piece(text, outline(text), entries)
    written = text[:place] + new + text[place:]
    if not _reads_as(written, {**data, "walkthroughs": _walkthroughs(data, entries)}):
        message = f"{file} is written in a way that leaves no place to add walkthroughs"
        help_ = "scan without --output, and paste what it prints under `walkthroughs`"
        raise UsageError(message, help_)
    bom = _BOM if raw.startswith(_BOM) else b""
    return bom + written.encode()


def read_open_manifest(raw: bytes, file: str) -> tuple[dict[str, Any], str]:
    """The values and text of a manifest that may be unfinished, but whose list has to be one.

    Raises InvalidManifestError.
    """
    document, problems = parse_document(raw, file)
    if document is None or problems:
        raise InvalidManifestError(problems, {file: raw.decode("utf-8-sig", "replace")})
    data = document.data
    path = () if not isinstance(data, dict) else ("walkthroughs",)
    if not path or not isinstance(data.get("walkthroughs"), (list, NoneType)):
        faults = check_shape(document)
        wrong = [one.problem for one in faults if one.path == path and one.problem]
        raise InvalidManifestError(wrong, {file: document.text})
    return data, document.text


def _walkthroughs(data: dict[str, Any], entries: Sequence[Entry]) -> list[Any]:
    return [*(data.get("walkthroughs") or []), *(entry.data for entry in entries)]


def _reads_as(text: str, wanted: dict[str, Any]) -> bool:
    document, problems = parse_document(text.encode(), "")
    return document is not None and not problems and document.data == wanted


def _piece(text: str, found: Outline, entries: Sequence[Entry]) -> tuple[int, str]:
    """Where new text goes, and the text."""
    listed = found.walkthroughs
    if listed is None:
        lines = ["walkthroughs:", *_block(entries, _INDENT, is_spaced=False)]
        return _after_line(text, found.span.end, lines, deeper_than=0)
    if listed.is_flow:
        return _flow(text, listed, entries)
    if not listed.items:
        lines = _block(entries, _INDENT, is_spaced=False)
        return _after_line(text, listed.span.end, lines, deeper_than=0)
    indent = _column(text, listed.span.start)
    lines = _block(entries, indent, is_spaced=_is_spaced(text, listed.items))
    return _after_line(text, listed.items[-1].end, lines, deeper_than=max(indent - 1, 0))


def _block(entries: Sequence[Entry], indent: int, *, is_spaced: bool) -> list[str]:
    lines: list[str] = []
    for entry in entries:
        lines += [""] * is_spaced
        lines += block_lines(entry, indent)
    return lines


def _is_spaced(text: str, items: Sequence[Span]) -> bool:
    """Whether an empty line stands between the last two items."""
    if len(items) == 1:
        return False
    gap = text[items[-2].end : items[-1].start]
    return any(not line.strip() for line in gap.splitlines()[1:-1])


def _column(text: str, index: int) -> int:
    start = max(text.rfind(char, 0, index) for char in _BREAKS) + 1
    return index - start


def _after_line(
    text: str, index: int, lines: Sequence[str], *, deeper_than: int
) -> tuple[int, str]:
    """Lines after the one that `index` is in, and after the indented comments that follow it."""
    newline = _newline(text)
    if index > 0 and text[index - 1] in _BREAKS:
        # A text of several lines ended there; an empty line might become part of it.
        return index, "".join(line + newline for line in lines[not lines[0] :])
    index = _end_of_line(text, index)
    while (comment := _COMMENT_LINE.match(text, index)) and len(comment[1]) > deeper_than:
        index = comment.end()
    return index, "".join(newline + line for line in lines)


def _end_of_line(text: str, index: int) -> int:
    found = _REST_OF_LINE.match(text, index)
    return found.end() if found else index


def _newline(text: str) -> str:
    """The line ending that most of the text's lines have."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _flow(text: str, listed: Listed, entries: Sequence[Entry]) -> tuple[int, str]:
    """Items before the closing bracket, on lines of their own where the others are."""
    bracket = listed.span.end - 1
    if not listed.items:
        return _first_in_brackets(text, listed, entries)
    last = listed.items[-1]
    gap = text[last.end : bracket]
    between = _before_item(text, last.start)
    new = f",{between}".join(map(flow_text, entries))
    has_comma = "," in _COMMENT.sub("", gap)
    if _COMMENT.search(gap):
        return bracket, new if has_comma else f", {new}"
    if has_comma:
        return last.end + gap.index(",") + 1, between + new
    return last.end, f",{between}{new}"


def _first_in_brackets(text: str, listed: Listed, entries: Sequence[Entry]) -> tuple[int, str]:
    """The first items of a list in brackets, each on a line of its own."""
    opening, bracket = text.index("[", listed.span.start), listed.span.end - 1
    line = text[opening - _column(text, opening) : opening]
    between = _newline(text) + line[: len(line) - len(line.lstrip(" "))] + " " * _INDENT
    place = bracket if _COMMENT.search(text[opening:bracket]) else opening + 1
    return place, between + f",{between}".join(map(flow_text, entries))


def _before_item(text: str, start: int) -> str:
    """What stands before an item: a line break and spaces, or one space."""
    column = _column(text, start)
    before = text[start - column : start]
    return _newline(text) + before if column and not before.strip() else " "
