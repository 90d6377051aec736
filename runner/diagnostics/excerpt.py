"""Own the excerpt: a problem's line as a terminal shows it, with carets under the span."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from runner.problems import Place

_WIDEST = 120
_BEFORE = 50
_ZERO_WIDTH_JOINER = "\u200d"


def excerpt(place: Place, lines: Sequence[str]) -> Iterator[str]:
    """The line before, the line itself, and carets; of a long line only what surrounds the span."""
    gutter = len(str(place.line))
    line = lines[place.line - 1]
    start = place.column - 1 - _BEFORE if len(line) > _WIDEST else 0
    window = slice(max(0, start), max(0, start) + _WIDEST)
    for number in (place.line - 1, place.line):
        shown = _clipped(lines[number - 1], window) if number else ""
        if shown.strip() or number == place.line:
            yield f"{number:>{gutter}} | {shown}"
    yield f"{' ' * gutter} | {_carets(place, line, window)}"


def _carets(place: Place, line: str, window: slice) -> str:
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    before = _clipped(line[: place.column - 1], window)
    marked = _visible(line[place.column - 1 : min(end, window.stop)])
    return " " * cell_len(before) + "^" * max(1, cell_len(marked.rstrip()))


def _clipped(line: str, window: slice) -> str:
    """What the window shows of a line, with `…` where it is cut."""
    head = "…" if window.start and len(line) > window.start else ""
    tail = "…" if len(line) > window.stop else ""
    return f"{head}{_visible(line[window])}{tail}"


def _visible(text: str) -> str:
    """The text as it is printed: tabs as spaces, and nothing that steers a terminal."""
    return "".join(map(_shown, text.replace("\t", "    ")))


def _shown(char: str) -> str:
    return char if char.isprintable() or char == _ZERO_WIDTH_JOINER else " "
