"""Own what a plain YAML scalar means: null, true, false, decimal numbers, and text for all else.

The rules are those of the YAML 1.2 core schema, less its surprises for people who write dates
and ids: a number with a leading zero, an octal or hexadecimal number, infinity and
not-a-number stay the text that was written.
"""

import re

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
