"""A run of the command line: the only place where an exception becomes an exit status."""

import os
from pathlib import Path
from types import TracebackType

from runner.base.errors import ExitStatus, SitewalkError, UsageError, reason_of, safe_traceback
from runner.base.version import VERSION
from runner.cli.app import app
from runner.cli.console import Console
from runner.cli.failures import report_failure


def run() -> int:
    """Run the command line; returns the exit status."""
    try:
        app(prog_name="sitewalk")
    except SitewalkError as error:
        return report_failure(error, Console())
    except OSError as error:
        place = _place(error)
        if place is None:
            raise
        message = f"cannot use {place}: {reason_of(error)}"
        return report_failure(UsageError(message, _CHECK), Console())
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ExitStatus.UNEXPECTED
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    return ExitStatus.DONE


_CHECK = "check that the path is right, that it may be read or written, and that its disk is there"


def _place(error: OSError) -> str | None:
    """What on this computer cannot be used; None of a connection, whose errors name no file."""
    if isinstance(error.filename, str | bytes):
        return os.fsdecode(error.filename)
    return None if _working_folder_is_there() else "the folder this command was started in"


def _working_folder_is_there() -> bool:
    try:
        Path.cwd()
    except OSError:
        return False
    return True


def report_defect(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    """A defect of ours: say so in two lines, and keep where it happened for a report of it."""
    import tempfile  # noqa: PLC0415 - with what it brings along, a twentieth of --help

    console = Console()
    console.say(f"error: sitewalk {VERSION} met something it does not expect: {kind.__name__}")
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="sitewalk-", suffix=".log", delete=False
    ) as file:
        file.write(safe_traceback(error))
    console.say(f"  help: nothing that was sent is lost; please report it with {Path(file.name)}")
