"""Own one frame of a recording as a small JPEG on stdout: `python -m runner.pages.frame FILE`.

A program of its own, so that a file which breaks the decoder, or takes for ever, costs a frame and
nothing else. It ends with 1 where there is none to be had.
"""

import sys
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av import CodecContext, VideoFrame

WIDTH = 320
"""Pixels; a page shows frames at half of that, sharp also on a fine display."""

_QUALITY = 7
"""The encoder's own scale, from 2 (best) to 31: about 10 kB for a frame."""

_INTO_THE_WALK = 3
"""A third of the way: the beginning shows whoever starts the camera."""


def frame_jpeg(file: BinaryIO) -> bytes:
    """A frame of the first video track; raises av.FFmpegError, LookupError, ValueError."""
    with av.open(file, "r", format="mov") as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        if container.duration:
            container.seek(container.duration // _INTO_THE_WALK)
        frame = next(container.decode(stream), None)
    if frame is None:
        raise LookupError("no frame can be decoded")
    return _encoded(frame)


def _encoded(frame: VideoFrame) -> bytes:
    height = max(2, round(frame.height * WIDTH / frame.width / 2) * 2)
    small = frame.reformat(width=WIDTH, height=height, format="yuvj420p")
    encoder = CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, height, "yuvj420p"
    encoder.time_base = Fraction(1)
    encoder.qmin = encoder.qmax = _QUALITY
    small.pts = None
    return b"".join(bytes(packet) for packet in (*encoder.encode(small), *encoder.encode(None)))


def main() -> int:
    """Write the frame of the file named on the command line."""
    try:
        with Path(sys.argv[1]).open("rb") as file:
            sys.stdout.buffer.write(frame_jpeg(file))
    except (av.FFmpegError, LookupError, ValueError, OSError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
