"""YAML scalars: what one without quotes means, and which texts need quotes.

A plain scalar is null, true, false, a decimal number, or text. The rules are those of the YAML 1.2
core schema, without its surprises for people who write dates and ids: a number with a leading zero,
an octal or hexadecimal number, infinity and not-a-number stay the text that was written.
"""

import json
import re
from typing import Any

Scalar = None | bool | int | float | str

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_FIRST_OF_A_NUMBER = frozenset("-+.0123456789")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)?\.?[0-9]*(?:[eE][-+]?[0-9]{1,3})?\Z")


_PLAIN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9_./,:-]*(?: [A-Za-z0-9_./,-][A-Za-z0-9_./,:-]*)*\Z")
"""What every YAML reader takes for text even without quotes, except the words below."""

_COLON = re.compile(r":(?: |\Z)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_OLD_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Words that YAML 1.1 or 1.2 does not take for text, in any case of their letters."""

_BASIC_PLANE = 0xFFFF


def plain_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _FIRST_OF_A_NUMBER:
        return _number(text)
    return text


def _number(text: str) -> Scalar:
    if _INTEGER.match(text):
        return int(text)
    if _DECIMAL.match(text) and any(mark in text for mark in ".eE"):
        return _finite(text)
    return text


def _finite(text: str) -> Scalar:
    try:
        number = float(text)
    except ValueError:  # a lone sign or point
        return text
    return number if abs(number) != float("inf") else text


def quoted(text: str) -> str:
    """Write a text as YAML in one line, in quotes only where needed; not for use in brackets."""
    is_plain = _PLAIN_TEXT.match(text) and not _COLON.search(text)
    if (is_plain and text.lower() not in _OLD_WORDS) or _DAY.match(text):
        return text
    return in_quotes(text)


def quoted_in_brackets(text: str) -> str:
    """Write a text as YAML in one line, also for use in brackets, where a comma would end it."""
    return in_quotes(text) if "," in text else quoted(text)


def in_quotes(value: Any) -> str:
    """Write a value as JSON in one line, which is YAML, too, once nothing invisible is in it."""
    return "".join(map(_visible, json.dumps(value, ensure_ascii=False)))


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= _BASIC_PLANE else f"\\U{ord(char):08x}"
