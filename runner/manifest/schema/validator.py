"""The jsonschema validator of manifests, which gives the reasons that quick checks do not."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from runner.base.schemas import load_schema
from runner.manifest.schema.quick import pattern


@cache
def manifest_validator() -> Any:
    """The validator of manifests as plain values."""
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
