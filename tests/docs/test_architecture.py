"""The map of the modules is whole, and shows none that is gone."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "runner"
MAP = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = [row for row in MAP.partition("## How")[0].splitlines() if row.startswith("| ")]
SHOWN = set(re.findall(r"`(\w+/|\w+\.py)`", "\n".join(ROWS)))
UNLISTED = {"__init__.py", "__main__.py", "version.py"}


def test_every_module_is_on_the_map() -> None:
    modules = {path.name for path in PACKAGE.glob("*.py")}
    packages = {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}
    assert (modules | packages) - UNLISTED - SHOWN == set()


def test_the_map_shows_nothing_that_is_gone() -> None:
    assert [name for name in SHOWN if not (PACKAGE / name).exists()] == []
