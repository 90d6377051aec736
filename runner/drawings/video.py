"""Drawing frames of a recording as small JPEGs; runs only in the child process of `draw.py`."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import BinaryIO

import av

WIDTH = 320
"""Pixels; pages show frames at half of this, so that they are sharp on fine displays, too."""

_QUALITY = 7
"""On the encoder's scale from 2 (best) to 31: about 10 kB for a frame."""

_INTO_THE_WALK = Fraction(1, 3)
"""The frame at a third of the recording is taken: the beginning shows who starts the camera."""

_ALONG_THE_WALK = (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10))
"""Where three frames are taken, which tell one floor from another."""


def frame_jpeg(file: BinaryIO) -> bytes:
    """Encode a frame of the first video track as a JPEG; raises ValueError."""
    (jpeg,) = _jpegs(file, (_INTO_THE_WALK,))
    return jpeg


def three_jpegs(file: BinaryIO) -> bytes:
    """Encode three frames as JPEGs, each behind its length in four bytes; raises ValueError."""
    jpegs = _jpegs(file, _ALONG_THE_WALK)
    return b"".join(len(jpeg).to_bytes(4, "big") + jpeg for jpeg in jpegs)


def _jpegs(file: BinaryIO, moments: Sequence[Fraction]) -> list[bytes]:
    try:
        return [_encoded(frame) for frame in _frames(file, moments)]
    except (av.FFmpegError, LookupError) as error:
        raise ValueError(f"shows no frame: {error}") from None


def _frames(file: BinaryIO, moments: Sequence[Fraction]) -> Iterator[av.VideoFrame]:
    with av.open(file, "r", format="mov") as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        stream.codec_context.thread_count = 1  # for one frame more only take memory
        for moment in moments:
            if container.duration:
                container.seek(int(container.duration * moment))
            frame = next(container.decode(stream), None)
            if frame is None:
                raise LookupError("no frame can be decoded")
            yield frame


def _encoded(frame: av.VideoFrame) -> bytes:
    height = max(2, round(frame.height * WIDTH / frame.width / 2) * 2)
    small = frame.reformat(width=WIDTH, height=height, format="yuvj420p")
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, height, "yuvj420p"
    encoder.time_base = Fraction(1)
    encoder.qmin = encoder.qmax = _QUALITY
    small.pts = None
    return b"".join(bytes(packet) for packet in (*encoder.encode(small), *encoder.encode(None)))
