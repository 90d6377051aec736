"""Advice: what to write in place of a value that the schema refuses."""

import json
import re
from functools import partial
from typing import Any

from runner.base.schemas import load_schema
from runner.base.wording import listed, shorten
from runner.manifest.schema.formats import correction
from runner.manifest.schema.quick import pattern
from runner.manifest.yaml.scalars import plain_scalar

_PAIR = 2
_WHOLE = re.compile(r"[1-9][0-9]{0,17}\Z")


def type_help(wanted: list[str], error: Any, written: str) -> str:
    """What to write in place of a value of another kind; `written` is how its author wrote it."""
    value, schema = error.instance, error.schema
    if not error.absolute_path:
        return "a manifest begins with `version: 1`; is this another file?"
    if wanted == ["array"] and isinstance(value, str | dict) and value:
        return _as_list(value)
    if "string" in wanted and _is_number(value):
        return _quoted(written if plain_scalar(written) == value else str(value), schema)
    if "string" in wanted and _is_pair(value):
        return _quoted(", ".join(map(str, value)), schema)
    if "number" in wanted and isinstance(value, str):
        return _as_decimal(value) or example(schema)
    return ("integer" in wanted and _as_number(value)) or example(schema)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == _PAIR and all(map(_is_number, value))


def _as_decimal(value: str) -> str:
    """How to turn a text into the number that it almost is; empty when it is not close."""
    if _is_number(plain_scalar(value)):
        return f"write it without quotes: {shorten(value, 60)}"
    pointed = value.replace(",", ".")
    return f"did you mean `{shorten(pointed, 60)}`?" if _is_number(plain_scalar(pointed)) else ""


def _as_number(value: Any) -> str:
    """How to turn a value into the whole number that it almost is; empty when it is not close."""
    if isinstance(value, str) and _WHOLE.match(value):
        return f"write it without quotes: {value}"
    if isinstance(value, float) and value.is_integer():
        return f"write it without a fraction: {value:.0f}"
    return ""


def _as_list(value: str | dict[str, Any]) -> str:
    if isinstance(value, dict):
        return "begin each entry of the list with `- `"
    if value.startswith("-"):
        return "write a space behind each `-`"
    return f"write it as a list: [{shorten(value, 60)}]"


def _quoted(text: str, schema: Any) -> str:
    """How to turn a number into the text that it should be, if it lacks only quotes."""
    if _fits_form(text, schema):
        return f'write it in quotes: "{text}"'
    return meant(text, schema)


def _fits_form(text: str, schema: Any) -> bool:
    return pattern(schema.get("pattern", "")).search(text) is not None


def meant(text: str, schema: Any) -> str:
    """The value that was probably meant, or else examples of the right form."""
    near = correction(text, partial(_fits_form, schema=schema))
    return f"did you mean `{near}`?" if near else example(schema)


def description(schema: Any) -> str:
    """What the schema says that a value is."""
    if "$ref" in schema:
        schema = load_schema("manifest")["$defs"][schema["$ref"].rpartition("/")[2]]
    return str(schema.get("description", ""))


def example(schema: Any) -> str:
    """Examples of the right form, or else its description."""
    examples = schema.get("examples", [])
    text = [each for each in examples if isinstance(each, str)]
    if text:
        return f"for example {listed(text)}"
    written = ", ".join(f"`{json.dumps(each)}`" for each in examples)  # JSON is YAML, too
    return f"for example {written}" if written else str(schema.get("description", ""))
