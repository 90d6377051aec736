"""The differences between a document and its schema, each as a problem."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from runner.base.wording import Suggestions, listed, shorten
from runner.manifest.schema.accepted import (
    MISSING_KEY,
    NOT_A_CHOICE,
    UNKNOWN_KEY,
    WRONG_FORM,
    WRONG_TYPE,
    Path,
    SchemaError,
)
from runner.manifest.schema.advice import description, example, meant, type_help
from runner.manifest.schema.validator import validator
from runner.manifest.yaml.document import Document
from runner.problems.problem import Place, Problem, text_lines

_TYPE_WORDS = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}

_ALSO_CALLED = {"latitude": "lat", "longitude": "lng"}
"""Words that people write in place of a key, too unlike it to be a typing slip."""


class Differences:
    """What is wrong with a document that does not fit its schema."""

    def __init__(self, document: Document, schema: str) -> None:
        self.document = document
        self.schema = schema
        self.wrong: set[Path] = set()
        self.meant: set[Path] = set()
        self.suggestions = Suggestions()

    def schema_errors(self) -> Iterator[SchemaError]:
        """Yield a SchemaError for every value that is wrong, missing, or under a wrong key."""
        # Within one mapping the schema names unknown keys before required ones, and the type
        # before everything else; tests/manifest/test_shape.py holds it to that.
        for error in validator(self.schema).iter_errors(self.document.data):
            path = tuple(error.absolute_path)
            match error.validator:
                case "additionalProperties":
                    yield from self._unknown_keys(path, error)
                case "required":
                    yield from self._missing_key(path, error)
                case "minProperties" if self.document.is_incomplete(path):
                    yield path, None  # it is not empty: its content was refused
                case _ if path not in self.wrong:  # one problem for each value is enough
                    self.wrong.add(path)
                    yield path, _wrong_value(self.document, path, error)

    def _unknown_keys(self, path: Path, error: Any) -> Iterator[SchemaError]:
        known = error.schema["properties"].keys()
        for key in error.instance:
            if key in known:
                continue
            near = _also_called(key, known) or self.suggestions.nearest(key, known)
            if near and near not in error.instance:
                self.meant.add((*path, near))
                yield (*path, near), None
            help_ = f"did you mean `{near}`?" if near else f"known here: {listed(known)}"
            message = f"unknown key `{shorten(key, 60)}`"
            place = self.document.key_place((*path, key))
            yield (*path, key), UNKNOWN_KEY.problem(message, place, help_)

    def _missing_key(self, path: Path, error: Any) -> Iterator[SchemaError]:
        key = next(key for key in error.validator_value if repr(key) in error.message)
        if (*path, key) in self.meant or self.document.is_incomplete_at(path, key):
            yield (*path, key), None
            return
        message = f"{_subject(path)} has no `{key}`"
        help_ = f"`{key}`: {description(error.schema['properties'][key])}"
        place = self.document.place(path)
        yield (*path, key), MISSING_KEY.problem(message, place, help_)


def _also_called(key: str, known: Collection[str]) -> str | None:
    near = _ALSO_CALLED.get(key.lower())
    return near if near in known else None


def _wrong_value(document: Document, path: Path, error: Any) -> Problem:
    match error.validator:
        case "type":
            return _wrong_type(document, path, error)
        case "enum":
            return _not_among(document, path, error)
    return _wrong_form(document, path, error)


def _wrong_type(document: Document, path: Path, error: Any) -> Problem:
    wanted = error.validator_value
    wanted = wanted if isinstance(wanted, list) else [wanted]
    words = " or ".join(_TYPE_WORDS[name] for name in wanted)
    found = _shown(error.instance) if path else _kind(error.instance)
    message = f"{_subject(path)} must be {words}, not {found}"
    place = document.place(path)
    return WRONG_TYPE.problem(message, place, type_help(wanted, error, _written(document, place)))


def _kind(value: Any) -> str:
    """What a whole document is, without a word of it: it may be a password file."""
    return "a list" if isinstance(value, list) else "a single value"


def _written(document: Document, place: Place) -> str:
    """A value of one line as its author wrote it; `1e3` is not `1000.0` to them."""
    if place.line != place.end_line:
        return ""
    return _lines(document.text)[place.line - 1][place.column - 1 : place.end_column - 1]


_lines = lru_cache(maxsize=1)(text_lines)
"""Of one manifest at a time, which may have thousands of mistakes."""


def _not_among(document: Document, path: Path, error: Any) -> Problem:
    allowed = [str(value) for value in error.validator_value]
    near = Suggestions().nearest(str(error.instance), allowed)
    help_ = f"did you mean `{near}`?" if near else f"allowed: {listed(allowed)}"
    message = f"{_subject(path)} cannot be {_shown(error.instance)}"
    return NOT_A_CHOICE.problem(message, document.place(path), help_)


def _wrong_form(document: Document, path: Path, error: Any) -> Problem:
    limit = error.validator_value
    what = {
        "pattern": f"is not of the right form: {_shown(error.instance)}",
        "minimum": f"must be at least {limit}, not {_shown(error.instance)}",
        "minLength": "must not be empty",
        "maxLength": f"is longer than {limit} characters",
        "minItems": "must not be empty",
        "minProperties": "must not be empty",
    }.get(str(error.validator), "is not allowed")
    message = f"{_subject(path)} {what}"
    is_form = error.validator == "pattern"
    help_ = meant(error.instance, error.schema) if is_form else example(error.schema)
    return WRONG_FORM.problem(message, document.place(path), help_)


def _subject(path: Path) -> str:
    """The value's name in the manifest's own words."""
    match path:
        case ():
            return "the manifest"
        case ("walkthroughs", int(index)):
            return f"walkthrough {index + 1}"
        case ("drawings" | "routes" as kind, str(name)):
            return f"{kind[:-1]} `{shorten(name, 60)}`"
        case (*_, str(parent), int(index)):
            return f"entry {index + 1} of `{parent}`"
        case (*_, last):
            return f"`{last}`"
    return "the value"


def _shown(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return f"`{shorten(value, 60)}`"
    return str(value)
