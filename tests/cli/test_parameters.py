"""Values of a command's words: taken as typer takes them, whichever way."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.core import TyperCommand
from typer.testing import CliRunner

from runner.cli.parameters import quicken


class _Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def _app(got: list[Any], *, quick: bool) -> typer.Typer:
    class Command(TyperCommand):
        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            if quick:
                quicken(self.get_params(ctx))
            return super().parse_args(ctx, args)

    app = typer.Typer(add_completion=False, rich_markup_mode=None)

    @app.command(cls=Command)
    def take(  # noqa: PLR0913, PLR0917 - a command's parameters are its words
        files: Annotated[list[Path] | None, typer.Argument()] = None,
        count: Annotated[int, typer.Option(min=1, max=32)] = 3,
        part: Annotated[float | None, typer.Option()] = None,
        name: Annotated[str, typer.Option(envvar="NAME_OF_IT")] = "x",
        colour: Annotated[_Colour, typer.Option()] = _Colour.RED,
        again: Annotated[list[str] | None, typer.Option()] = None,
        folder: Annotated[Path | None, typer.Option(exists=True)] = None,
        yes: Annotated[bool, typer.Option("--yes")] = False,  # noqa: FBT002 - as above
    ) -> None:
        got.append((files, count, part, name, colour, again, folder, yes))

    return app


_WORDS: list[list[str]] = [
    [],
    ["a.insv", "b/c.insv", "--yes"],
    ["--count", "7", "--part", "2", "--name", "é", "--colour", "blue"],
    ["--part", "2.5"],
    ["--again", "one", "--again", "two"],
    ["--folder", "."],
    ["--folder", "nowhere"],
    ["--count", "0"],
    ["--count", "33"],
    ["--count", "many"],
    ["--count", " 5 "],
    ["--part", "half"],
    ["--colour", "green"],
    ["--colour", "RED"],
    ["--count"],
    ["--nothing"],
]


@pytest.mark.parametrize("words", _WORDS, ids=" ".join)
def test_values_and_refusals_are_those_of_typer(words: list[str]) -> None:
    got: list[Any] = []
    usual = CliRunner().invoke(_app(got, quick=False), words)
    quick = CliRunner().invoke(_app(got, quick=True), words)
    assert (quick.exit_code, quick.output) == (usual.exit_code, usual.output)
    assert got[1:] == got[:1]
    assert [list(map(type, values)) for values in got[1:]] == [
        list(map(type, values)) for values in got[:1]
    ]
