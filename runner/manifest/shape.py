"""Own the schema layer: every way in which a document differs from the manifest's schema."""

import difflib
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from runner.manifest.document import Document, DocumentPath
from runner.manifest.quick import Check, compile_check, pattern
from runner.problems import Problem
from runner.rules import schema as schema_rules
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
    if _fits()(document.data):
        return
    mistyped: set[DocumentPath] = set()
    for error in sorted(_validator().iter_errors(document.data), key=_types_first):
        path = tuple(error.absolute_path)
        if error.validator == "type":
            mistyped.add(path)
        elif path in mistyped:  # of the wrong kind already: what more it is not, says nothing
            continue
        for problem in _problems(document, path, error):
            yield path, problem


def _types_first(error: Any) -> bool:
    return bool(error.validator != "type")


@cache
def _fits() -> Check:
    schema = load_schema("manifest")
    return compile_check(schema, schema)


@cache
def _validator() -> Any:
    # 6143.0 is an integer to JSON Schema; here the number's text goes into a request.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    kind: Any = extend(  # type: ignore[no-untyped-call] # its stubs lack this one
        Draft202012Validator, {"pattern": _pattern}, type_checker=types
    )
    return kind(load_schema("manifest"))


def _is_integer(_: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _pattern(_: Any, text: str, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not pattern(text).search(value):
        yield ValidationError(f"{value!r} does not match {text!r}")


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
            yield schema_rules.UNKNOWN_KEY.problem(f"unknown key `{key}`", place, help_)


def _missing_key(document: Document, path: DocumentPath, error: Any) -> Problem:
    key = next(key for key in error.validator_value if repr(key) in error.message)
    what = error.schema["properties"][key]
    description = _description(what)
    place = document.place(path)
    return schema_rules.MISSING_KEY.problem(
        f"{_subject(path)} has no `{key}`", place, f"`{key}`: {description}"
    )


def _wrong_type(document: Document, path: DocumentPath, error: Any) -> Problem:
    wanted = error.validator_value
    wanted = wanted if isinstance(wanted, list) else [wanted]
    words = " or ".join(_TYPE_WORDS[name] for name in wanted)
    message = f"{_subject(path)} must be {words}, not {_shown(error.instance)}"
    return schema_rules.WRONG_TYPE.problem(message, document.place(path), _type_help(wanted, error))


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
    return schema_rules.NOT_A_CHOICE.problem(message, document.place(path), help_)


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
    return schema_rules.WRONG_FORM.problem(message, document.place(path), _example(error.schema))


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
