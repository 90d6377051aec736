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


def schema_names() -> tuple[str, ...]:
    """The short names of all schemas, sorted."""
    return tuple(sorted(path.name.partition(".")[0] for path in _SCHEMAS.glob("*.schema.json")))
