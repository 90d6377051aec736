"""The map of the rooms is whole, and shows none that is gone; the flow it shows is the code's."""

import inspect
import re
import tomllib
from pathlib import Path

from runner.flow.program import carry_out

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "runner"
MAP = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = [row for row in MAP.partition("## Words")[0].splitlines() if row.startswith("| `")]
SHOWN = [re.findall(r"`(\w+/|\w+\.py)`", row.split("|")[1]) for row in ROWS]


def test_every_room_is_on_the_map_and_no_module_stands_outside_one() -> None:
    doors = {path.name for path in PACKAGE.glob("*.py")} - {"__init__.py", "__main__.py"}
    rooms = {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}
    assert doors == {"api.py", "settings.py"}
    assert {name for row in SHOWN for name in row} == doors | rooms


def test_the_map_shows_the_order_that_is_held() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    held = [set(re.split(r" [|:] ", layer)) for layer in layers if layer != "__main__"]
    assert [{name.rstrip("/").removesuffix(".py") for name in row} for row in SHOWN] == held


def test_the_flow_on_the_page_is_the_code() -> None:
    code = inspect.getsource(carry_out)
    docstring = re.search(r'    """.*?"""\n', code, re.DOTALL)
    assert docstring
    assert code.replace(docstring.group(), "") in MAP


def test_every_path_on_the_page_is_there() -> None:
    named = re.findall(r"`((?:\w+/)+\w+\.\w+)`", MAP)
    assert [
        path for path in named if not any((p / path).exists() for p in (REPOSITORY, PACKAGE))
    ] == []
