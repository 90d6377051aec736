"""Problems as text for people: in full with an excerpt, as one line each, and counted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len

from runner.base.wording import counted, printable
from runner.problems.problem import TOO_MANY, Place, Problem, Severity, text_lines

_WIDEST = 120
_PLACEHOLDER = "M017"
_FEW_ALIKE = 3
_LINES_NAMED = 8
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


def problems_text(problems: Sequence[Problem], texts: Mapping[str, str]) -> str:
    """All problems; `texts` are the manifests', by file."""
    lines = {file: text_lines(text) for file, text in texts.items() if text}
    alike = _alike(problems)
    first = {found[0]: found for found in alike}
    repeated = {problem for found in alike for problem in found[1:]}
    parts = [
        "\n".join(_full(problem, lines.get(problem.place.file, []), first.get(problem, ())))
        for problem in problems
        if problem not in repeated
    ]
    return "\n\n".join(parts) + "\n" if parts else ""


def _alike(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Placeholders that ask for the same, of which the first stands for all."""
    found: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.code == _PLACEHOLDER:
            found[problem.place.file, problem.help].append(problem)
    return [alike for alike in found.values() if len(alike) > _FEW_ALIKE]


def _full(problem: Problem, lines: Sequence[str], alike: Sequence[Problem] = ()) -> Iterator[str]:
    place = problem.place
    yield f"{problem.severity}[{problem.code}]: {printable(problem.message)}"
    gutter = " " * len(str(place.line))
    yield f"{gutter}--> {printable(str(place))}"
    if place.line <= len(lines) and not place.is_whole_file:
        yield f"{gutter} |"
        yield from excerpt(place, lines)
    for note in problem.notes:
        yield f"{gutter} = note: {printable(note.message)}: {printable(str(note.place))}"
    if alike:
        numbers = [f"{other.place.line}" for other in alike[1 : 1 + _LINES_NAMED]]
        more = ", …" if len(alike) > 1 + _LINES_NAMED else ""
        where = f"{', '.join(numbers)}{more}"
        yield f"{gutter} = note: {len(alike) - 1:,} more like it, in lines {where}"
    if problem.help:
        yield f"{gutter} = help: {printable(problem.help)}"


def problems_concise(problems: Sequence[Problem]) -> str:
    """All problems, one line each."""
    return "".join(
        printable(f"{problem.place}: {problem.code} {problem.message}") + "\n"
        for problem in problems
    )


def problems_summary(problems: Sequence[Problem]) -> str:
    """How many there are: `2 errors, 1 warning`, and whether there are more than are listed."""
    found = [problem for problem in problems if problem.code != TOO_MANY.code]
    errors = sum(problem.severity is Severity.ERROR for problem in found)
    warnings = len(found) - errors
    parts = [counted(errors, "error")] if errors else []
    parts += [counted(warnings, "warning")] if warnings else []
    more = " and more that are not listed" if len(found) < len(problems) else ""
    return (", ".join(parts) or "no problems") + more
