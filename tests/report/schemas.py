"""Strict checks of our output against our schemas: it has no key that they do not describe."""

from typing import Any

from jsonschema import Draft202012Validator

from runner.base.schemas import load_schema


def check_described(name: str, value: Any) -> None:
    """Raise ValidationError for a key that is missing, or that the schema does not describe."""
    Draft202012Validator(_closed(load_schema(name))).validate(value)


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in schema else closed
