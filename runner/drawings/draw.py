"""The process that draws: `python -m runner.drawings.draw KIND MEMORY SECONDS OUTPUT`.

A stranger's file on stdin becomes a picture on stdout. Ends with REFUSED, and a reason on stdout,
when the file gives no picture. Whatever else a file does to a decoder ends this process only.
It imports nothing of the program that it does not draw with: each costs time for each picture.
"""

import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

if sys.platform != "win32":
    import resource

REFUSED = 3
"""The exit status that comes with a reason."""

_LONGEST_REASON = 200


def main() -> int:
    """Draw what stands on stdin, within the limits on the command line."""
    kind, memory, seconds, output = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a decoder would not hear Python's own handler
    _limit(int(memory), int(seconds), int(output))
    try:
        picture = _KINDS[kind](sys.stdin.buffer)
    except ValueError as error:
        reason = "".join(char if char.isprintable() else " " for char in str(error))
        sys.stdout.buffer.write(reason[:_LONGEST_REASON].encode())
        return REFUSED
    sys.stdout.buffer.write(picture)
    sys.stdout.buffer.flush()  # what does not fit fails here, and not unheard at the end
    return 0


def _limit(memory: int, seconds: int, output: int) -> None:
    """Let the system hold this process to its limits; Windows has none of them to ask for."""
    if sys.platform == "win32":
        return
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: output,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        with suppress(ValueError, OSError):  # a tighter one is set, or macOS does not know it
            resource.setrlimit(limit, (most, most))


def _svg(file: BinaryIO) -> bytes:
    from runner.drawings.svg import svg_png  # noqa: PLC0415 - each kind loads what it needs

    return svg_png(file.read())


def _pdf(file: BinaryIO) -> bytes:
    from runner.drawings.pdf import pdf_png  # noqa: PLC0415 - each kind loads what it needs

    return pdf_png(file.read())


def _video(file: BinaryIO) -> bytes:
    from runner.drawings.video import frame_jpeg  # noqa: PLC0415 - each kind loads what it needs

    return frame_jpeg(file)


_KINDS: dict[str, Callable[[BinaryIO], bytes]] = {"svg": _svg, "pdf": _pdf, "video": _video}


if __name__ == "__main__":
    sys.exit(main())
