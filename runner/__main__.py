"""The process: how it starts, and how it ends."""

import gc
import io
import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line and exit."""
    _use_utf8_names()
    _write_utf8()
    gc.set_threshold(_OBJECTS)
    from runner.cli.process import report_defect, run  # noqa: PLC0415 - Python looks for garbage less by now

    try:
        status = run()
    finally:
        _let_go_of_stderr()
        gc.freeze()  # else Python looks through all there is once more, before it ends
        sys.excepthook = report_defect  # typer puts its own in place, which shows a traceback
    sys.exit(status)


_OBJECTS = 100_000
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


if __name__ == "__main__":
    main()
