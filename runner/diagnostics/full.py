"""Own problems in full: the line they stand in, a caret under the span, and the way out."""

from collections.abc import Iterator, Mapping, Sequence

from runner.diagnostics.excerpt import excerpt
from runner.diagnostics.printable import printable
from runner.problems import Problem, text_lines


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
        yield from excerpt(place, lines)
    for note in problem.notes:
        yield f"{gutter} = note: {note.message}: {printable(str(note.place))}"
    if problem.help:
        yield f"{gutter} = help: {printable(problem.help)}"
