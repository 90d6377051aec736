"""Markdown on a terminal: headings, tables and code as eyes expect them, in its own width."""

import re
from typing import TextIO

from rich.console import Console as RichConsole
from rich.markdown import Markdown
from rich.style import Style
from rich.syntax import ANSISyntaxTheme
from rich.theme import Theme

_WIDEST = 100
_THEME = Theme({"markdown.code": "bold cyan", "markdown.h2": "bold"})
_CODE = ANSISyntaxTheme(
    {
        ("Name", "Tag"): Style(color="cyan"),
        ("Literal", "String"): Style(color="green"),
        ("Comment",): Style(dim=True),
        ("Generic", "Prompt"): Style(dim=True),
    }
)
"""Colours that every terminal has of its own, readable on dark and on light."""


def on_screen(text: str, screen: TextIO | None) -> str:
    """Markdown with the escapes that this terminal shows, no wider than it is."""
    console = RichConsole(file=screen, theme=_THEME, highlight=False)
    if console.legacy_windows:  # there, colours are calls and no characters
        return text
    code: str = _CODE  # type: ignore[assignment] # passed on to Syntax, which takes themes, too
    with console.capture() as captured:
        width = min(console.width, _WIDEST)
        console.print(Markdown(text, code_theme=code, hyperlinks=False), width=width)
    return _without_padding(captured.get())


def _without_padding(text: str) -> str:
    """Without the spaces up to the margin, which would be copied along."""
    lines = re.sub(r" +$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", lines).rstrip("\n") + "\n"
