"""Quick checks: whether a value fits a schema, yes or no, without the reasons."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, reduce
from typing import Any

from runner.base.schemas import load_schema

Check = Callable[[Any], bool]

_TYPES: Mapping[str, type] = {
    "string": str,
    "object": dict,
    "array": list,
    "integer": int,
    "number": float,
}
_ANNOTATIONS = frozenset(
    {
        *("$schema", "$id", "$defs", "title", "description", "default", "examples"),
        *("defaultSnippets", "patternErrorMessage"),  # for editors
    }
)
_ELSEWHERE = frozenset(
    {"type", "items", "properties", "required", "additionalProperties", "minProperties"}
)


@cache
def schema_for(name: str) -> Mapping[str, Any]:
    """The schema that a document as a whole has to fit.

    Of a manifest more is required than its schema says, which cannot see the project file.
    """
    schema: Mapping[str, Any] = _united(load_schema(name))
    if name != "manifest":
        return schema
    return {**schema, "required": ["version", "project", "drawings", "walkthroughs"]}


def _united(value: Any) -> Any:
    """A schema with one list of types for each choice between types.

    Its errors name what is wrong in the one form that was meant; those of `anyOf` say that nothing
    fits. Written so it would not pass the strict mode of others' validators.
    """
    if isinstance(value, list):
        return [_united(each) for each in value]
    if not isinstance(value, dict):
        return value
    rest = {key: _united(each) for key, each in value.items() if key != "anyOf"}
    choices = _united(value.get("anyOf", []))
    words = {key: each for choice in choices for key, each in choice.items() if key != "type"}
    return {"type": [choice["type"] for choice in choices], **rest, **words} if choices else rest


def pattern(text: str) -> re.Pattern[str]:
    """Compile a schema's pattern; its `$` is the very end, where Python's allows a line break."""
    return re.compile(text.replace("$", r"\Z"))


def compile_check(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    """Compile a schema to a function that says whether a value of plain YAML types fits.

    `root` holds the schema's `$defs`. Raises ValueError for a keyword that is not known here.
    """
    if "$ref" in schema:
        return compile_check(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    checks = {kind: _all(_rules(kind, schema, root)) for kind in _kinds(schema)}
    return lambda value: checks.get(value.__class__, _never)(value)


def _kinds(schema: Mapping[str, Any]) -> Iterator[type]:
    named = schema["type"]
    for name in [named] if isinstance(named, str) else named:
        yield _TYPES[name]
        if name == "number":
            yield int


def _all(checks: Iterator[Check]) -> Check:
    """Join checks into one; `all` would make a generator for each value."""
    start: Check = _always
    return reduce(_both, checks, start)


def _both(first: Check, second: Check) -> Check:
    return second if first is _always else lambda value: first(value) and second(value)


def _always(_: Any) -> bool:
    return True


def _never(_: Any) -> bool:
    return False


def _rules(kind: type, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Check]:
    for keyword, value in schema.items():
        if keyword in _SIMPLE:
            kinds, rule = _SIMPLE[keyword]
            if kind in kinds:
                yield rule(value)
        elif keyword == "items" and kind is list:
            yield _items(value, root)
        elif keyword not in _ELSEWHERE | _ANNOTATIONS:
            raise ValueError(f"no quick check for the schema's keyword {keyword}")
    if kind is dict:
        yield _mapping(schema, root)


def _mapping(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    known = {key: compile_check(of, root) for key, of in schema.get("properties", {}).items()}
    required = frozenset(schema.get("required", ()))
    fewest = schema.get("minProperties", 0)
    others = schema.get("additionalProperties", True)
    other: Check = compile_check(others, root) if isinstance(others, dict) else lambda _: others

    def fits(value: dict[str, Any]) -> bool:
        if len(value) < fewest or not required <= value.keys():
            return False
        for key, item in value.items():  # noqa: SIM110 - `all` takes longer than its checks
            if not known.get(key, other)(item):
                return False
        return True

    return fits


def _matches(text: str) -> Check:
    found = pattern(text).search
    return lambda value: found(value) is not None


def _items(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    check = compile_check(schema, root)
    return lambda value: all(map(check, value))


_SIMPLE: Mapping[str, tuple[frozenset[type], Callable[[Any], Check]]] = {
    "enum": (frozenset(_TYPES.values()), lambda allowed: lambda value: value in allowed),
    "pattern": (frozenset({str}), _matches),
    "minLength": (frozenset({str}), lambda least: lambda value: len(value) >= least),
    "maxLength": (frozenset({str}), lambda most: lambda value: len(value) <= most),
    "minimum": (frozenset({int, float}), lambda least: lambda value: value >= least),
    "minItems": (frozenset({list}), lambda least: lambda value: len(value) >= least),
}
