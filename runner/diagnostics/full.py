"""Own problems in full: the line they stand in, a caret under the span, and the way out."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from runner.diagnostics.printable import printable
from runner.manifest.lines import text_lines
from runner.problems import Problem


def problems_text(problems: Sequence[Problem], texts: Mapping[str, str]) -> str:
    """All problems; `texts` are the manifests', by file."""
    lines = {file: text_lines(text) for file, text in texts.items()}
    parts = ["\n".join(_full(problem, lines.get(problem.place.file, []))) for problem in problems]
    return "\n\n".join(parts) + "\n" if parts else ""


def _full(problem: Problem, lines: Sequence[str]) -> Iterator[str]:
    place = problem.place
    yield f"{problem.severity}[{problem.code}]: {printable(problem.message)}"
    gutter = " " * len(str(place.line))
    yield f"{gutter}--> {printable(str(place))}"
    if place.line <= len(lines) and not place.is_whole_file:
        yield f"{gutter} |"
        yield from _excerpt(problem, lines)
    for note in problem.notes:
        yield f"{gutter} = note: {note.message}: {printable(str(note.place))}"
    if problem.help:
        yield f"{gutter} = help: {printable(problem.help)}"


def _excerpt(problem: Problem, lines: Sequence[str]) -> Iterator[str]:
    place = problem.place
    width = len(str(place.line))
    for number in (place.line - 1, place.line):
        if number >= 1 and (number == place.line or lines[number - 1].strip()):
            yield f"{number:>{width}} | {_visible(lines[number - 1])}"
    line = lines[place.line - 1]
    end = place.end_column - 1 if place.end_line == place.line else len(line.rstrip())
    before, marked = line[: place.column - 1], line[place.column - 1 : end]
    yield f"{' ' * width} | {' ' * _width(before)}{'^' * max(1, _width(marked))}"


def _visible(line: str) -> str:
    return "".join(char if char.isprintable() else " " for char in line.replace("\t", "    "))


def _width(text: str) -> int:
    """Columns a text takes on a terminal."""
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if char == "\t":
        return 4
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
