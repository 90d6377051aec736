"""A small video that a decoder can show; recordings made for other tests cannot be decoded."""

from fractions import Fraction
from pathlib import Path

import av

SIDE = 64


def write_movie(path: Path) -> Path:
    """Three seconds that turn from black to white."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(10))
        stream.width, stream.height, stream.pix_fmt = SIDE, SIDE, "yuv420p"
        for number in range(30):
            frame = av.VideoFrame(SIDE, SIDE, "gray")
            frame.planes[0].update(bytes([8 * number]) * frame.planes[0].buffer_size)
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode(None))
    return path
