"""Own where the JSON schemas are found: inside an installed program, or in its repository."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "schemas_installed"
_FOLDER = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "schemas"


@cache
def schema_text(name: str) -> str:
    """The text of a schema, by its short name such as `manifest`."""
    return (_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")


@cache
def load_schema(name: str) -> Any:
    """A schema as plain values, by its short name such as `manifest`."""
    return json.loads(schema_text(name))


def schema_names() -> tuple[str, ...]:
    """The short names of all schemas, sorted."""
    return tuple(sorted(path.name.partition(".")[0] for path in _FOLDER.glob("*.schema.json")))
