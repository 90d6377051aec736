"""From an image file's bytes to a picture that a page can hold: a PNG or a JPEG, nothing else.

Raster images stay as they are, when their header gives a size that a browser can show. SVG and
PDF become a PNG in a bounded process, so that no page carries what could run or load anything.
"""

import base64
import io
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec

from runner.drawings.child import CHILD_LIMITS, ChildLimits, Kind, make_in_child
from runner.drawings.failure import TOO_LARGE, UNFIT, PictureError
from runner.units import size

MAX_BYTES = 25_000_000
"""What a page can carry inside itself and still travel by e-mail; a plan at 300 dpi fits."""

MAX_PIXELS = 100_000_000
"""A browser takes four bytes for each; an A0 plan at 200 dpi has 62 million."""

_PDF_WITHIN = 1024
"""Readers look for a PDF's mark this far into the file."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster image: its media type, its bytes, and its width and height in pixels."""

    media_type: str
    data: bytes
    width: int
    height: int

    @property
    def aspect(self) -> float:
        """Width ÷ height."""
        return self.width / self.height

    @property
    def data_uri(self) -> str:
        """The whole picture as an address that loads nothing."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode()}"


def make_picture(data: bytes, limits: ChildLimits = CHILD_LIMITS) -> Picture:
    """A picture from an image file's bytes; what they are is read from them, not from a name.

    Raises PictureError.
    """
    if len(data) > MAX_BYTES:
        raise too_many_bytes()
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _raster("image/png", data)
    if data.startswith(b"\xff\xd8\xff"):
        return _raster("image/jpeg", data)
    if b"%PDF-" in data[:_PDF_WITHIN]:
        _refuse_without_pdf()
        return _drawn("pdf", data, limits)
    if _looks_like_xml(data):
        return _drawn("svg", data, limits)
    help_ = "save it as PNG, JPEG, SVG or PDF"
    raise PictureError(UNFIT, "is neither PNG, JPEG, SVG nor PDF", help_)


def too_many_bytes() -> PictureError:
    """The refusal of a file that no page could carry."""
    help_ = "save it smaller, for example as JPEG with 4,000 pixels on the longer side"
    return PictureError(TOO_LARGE, f"is larger than {size(MAX_BYTES)}", help_)


def _raster(media_type: str, data: bytes) -> Picture:
    import imagesize  # noqa: PLC0415 - it loads an HTTP client; most manifests name no picture

    width, height = imagesize.get(io.BytesIO(data))
    if width <= 0 or height <= 0:
        raise PictureError(UNFIT, "is damaged", "save or copy it once more")
    if width * height > MAX_PIXELS:
        message = f"has {width:,} by {height:,} pixels, over {MAX_PIXELS // 1_000_000} million"
        help_ = "save it with 4,000 pixels on the longer side"
        raise PictureError(TOO_LARGE, message, help_)
    return Picture(media_type, data, width, height)


def _looks_like_xml(data: bytes) -> bool:
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<"))


def _refuse_without_pdf() -> None:
    """What draws a PDF comes with an extra; raises PictureError where it is not installed."""
    if not all(map(find_spec, ("PIL", "pypdfium2"))):
        help_ = "pip install 'sitewalk[pdf]', or export the page as PNG"
        message = "is a PDF, and what draws one is not installed"
        raise PictureError(UNFIT, message, help_)


def _drawn(kind: Kind, data: bytes, limits: ChildLimits) -> Picture:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return _raster("image/png", make_in_child(kind, file, limits))
