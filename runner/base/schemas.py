"""Where schemas and docs/rules.md are found: in an installed program, or in its repository."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parents[1]
_INSTALLED = _PACKAGE / "installed"
_ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
_SCHEMAS = _ROOT / "schemas"


@cache
def packaged_text(name: str) -> str:
    """The text of a packaged file, by its path in the repository such as `docs/rules.md`."""
    return (_ROOT / name).read_text(encoding="utf-8")


def schema_text(name: str) -> str:
    """The text of a schema, by its short name such as `manifest`."""
    return packaged_text(f"schemas/{name}.schema.json")


@cache
def load_schema(name: str) -> Any:
    """A schema as plain values, by its short name such as `manifest`."""
    return json.loads(schema_text(name))


def require_known_form(data: object, name: str) -> None:
    """Raise ValueError where a value is not as the schema `name` describes it.

    Keys that are not there, as in older minor versions, are left for the reader to judge.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - most commands read nothing back

    for error in Draft202012Validator(load_schema(name)).iter_errors(data):
        if error.validator != "required":
            raise ValueError(f"`{error.json_path.removeprefix('$.')}` cannot be that")


def schema_names() -> tuple[str, ...]:
    """The short names of all schemas, sorted."""
    return tuple(sorted(path.name.partition(".")[0] for path in _SCHEMAS.glob("*.schema.json")))
