"""Own the schema layer: every way in which a document differs from the manifest's schema."""

import difflib
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from runner.manifest.document import Document, DocumentPath
from runner.problems import Problem
from runner.schemas import load_schema
from runner.units import shorten

_TYPE_WORDS = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def check_shape(document: Document) -> Iterator[tuple[DocumentPath, Problem]]:
    """Yield each violation with the path of the value that has it."""
    for error in _validator().iter_errors(document.data):
        path = tuple(error.absolute_path)
        for problem in _problems(document, path, error):
            yield path, problem


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(load_schema("manifest"))


def _problems(document: Document, path: DocumentPath, error: Any) -> Iterator[Problem]:
    match error.validator:
        case "additionalProperties":
            yield from _unknown_keys(document, path, error)
        case "required":
            yield _missing_key(document, path, error)
        case "type":
            yield _wrong_type(document, path, error)
        case "enum":
            yield _not_among(document, path, error)
        case _:
            yield _wrong_value(document, path, error)


def _unknown_keys(document: Document, path: DocumentPath, error: Any) -> Iterator[Problem]:
    known = list(error.schema["properties"])
    for key in error.instance:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            help_ = f"did you mean `{near[0]}`?" if near else f"known here: {_listed(known)}"
            place = document.key_place((*path, key))
            yield Problem("M012", f"unknown key `{key}`", place, help_)


def _missing_key(document: Document, path: DocumentPath, error: Any) -> Problem:
    key = next(key for key in error.validator_value if repr(key) in error.message)
    what = error.schema["properties"][key]
    description = _description(what)
    place = document.place(path)
    return Problem("M013", f"{_subject(path)} has no `{key}`", place, f"`{key}`: {description}")


def _wrong_type(document: Document, path: DocumentPath, error: Any) -> Problem:
    wanted = error.validator_value
    wanted = wanted if isinstance(wanted, list) else [wanted]
    words = " or ".join(_TYPE_WORDS[name] for name in wanted)
    message = f"{_subject(path)} must be {words}, not {_shown(error.instance)}"
    return Problem("M014", message, document.place(path), _type_help(wanted, error))


def _type_help(wanted: list[str], error: Any) -> str:
    scalar = isinstance(error.instance, (int, float)) and not isinstance(error.instance, bool)
    if "string" in wanted and scalar:
        return f'write it in quotes: "{error.instance}"'
    return _example(error.schema)


def _not_among(document: Document, path: DocumentPath, error: Any) -> Problem:
    allowed = [str(value) for value in error.validator_value]
    near = difflib.get_close_matches(str(error.instance), allowed, n=1)
    help_ = f"did you mean `{near[0]}`?" if near else f"allowed: {_listed(allowed)}"
    message = f"{_subject(path)} cannot be {_shown(error.instance)}"
    return Problem("M015", message, document.place(path), help_)


def _wrong_value(document: Document, path: DocumentPath, error: Any) -> Problem:
    limit = error.validator_value
    said = {
        "pattern": f"is not of the right form: {_shown(error.instance)}",
        "minimum": f"must be at least {limit}, not {_shown(error.instance)}",
        "minLength": "must not be empty",
        "maxLength": f"is longer than {limit} characters",
        "minItems": "must not be empty",
        "minProperties": "must not be empty",
    }.get(str(error.validator), "is not allowed")
    message = f"{_subject(path)} {said}"
    return Problem("M016", message, document.place(path), _example(error.schema))


def _subject(path: DocumentPath) -> str:
    """The value's name in the manifest's own words."""
    match path:
        case ():
            return "the manifest"
        case ("walkthroughs", int(index)):
            return f"walkthrough {index + 1}"
        case ("drawings" | "routes" as kind, str(name)):
            return f"{kind[:-1]} `{name}`"
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


def _description(schema: Any) -> str:
    if "$ref" in schema:
        schema = load_schema("manifest")["$defs"][schema["$ref"].rpartition("/")[2]]
    return str(schema.get("description", ""))


def _example(schema: Any) -> str:
    examples = schema.get("examples", [])
    text = [f"`{example}`" for example in examples if isinstance(example, str)]
    return f"for example {_listed(text, mark='')}" if text else str(schema.get("description", ""))


def _listed(words: list[str], mark: str = "`") -> str:
    return ", ".join(f"{mark}{word}{mark}" for word in words)
