"""Own what is imported before commands are forked: all that a command imports by itself."""

import contextlib
import io

import runner.cli.progress
import runner.report.files
import runner.report.text
import runner.resolve
import runner.status
import runner.workflow
from runner.cli.app import app

__all__ = ["runner"]

with contextlib.redirect_stdout(io.StringIO()):
    app(["--version"], standalone_mode=False)  # what typer imports on first use
