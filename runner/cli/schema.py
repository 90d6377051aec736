"""`sitewalk schema`: the JSON schemas, for editors and other programs."""

from typing import Annotated

import typer

from runner.base.errors import UsageError
from runner.base.schemas import schema_names, schema_text
from runner.cli.console import Console

Name = Annotated[str, typer.Argument(help="manifest, plan, results, status, progress, …")]


def schema(name: Name = "manifest") -> None:
    """Print a JSON schema."""
    if name not in schema_names():
        raise UsageError(f"there is no schema `{name}`", f"there are: {', '.join(schema_names())}")
    Console().data(schema_text(name))
