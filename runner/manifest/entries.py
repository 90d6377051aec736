"""Own how a new walkthrough is written into a manifest, so that it reads back as it was meant."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.diagnostics.printable import printable

# What every YAML reader takes for text without quotes, also one by the older rules.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./,:-]*(?: [A-Za-z0-9_./,-][A-Za-z0-9_./,:-]*)*\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A walkthrough's values in the order in which they are written, and comments by key."""

    values: Mapping[str, str | Sequence[str]]
    comments: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """What a reader has to find."""
        return {k: v if isinstance(v, str) else list(v) for k, v in self.values.items()}


def quoted(text: str) -> str:
    """Text as YAML, in quotes only where they are needed; not for lists in brackets."""
    is_plain = _PLAIN.match(text) and not text.endswith(":") and ": " not in text
    if (is_plain and text.lower() not in _WORDS) or _DAY.match(text):
        return text
    return _json(text)


def block_lines(entry: Entry, indent: int) -> Iterator[str]:
    """The entry as an item of a list of dashes that stand `indent` spaces in."""
    mark = " " * indent + "- "
    for key, value in entry.values.items():
        comment = f" # {printable(entry.comments[key])}" if key in entry.comments else ""
        if isinstance(value, str):
            yield f"{mark}{key}: {quoted(value)}{comment}"
        else:
            yield f"{mark}{key}:{comment}"
            yield from (f"{' ' * indent}    - {quoted(item)}" for item in value)
        mark = " " * indent + "  "


def flow_text(entry: Entry) -> str:
    """The entry as an item of a list in brackets, which may be JSON; there are no comments."""
    return _json(entry.data)


def _json(value: Any) -> str:
    """JSON in one line, which is YAML too once nothing invisible is left in it."""
    return "".join(map(_visible, json.dumps(value, ensure_ascii=False)))


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= _BASIC_PLANE else f"\\U{ord(char):08x}"


_BASIC_PLANE = 0xFFFF
