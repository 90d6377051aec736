"""What a stranger's file gives is made in a process of its own, within time, memory and bytes.

On Linux the system holds the process to all of them. macOS does not limit its memory, and Windows
neither memory nor what it writes: there the time it has bounds both, with the size of the file it
is given. It runs as the user who started the program, without Evercam's credentials in its
environment; nothing else keeps a decoder that was broken into from what this user may do.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import BinaryIO, Literal

from runner.base.errors import SitewalkError
from runner.base.wording import size
from runner.drawings.draw import REFUSED
from runner.problems.problem import Rule, Severity

# Warnings, for uploading needs no picture: pages show a plain grid in its place.
UNFIT = Rule("M062", "image-unfit", Severity.WARNING)
TOO_LARGE = Rule("M063", "image-too-large", Severity.WARNING)


class PictureError(SitewalkError):
    """A drawing's picture cannot be shown; pages show a plain grid in its place."""

    def __init__(self, rule: Rule, message: str, help_: str) -> None:
        super().__init__(message, help_)
        self.rule = rule


Kind = Literal["svg", "pdf", "video"]

_EXPORT = "export it as PNG"
_SECRETS = ("EVERCAM_", "SITEWALK_")


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Bounds on the making of one picture: seconds, bytes of memory, bytes of the picture."""

    seconds: float = 20
    memory: int = 1_000_000_000
    output: int = 25_000_000


CHILD_LIMITS = ChildLimits()


def make_in_child(kind: Kind, source: BinaryIO, limits: ChildLimits) -> bytes:
    """The picture that a regular, open file gives; raises PictureError."""
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


def _run(kind: Kind, source: BinaryIO, out: BinaryIO, limits: ChildLimits) -> int:
    """The exit status; a process whose time is over is killed. It starts none of its own."""
    too_much = limits.output + 1  # what is cut off there is known by its size
    bounds = (limits.memory, int(limits.seconds) + 1, too_much)
    command = [sys.executable, "-P", "-m", "runner.drawings.draw", kind, *map(str, bounds)]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)
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
