"""The child process in which pictures are made from untrusted files, within time, memory and bytes.

Linux holds the process to all three. macOS does not limit its memory, and Windows neither its
memory nor what it writes: there only its time, and the size of the file it is given, bound both.
The process runs as the user who started the program, with nothing in its environment but what
drawing needs: no credentials of Evercam's, of a database's or of anybody's. Nothing else keeps a
compromised decoder from what this user may do.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import IO, Literal

from runner.base.errors import SitewalkError
from runner.base.wording import size
from runner.drawings.draw import REFUSED
from runner.problems.problem import Rule, Severity

# Only warnings, as uploading needs no picture: pages show a plain grid in its place.
UNFIT = Rule("M062", "image-unfit", Severity.WARNING)
TOO_LARGE = Rule("M063", "image-too-large", Severity.WARNING)


class PictureError(SitewalkError):
    """A drawing's picture cannot be shown; pages show a plain grid in its place."""

    def __init__(self, rule: Rule, message: str, help_: str) -> None:
        super().__init__(message, help_)
        self.rule = rule


Kind = Literal["svg", "pdf", "video", "frames"]

_EXPORT = "export it as PNG"
_NEEDED = (
    *("PATH", "HOME", "USERPROFILE", "LANG", "LC_", "TMP", "TEMP", "SYSTEMROOT", "WINDIR"),
    *("LD_LIBRARY_PATH", "DYLD_", "PYTHON", "VIRTUAL_ENV", "FONTCONFIG_", "XDG_", "COVERAGE_"),
)
"""Beginnings of the variables that drawing needs; all others may be secrets, whoever's they are."""


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Bounds on making one picture: seconds, bytes of memory, bytes of the picture."""

    seconds: float = 20
    memory: int = 1_000_000_000
    output: int = 25_000_000


CHILD_LIMITS = ChildLimits()


def make_in_child(kind: Kind, source: IO[bytes], limits: ChildLimits) -> bytes:
    """Make a picture from a regular, open file in a child process; raises PictureError."""
    with tempfile.TemporaryFile() as out:  # a pipe would have to be read while waiting
        try:
            status = _run(kind, source, out, limits)
        except subprocess.TimeoutExpired:
            message = f"takes longer than {limits.seconds:g} seconds to draw"
            raise PictureError(TOO_LARGE, message, _EXPORT) from None
        except OSError as error:
            message = f"cannot be drawn: {error.strerror or error}"
            raise PictureError(UNFIT, message, _EXPORT) from None
        out.seek(0)
        data = out.read(limits.output + 1)
    if status == REFUSED:
        raise PictureError(UNFIT, data.decode(errors="replace"), _EXPORT)
    if status != 0 or len(data) > limits.output:
        message = f"breaks what draws it, or takes more than {size(limits.memory)} of memory"
        raise PictureError(TOO_LARGE, message, _EXPORT)
    return data


def _run(kind: Kind, source: IO[bytes], out: IO[bytes], limits: ChildLimits) -> int:
    """Run the child and return its exit status; a child that takes too long is killed."""
    too_much = limits.output + 1  # output that is cut off there shows by its size
    bounds = (limits.memory, int(limits.seconds) + 1, too_much)
    command = [sys.executable, "-P", "-m", "runner.drawings.draw", kind, *map(str, bounds)]
    environment = {
        name: value for name, value in os.environ.items() if name.upper().startswith(_NEEDED)
    }
    return subprocess.run(  # noqa: S603 - our own program, and nothing of a stranger's in its words
        command,
        stdin=source,
        stdout=out,
        stderr=subprocess.DEVNULL,
        env=environment,
        timeout=limits.seconds,
        check=False,
    ).returncode
