"""Drawing one frame of a recording as a small JPEG; runs only in the child process of `draw.py`."""

from fractions import Fraction
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from av import VideoFrame

WIDTH = 320
"""Pixels; pages show frames at half of this, so that they are sharp on fine displays, too."""

_QUALITY = 7
"""On the encoder's scale from 2 (best) to 31: about 10 kB for a frame."""

_INTO_THE_WALK = 3
"""The frame at a third of the recording is taken: the beginning shows who starts the camera."""


def frame_jpeg(file: BinaryIO) -> bytes:
    """Encode a frame of the first video track as a JPEG; raises ValueError."""
    import av  # noqa: PLC0415 - an extra, and large

    try:
        return _encoded(_frame(file))
    except (av.FFmpegError, LookupError) as error:
        raise ValueError(f"shows no frame: {error}") from None


def _frame(file: BinaryIO) -> "VideoFrame":
    import av  # noqa: PLC0415 - an extra, and large

    with av.open(file, "r", format="mov") as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        stream.codec_context.thread_count = 1  # for one frame more only take memory
        if container.duration:
            container.seek(container.duration // _INTO_THE_WALK)
        frame = next(container.decode(stream), None)
    if frame is None:
        raise LookupError("no frame can be decoded")
    return frame


def _encoded(frame: "VideoFrame") -> bytes:
    from av import CodecContext  # noqa: PLC0415 - an extra, and large

    height = max(2, round(frame.height * WIDTH / frame.width / 2) * 2)
    small = frame.reformat(width=WIDTH, height=height, format="yuvj420p")
    encoder = CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, height, "yuvj420p"
    encoder.time_base = Fraction(1)
    encoder.qmin = encoder.qmax = _QUALITY
    small.pts = None
    return b"".join(bytes(packet) for packet in (*encoder.encode(small), *encoder.encode(None)))
