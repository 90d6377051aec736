"""Text that is not YAML: where the parser stopped, why, and what to do."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from yaml.reader import ReaderError

from runner.manifest.yaml.marks import place_of
from runner.problems.problem import Note, Place, Problem, Rule, text_lines

YAML_SYNTAX = Rule("M004", "yaml-syntax")

_UNCLOSED = "found unexpected end of stream"
_ESCAPE = r"in double quotes `\` begins an escape; write paths with `/`"
HALF_A_CHARACTER = "write the character itself, not its halves as `\\ud83d`"
_HELP: Mapping[str, str] = {
    "expected '-' indicator": "let the entries of a list begin under each other, and so their keys",
    "alphabetic or numeric character": "write a value that begins with `*` or `&` in quotes",
    "expected key": "check the quotes, also those of the line above, and the indentation",
    "mapping values are not allowed": "write a value that has `: ` in it in quotes",
    "cannot start any token": "write a value that begins with `@`, `%` or a backtick in quotes",
    "unknown escape character": _ESCAPE,
    "hexdecimal number": _ESCAPE,  # as libyaml spells it
    "hexadecimal numbers": _ESCAPE,
    "invalid Unicode character escape": HALF_A_CHARACTER,
    "expected ',' or": "close the bracket, or put a comma between its values",
    "could not find expected ':'": "write a colon and a space behind the key, here or just above",
    _UNCLOSED: "close the quote",
}
"""What to do, by words in the parser's message, which are libyaml's and PyYAML's."""

_STRANGE = (
    r"(?P<space>[\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff])|^\s*(?P<dash>[\u2013\u2014\u2022\u2212])\s"
    r"|^(?P<conflict><<<<<<<|=======|>>>>>>>)|^\s*(?P<fence>```)"
)
_STRANGE_HELP: Mapping[str, str] = {
    "space": "write plain spaces: this line or the one above has others, as Word and web pages do",
    "dash": "begin entries with a plain `-`: this line or the one above begins with another sign",
    "conflict": "git could not merge this: keep one of the two versions and remove its marks",
    "fence": "remove the line of backticks: it belongs to Markdown",
}
"""Signs that come with copied or merged text."""

_OPEN = ("flow", "quoted")
"""Words for brackets and quotes: it helps to see where these began."""

_ELSE = "check indentation, brackets and quotes in this line and the one above"


def syntax_problem(file: str, text: str, error: yaml.YAMLError) -> Problem:
    """The problem at which the parser stopped."""
    if isinstance(error, ReaderError):
        return _forbidden_character(file, text, error)
    return _broken_off(file, text, error)


def _forbidden_character(file: str, text: str, error: Any) -> Problem:
    # The error's position counts bytes in one loader and characters in the other; the character
    # is the first of its kind in both.
    before = text_lines(text.partition(chr(error.character))[0])
    place = _place(file, len(before) - 1, len(before[-1]))
    message = f"this is not valid YAML: the character U+{error.character:04X} is not allowed"
    return YAML_SYNTAX.problem(message, place, "remove it; is this a text file?")


def _broken_off(file: str, text: str, error: Any) -> Problem:
    """The problem where the parser gave up, with a note where the unfinished value began."""
    lines = text_lines(text)
    at = error.problem_mark or error.context_mark
    begun = error.context_mark or at
    reason = error.problem or "it cannot be read"
    if reason == _UNCLOSED:
        at = begun
    note = Note(_at(file, lines, begun), "it begins here")
    is_open = at.line != begun.line and any(word in str(error.context) for word in _OPEN)
    return YAML_SYNTAX.problem(
        f"this is not valid YAML: {reason}",
        _at(file, lines, at),
        _help(lines, at.line, at.column, reason),
        (note,) if is_open else (),
    )


def _at(file: str, lines: Sequence[str], mark: Any) -> Place:
    if mark.line < len(lines):
        return _place(file, mark.line, mark.column)
    return _place(file, len(lines) - 1, len(lines[-1]))  # the parser adds a line end of its own


def _place(file: str, line: int, column: int) -> Place:
    return place_of(file, (line, column, line, column + 1))


def _help(lines: Sequence[str], line: int, column: int, reason: str) -> str:
    here = lines[line] if line < len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "indent with spaces; YAML does not allow tabs"
    if "cannot start any token" in reason and here[column : column + 1] == "\t":
        return "write spaces here; YAML does not allow tabs before a key, or behind a `-`"
    for near in (here, lines[line - 1] if 0 < line <= len(lines) else ""):
        strange = re.search(_STRANGE, near)
        if strange:
            return next(help_ for name, help_ in _STRANGE_HELP.items() if strange[name])
    if "mapping values" in reason and ": " not in here[:column]:
        return "indent this line like the one above, or end that one with a colon"
    return next((help_ for words, help_ in _HELP.items() if words in reason), _ELSE)
