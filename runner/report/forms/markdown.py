"""The results as Markdown that fits a pull-request comment and collapses when long."""

import re
from collections.abc import Iterator, Sequence

from runner.base.wording import counted, printable, shorten, size
from runner.report.forms.text import headline, notices
from runner.report.results import Results, WalkthroughResult
from runner.report.summary import ON_EVERCAM, WORDS, missing_line

LONGEST = 60_000
"""Characters of a table; a comment on GitHub takes 65,536."""

_OPEN_ROWS = 20
_LONGEST_CELL = 500
_MOST_NOTICES = 1_000
_PUNCTUATION = re.compile(r"(^-|[!#$&(-+./:<=>@\[-`{-~])")
"""What may mean something to Markdown where it stands; a hyphen does at the beginning only."""
_REFERENCE = re.compile(r"(\\[@#]|\bGH-)(?=\w)", re.IGNORECASE)
_COMMAND = re.compile(r"(.*: )(sitewalk [\w ./='-]+)")
"""A next step that ends with a command of harmless characters; any other is told as prose."""
_WORD_JOINER = "\u2060"  # invisible, so that `@team` calls nobody and `#12` links nowhere
_HEAD = ("Walkthrough", "Outcome", "Upload", "Size", "Why, and what to do")


def results_markdown(results: Results) -> str:
    """The report; what needs attention stands first, and what does not fit is counted."""
    order = sorted(results.walkthroughs, key=lambda walkthrough: walkthrough.outcome in ON_EVERCAM)
    open_ = sum(walkthrough.outcome not in ON_EVERCAM for walkthrough in order)
    lines = filter(None, (missing_line(results), *notices(results)))
    paragraphs = "".join(f"{plain(shorten(line, _MOST_NOTICES))}\n\n" for line in lines)
    title = f"**{plain(headline(results))}**"
    rows = [_row(walkthrough) for walkthrough in order]
    return f"{title}\n\n{paragraphs}{table(_HEAD, rows, 'walkthrough', open_)}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], noun: str, first: int = 0) -> str:
    """A table of cells that are Markdown already, cut where it would burst.

    When long it collapses, but for as many of the `first` rows as stand in a short one.
    """
    kept = list(_that_fit([f"| {' | '.join(row)} |\n" for row in rows]))
    left = len(rows) - len(kept)
    rest = f"\n{counted(left, f'more {noun}')} in `--format json`.\n" if left else ""
    if len(rows) <= _OPEN_ROWS:
        return f"{_lines(head, kept)}{rest}"
    shown = min(first, _OPEN_ROWS)
    above = f"{_lines(head, kept[:shown])}\n" if shown else ""
    title = counted(len(rows) - shown, f"more {noun}" if shown else noun)
    below = f"{_lines(head, kept[shown:])}{rest}"
    return f"{above}<details>\n<summary>{title}</summary>\n\n{below}\n</details>\n"


def _lines(head: Sequence[str], rows: Sequence[str]) -> str:
    return f"| {' | '.join(head)} |\n{'|---' * len(head)}|\n{''.join(rows)}" if rows else ""


def _that_fit(lines: Sequence[str]) -> Iterator[str]:
    room = LONGEST
    for line in lines:
        room -= len(line)
        if room < 0:
            return
        yield line


def _row(walkthrough: WalkthroughResult) -> tuple[str, ...]:
    upload = "none" if walkthrough.upload_id is None else plain(str(walkthrough.upload_id))
    why = "<br>→ ".join((_cell(walkthrough.reason), *map(_step, walkthrough.next_steps)))
    name = "<br>".join(map(_cell, dict.fromkeys((walkthrough.name, walkthrough.id))))
    return name, WORDS[walkthrough.outcome], upload, size(walkthrough.length), why


def _cell(text: str) -> str:
    return plain(shorten(text, _LONGEST_CELL))


def _step(text: str) -> str:
    """A next step, its command to be copied."""
    found = _COMMAND.fullmatch(shorten(text, _LONGEST_CELL))
    if found is None or "//" in found[2]:
        return _cell(text)
    return f"{plain(found[1])} `{found[2].strip()}`"


def plain(text: str) -> str:
    """The text without any meaning to Markdown or HTML, and without mentions, on one line."""
    line = printable(" ".join(text.split()))
    escaped = _PUNCTUATION.sub(r"\\\1", line).replace("\\&", "&amp;")
    for char, entity in (("\\<", "&lt;"), ("\\>", "&gt;")):
        escaped = escaped.replace(char, entity)
    return _REFERENCE.sub(rf"\1{_WORD_JOINER}", escaped)
