"""Own the schema layer: every way in which a document differs from the manifest's schema."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from runner.manifest.document import Document
from runner.manifest.quick import Check, compile_check
from runner.manifest.sound import Fault, Path
from runner.problems import Problem
from runner.rules import schema as schema_rules
from runner.schemas import load_schema
from runner.suggestions import Suggestions, listed
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


def check_shape(document: Document) -> Iterator[Fault]:
    """Yield every value that is wrong, missing, or written under a wrong key."""
    if not _fits()(document.data):
        yield from _Shape(document).faults()


@dataclass(frozen=True, slots=True)
class _Shape:
    document: Document
    wrong: set[Path] = field(default_factory=set)
    meant: set[Path] = field(default_factory=set)
    suggestions: Suggestions = field(default_factory=Suggestions)

    def faults(self) -> Iterator[Fault]:
        from runner.manifest.validator import manifest_validator  # noqa: PLC0415 - see there

        # Within one mapping the schema names unknown keys before required ones, and the type
        # before everything else; tests/manifest/test_shape.py holds it to that.
        for error in manifest_validator().iter_errors(self.document.data):
            path = tuple(error.absolute_path)
            match error.validator:
                case "additionalProperties":
                    yield from self._unknown_keys(path, error)
                case "required":
                    yield from self._missing_key(path, error)
                case _ if path not in self.wrong:  # of what it is not, one thing is enough
                    self.wrong.add(path)
                    yield Fault(path, _wrong_value(self.document, path, error))

    def _unknown_keys(self, path: Path, error: Any) -> Iterator[Fault]:
        known = error.schema["properties"].keys()
        for key in error.instance:
            if key in known:
                continue
            near = self.suggestions.nearest(key, known)
            if near and near not in error.instance:
                self.meant.add((*path, near))
                yield Fault((*path, near), None)
            help_ = f"did you mean `{near}`?" if near else f"known here: {listed(known)}"
            message = f"unknown key `{shorten(key, 60)}`"
            place = self.document.key_place((*path, key))
            yield Fault((*path, key), schema_rules.UNKNOWN_KEY.problem(message, place, help_))

    def _missing_key(self, path: Path, error: Any) -> Iterator[Fault]:
        key = next(key for key in error.validator_value if repr(key) in error.message)
        if (*path, key) in self.meant or self.document.may_say(path, key):
            yield Fault((*path, key), None)
            return
        message = f"{_subject(path)} has no `{key}`"
        help_ = f"`{key}`: {_description(error.schema['properties'][key])}"
        place = self.document.place(path)
        yield Fault((*path, key), schema_rules.MISSING_KEY.problem(message, place, help_))


@cache
def _fits() -> Check:
    schema = load_schema("manifest")
    return compile_check(schema, schema)


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
    message = f"{_subject(path)} must be {words}, not {_shown(error.instance)}"
    return schema_rules.WRONG_TYPE.problem(message, document.place(path), _type_help(wanted, error))


def _type_help(wanted: list[str], error: Any) -> str:
    scalar = isinstance(error.instance, (int, float)) and not isinstance(error.instance, bool)
    if "string" in wanted and scalar:
        return f'write it in quotes: "{error.instance}"'
    return _example(error.schema)


def _not_among(document: Document, path: Path, error: Any) -> Problem:
    allowed = [str(value) for value in error.validator_value]
    near = Suggestions().nearest(str(error.instance), allowed)
    help_ = f"did you mean `{near}`?" if near else f"allowed: {listed(allowed)}"
    message = f"{_subject(path)} cannot be {_shown(error.instance)}"
    return schema_rules.NOT_A_CHOICE.problem(message, document.place(path), help_)


def _wrong_form(document: Document, path: Path, error: Any) -> Problem:
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


def _description(schema: Any) -> str:
    if "$ref" in schema:
        schema = load_schema("manifest")["$defs"][schema["$ref"].rpartition("/")[2]]
    return str(schema.get("description", ""))


def _example(schema: Any) -> str:
    examples = schema.get("examples", [])
    text = [example for example in examples if isinstance(example, str)]
    return f"for example {listed(text)}" if text else str(schema.get("description", ""))
