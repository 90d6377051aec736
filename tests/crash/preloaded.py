"""Imports before commands are forked: everything that a command imports by itself."""

import contextlib
import io

import runner.cli.apply
import runner.cli.ledger
import runner.cli.plan
import runner.cli.report
import runner.cli.resolve
import runner.cli.status
from runner.cli.app import app

__all__ = ["runner"]

with contextlib.redirect_stdout(io.StringIO()):
    app(["--version"], standalone_mode=False)  # what typer imports on first use
