"""The JSON schemas as tables: one for each kind of object."""

from collections.abc import Iterator, Mapping
from typing import Any

from runner.base.schemas import load_schema, schema_names


def schemas() -> str:
    """Every schema: what it is about, and the keys of each of its objects."""
    return "\n".join(line for name in schema_names() for line in _schema(name))


def _schema(name: str) -> Iterator[str]:
    schema = load_schema(name)
    yield from (f"## {name}", "", str(schema.get("description", schema["title"])), "")
    yield from (f"[{name}.schema.json](../schemas/{name}.schema.json)", "")
    yield from _object(f"{name}: the whole", schema)
    for part, definition in schema.get("$defs", {}).items():
        yield from _object(f"{name}: {part}", definition)


def _object(title: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"### {title}", "")
    if text := schema.get("description"):
        yield from (str(text), "")
    if not (properties := schema.get("properties")):
        yield from (f"{_kind(schema)}", "")
        return
    yield "| Key | Kind | Meaning |"
    yield "| --- | --- | --- |"
    for key, value in properties.items():
        must = "" if key in schema.get("required", ()) else " (optional)"
        meaning = value.get("description", "") if isinstance(value, dict) else ""
        yield f"| `{key}`{must} | {_cell(_kind(value))} | {_cell(meaning)} |"
    yield ""


def _kind(schema: Any) -> str:
    """What a value may be, in a few words."""
    if not isinstance(schema, dict):
        return "anything" if schema else "nothing"
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return " or ".join(_kind(each) for each in schema[key])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    return _of_type(schema)


def _of_type(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", "anything")
    kind = kinds if isinstance(kinds, str) else " or ".join(kinds)
    if kind == "array" and "items" in schema:
        return f"list of {_kind(schema['items'])}"
    return str(kind)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
