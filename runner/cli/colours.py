"""Lines for a person's terminal: colour for what differs, words kept whole, its own width."""

import re
import textwrap
from typing import TextIO

from rich.console import Console as RichConsole
from rich.text import Text

_STYLES = (
    (r"\+ \w+", "green"),
    (r"> \w+", "cyan"),
    (r"\? \w+", "yellow"),
    (r"= .*", "dim"),
    (r"done already\b|not (?:begun|started)\b", "dim"),
    (r"done\b", "green"),
    (r"failed\b", "red"),
    (r"held\b|needs a decision\b|interrupted\b|warning\b", "yellow"),
    (r"under way\b", "cyan"),
    (r"error\b", "bold red"),
    (r"^ +=? ?(?:help|note):", "cyan"),
)
"""What a line begins with, and its style: a name, which stands behind that, has none.

Colours that every terminal has of its own, readable on dark and on light.
"""

_SAID_OF_A_WALKTHROUGH = re.compile(r"\S+  (?:(done)|(failed)|(held)):")
_VERBATIM = re.compile(r"\bsitewalk [a-z]|^ *\d* +\||^ *--> |^[#$]|^ *(?:export|set) ")
"""Lines that may be copied, or whose columns mean something: the terminal breaks them itself."""

_NARROWEST = 20


def coloured(line: str) -> Text:
    """A line with the colours that its first words call for."""
    text = Text(line, no_wrap=False)
    said = _SAID_OF_A_WALKTHROUGH.match(line)
    if said:
        style = ("green", "red", "yellow")[(said.lastindex or 1) - 1]
        text.stylize(style, *said.span(said.lastindex or 0))
        return text
    for pattern, style in _STYLES:
        found = re.match(pattern, line)
        if found:
            text.stylize(style, *found.span())
            break
    return text


def on_terminal(text: str, terminal: TextIO) -> str:
    """A text of several lines as a terminal shows it best; NO_COLOR leaves the colours out."""
    console = RichConsole(file=terminal, highlight=False, markup=False, emoji=False)
    lines = [part for line in text.split("\n") for part in _wrapped(line, console.width)]
    if console.legacy_windows:  # there, colours are calls and no characters
        return "\n".join(lines)
    with console.capture() as captured:
        for line in lines:
            console.print(coloured(line), soft_wrap=True)
    return captured.get().removesuffix("\n")


def _wrapped(line: str, width: int) -> list[str]:
    """The line in pieces that fit, broken between words; the later ones stand further in."""
    if len(line) <= width or width < _NARROWEST or _VERBATIM.search(line):
        return [line]
    indent = line[: len(line) - len(line.lstrip())] + "    "
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )
