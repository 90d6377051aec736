"""Own the quoting of words, so that a command in a hint can be copied into this machine's shell."""

import os
import re
import shlex

IS_WINDOWS = os.name == "nt"

_PLAIN = re.compile(r"[\w./\\:+-]+\Z")
_BACKSLASHES_BEFORE_QUOTE = re.compile(r'(\\*)("|\Z)')


def for_shell(text: str, *, windows: bool = IS_WINDOWS) -> str:
    """One word of a command.

    `windows` quotes as cmd.exe and PowerShell both take it: to them a single quote is no quote,
    or quotes what is a name in the other.
    """
    if not windows:
        return shlex.quote(text)
    if _PLAIN.match(text):
        return text
    return f'"{_BACKSLASHES_BEFORE_QUOTE.sub(_doubled, text)}"'


def _doubled(found: re.Match[str]) -> str:
    r"""Backslashes in front of a quote are doubled: `"\\nas\my share\"` would never end."""
    backslashes, quote = found.groups()
    return backslashes * 2 + (f"\\{quote}" if quote else "")
