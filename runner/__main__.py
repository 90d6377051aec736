"""The process: the only place where an exception becomes an exit status."""

import gc
import io
import os
import sys
from pathlib import Path
from types import TracebackType

from runner.base.errors import ExitStatus, SitewalkError, UsageError, reason_of, safe_traceback
from runner.base.version import VERSION
from runner.cli.app import app
from runner.cli.console import Console
from runner.cli.failures import report_failure


def main() -> None:
    """Run the command line and exit."""
    _use_utf8_names()
    _write_utf8()
    gc.set_threshold(_OBJECTS)
    try:
        status = run()
    finally:
        _let_go_of_stderr()
        gc.freeze()  # else Python looks through all there is once more, before it ends
        sys.excepthook = _unexpected  # typer puts its own in place, which shows a traceback
    sys.exit(status)


_OBJECTS = 50_000
"""So many new ones before Python looks for garbage, which modules being loaded make none of."""


def _use_utf8_names() -> None:
    """Start over where the locale would have names of files in anything but UTF-8.

    A manifest is UTF-8, and so are the names on cards; Python settles this once, when it starts.
    """
    if sys.getfilesystemencoding() != "utf-8":
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - this program itself


def _let_go_of_stderr() -> None:
    """Python would end with its own status where stderr cannot be written, whatever was done."""
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except (OSError, ValueError):
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end


def _write_utf8() -> None:
    """Let `→` and names in any script through, also into a file on Windows."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding=None if stream.isatty() else "utf-8", errors="backslashreplace"
            )


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


def _unexpected(
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


if __name__ == "__main__":
    main()
