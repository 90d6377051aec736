"""The child process's program: `python -m runner.drawings.draw KIND MEMORY SECONDS OUTPUT`.

It turns an untrusted file on stdin into a picture on stdout. It exits with REFUSED, and a reason on
stdout, when the file gives no picture. Whatever else a file does to a decoder ends only this
process. It imports only what it draws with, as each import costs time for each picture.
"""

import io
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
_LONGER_SIDE = 2400
"""Pixels of a PDF's picture, as of an SVG's."""


def main() -> int:
    """Draw the file on stdin, within the limits on the command line."""
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
    sys.stdout.buffer.flush()  # too much output fails here, and not unnoticed at exit
    return 0


def _limit(memory: int, seconds: int, output: int) -> None:
    """Let the system hold this process to its limits; Windows offers none of them."""
    if sys.platform != "win32":
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
    """The first page of a PDF on white, as a PNG; raises ValueError."""
    import pypdfium2  # noqa: PLC0415 - an extra, and it loads a large library

    try:
        with pypdfium2.PdfDocument(file.read()) as document:
            page = document[0]
            scale = _LONGER_SIDE / max(*page.get_size(), 1)
            image = page.render(scale=scale).to_pil()
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        reason = str(error).rstrip(".")  # more text follows
        raise ValueError(f"is a PDF whose first page cannot be drawn: {reason}") from None
    png = io.BytesIO()
    image.save(png, "PNG")
    return png.getvalue()


def _video(file: BinaryIO) -> bytes:
    from runner.drawings.video import frame_jpeg  # noqa: PLC0415 - each kind loads what it needs

    return frame_jpeg(file)


def _frames(file: BinaryIO) -> bytes:
    from runner.drawings.video import three_jpegs  # noqa: PLC0415 - each kind loads what it needs

    return three_jpegs(file)


_KINDS: dict[str, Callable[[BinaryIO], bytes]] = {
    "svg": _svg,
    "pdf": _pdf,
    "video": _video,
    "frames": _frames,
}


if __name__ == "__main__":
    sys.exit(main())
