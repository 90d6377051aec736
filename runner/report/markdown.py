"""Own the results as Markdown that fits a pull-request comment and collapses when long."""

import re
from collections.abc import Iterator

from runner.report.results import Outcome, Results, WalkthroughResult
from runner.report.text import headline
from runner.units import counted, size

LONGEST = 60_000
"""Characters; a comment on GitHub takes 65,536."""

_OPEN_ROWS = 20
_SETTLED = frozenset({Outcome.DONE, Outcome.NOTHING})
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_HEAD = "| Walkthrough | Outcome | Upload | Size | Why, and what to do |\n|---|---|---|---|---|\n"


def results_markdown(results: Results) -> str:
    """The report; what needs attention stands first, and what does not fit is counted."""
    order = sorted(results.walkthroughs, key=lambda one: one.outcome in _SETTLED)
    refused = f"**{_plain(results.refused)}**\n\n" if results.refused else ""
    table = _table([_row(one) for one in order])
    return f"**{_plain(headline(results))}**\n\n{refused}{table}"


def _table(rows: list[str]) -> str:
    kept = list(_that_fit(rows))
    left = len(rows) - len(kept)
    rest = f"\n{counted(left, 'more walkthrough')} in results.json.\n" if left else ""
    table = _HEAD + "".join(kept) + rest
    if len(rows) <= _OPEN_ROWS:
        return table
    title = counted(len(rows), "walkthrough")
    return f"<details>\n<summary>{title}</summary>\n\n{table}\n</details>\n"


def _that_fit(rows: list[str]) -> Iterator[str]:
    room = LONGEST
    for row in rows:
        room -= len(row)
        if room < 0:
            return
        yield row


def _row(walkthrough: WalkthroughResult) -> str:
    upload = "none" if walkthrough.upload_id is None else str(walkthrough.upload_id)
    length = size(sum(one.length for one in walkthrough.recordings))
    why = "<br>→ ".join(_plain(text) for text in (walkthrough.reason, *walkthrough.next_steps))
    outcome = walkthrough.outcome.replace("_", " ")
    name = f"{_plain(walkthrough.name)}<br>{_plain(walkthrough.id)}"
    return f"| {name} | {outcome} | {upload} | {length} | {why} |\n"


def _plain(text: str) -> str:
    """The text without any meaning to Markdown or HTML, and without mentions, on one line."""
    line = " ".join(text.split())
    escaped = _PUNCTUATION.sub(r"\\\1", line).replace("\\&", "&amp;")
    for char, entity in (("\\<", "&lt;"), ("\\>", "&gt;")):
        escaped = escaped.replace(char, entity)
    # A word joiner, invisible, so that `@team` calls nobody and `#12` links nowhere.
    return escaped.replace("\\@", "\\@\u2060").replace("\\#", "\\#\u2060")
