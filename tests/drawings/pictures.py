"""Small pictures for tests: those that nothing but their headers matters of, and whole ones."""

import io
import struct
import zlib

from PIL import Image

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><path d="M0 0L40 30"/></svg>
"""


def png(width: int, height: int) -> bytes:
    """A PNG as far as its first chunk, which gives its size."""
    head = b"IHDR" + struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">L", 13) + head + struct.pack(">L", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk


def jpeg(width: int, height: int, orientation: int = 1) -> bytes:
    """A white photo; `orientation` is the camera's, 6 and 8 are on their side."""
    image = Image.new("L", (width, height), 255)
    exif = image.getexif()
    exif[0x0112] = orientation
    return _written(image, "JPEG", exif=exif)


def whole_png(width: int, height: int) -> bytes:
    """A grey PNG that a browser can show."""
    return _written(Image.new("L", (width, height), 200), "PNG")


def coloured_png(colour: str) -> bytes:
    """A PNG of one colour."""
    return _written(Image.new("RGB", (10, 10), colour), "PNG")


def pdf(width: int, height: int) -> bytes:
    """A PDF of one blank page; sizes in points."""
    return _written(Image.new("L", (width, height), 255), "PDF", resolution=72)


def _written(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()
