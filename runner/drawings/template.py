"""The template of the request that creates a drawing: written, read, and filled with values.

Only the beginning of that request's body is public. The template has it; the rest is for people to
fill in, who can read the vendor's page. Nothing here knows or guesses it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.base.errors import UsageError
from runner.base.wording import json_text, shorten

PLACEHOLDERS: Mapping[str, str] = {
    "url": "the picture's address, as the tus server gave it",
    "file_id": "the end of that address: the picture's id on the tus server",
    "filename": "the picture's file name",
    "extension": "the ending of that name, without its dot",
    "north": "the latitude of the picture's top edge, a number",
    "south": "the latitude of its bottom edge, a number",
    "east": "the longitude of its right edge, a number",
    "west": "the longitude of its left edge, a number",
    "map_style": "Blank or Satellite",
    "name": "the drawing's name in the project file",
}
"""What a template may name in braces, and what takes its place."""

KNOWN_ONCE_SENT = frozenset({"url", "file_id"})
"""Placeholders whose values nobody knows before the picture is sent, and nobody is shown."""

VENDORS_PAGE = (
    "Evercam's guide to uploading 360 walkthroughs links to it under its prerequisites, as "
    "Drawing/Floor creation; everyone with an account can read it"
)
"""Where the page is found that has the whole request."""

_TODO = "TODO"
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")

_WRITTEN: Mapping[str, Any] = {
    "overlay": {
        "url": "{url}",
        "title": "{filename}",
        "TODO 1": (
            "overlay has at least one key more: what is public of it ends with `file_e`. Write "
            "what the vendor's page has."
        ),
    },
    "north": "{north}",
    "south": "{south}",
    "east": "{east}",
    "west": "{west}",
    "TODO 2": (
        "That the body has north, south, east and west is public, and that they are 0 to 1 where "
        "the map style is Blank, degrees where it is Satellite. Where they stand is not: move them "
        "if the vendor's page has them elsewhere."
    ),
    "TODO 3": (
        "Which other keys the body has, such as one for the map style, is not public. Write what "
        f"the vendor's page has. Where it is: {VENDORS_PAGE}."
    ),
    "TODO 4": [f"{{{name}}}: {meaning}" for name, meaning in PLACEHOLDERS.items()],
}


def template_text() -> str:
    """A template with what is public, and a TODO for all that is not."""
    return json_text(_WRITTEN)


@dataclass(frozen=True, slots=True)
class Template:
    """A template that can be filled: an object of JSON, with no TODO in it."""

    body: Mapping[str, Any]

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The body with values for placeholders; one without a value stays as it is.

        They are put into the parsed text, so that no value can end a string or add a key. A string
        that is nothing but a placeholder becomes the value itself, a number for example.
        """
        return {key: _filled(value, values) for key, value in self.body.items()}


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    if not isinstance(value, str):
        return value
    alone = _PLACEHOLDER.fullmatch(value)
    if alone:
        return values.get(alone[1], value)
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), value)


def read_template(raw: bytes, file: str) -> Template:
    """Read a template; raises UsageError, with the place, for one that cannot be filled."""
    text = _decoded(raw, file)
    body = _parsed(text, file)
    left = list(_left(text, body))
    if left:
        message = f"{file} still has a {_TODO}: {', '.join(left)}"
        raise UsageError(message, f"fill in what the vendor's page says. {VENDORS_PAGE}")
    _require_known(body, file)
    return Template(body)


def _decoded(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8 text", "save it as UTF-8") from None


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        body = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"{file} is no JSON: {error.msg.lower()} in {where}", _ANEW) from None
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UsageError(f"{file} is no JSON: {reason}", _ANEW) from None
    if not isinstance(body, dict):
        raise UsageError(f"{file} is no JSON object: it does not begin with {{", _ANEW)
    return body


_ANEW = "mend it, or move it away and begin anew with `sitewalk drawing template`"


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key `{shorten(twice, 60)}` stands twice in one object")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON's")


def _left(text: str, body: Any) -> Iterator[str]:
    """Where a TODO stands; by lines, unless it is written in a way that hides it there."""
    lines = [f"line {n}" for n, line in enumerate(text.splitlines(), start=1) if _TODO in line]
    if lines:
        yield from lines
    elif any(_TODO in text for text in (*_keys(body), *_texts(body))):
        yield "in one of its texts"


def _require_known(body: Any, file: str) -> None:
    named = {name for text in _texts(body) for name in _PLACEHOLDER.findall(text)}
    unknown = sorted(named - PLACEHOLDERS.keys())
    if unknown:
        message = f"{file} names {{{unknown[0]}}}, which is no placeholder"
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise UsageError(message, f"there are {known}")
    in_key = next((key for key in _keys(body) if _PLACEHOLDER.search(key)), None)
    if in_key is not None:
        message = f"{file} has a placeholder in the key `{shorten(in_key, 60)}`"
        raise UsageError(message, "values take their places, and never those of keys")
    if not named & KNOWN_ONCE_SENT:
        message = f"{file} names neither {{url}} nor {{file_id}}: the drawing would have no picture"
        raise UsageError(message, "write it where the vendor's page has the picture's address")


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for item in _items(value):
        yield from _keys(item)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in _items(value):
        yield from _texts(item)


def _items(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
