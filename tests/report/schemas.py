"""Own the strict reading of our schemas: our own output has no key that they do not describe."""

from typing import Any

from jsonschema import Draft202012Validator

from runner.base.schemas import load_schema


def check_described(name: str, told: Any) -> None:
    """Raise ValidationError for a key that is missing, or that the schema does not describe."""
    Draft202012Validator(_closed(load_schema(name))).validate(told)


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in schema else closed
