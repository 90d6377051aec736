"""Pictures of drawings: read from disk, checked, drawn where necessary, and fit for a page."""

import base64
import hashlib
import io
import os
import stat
import tempfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from runner.base.clock import Clock, SystemClock
from runner.base.errors import reason_of
from runner.base.files import inside
from runner.base.installation import install_command
from runner.base.wording import size
from runner.drawings.child import (
    CHILD_LIMITS,
    TOO_LARGE,
    UNFIT,
    ChildLimits,
    Kind,
    PictureError,
    make_in_child,
)
from runner.drawings.frame import can_show_picture
from runner.manifest.model import Drawing
from runner.problems.problem import Problem, Rule, Severity

MAX_BYTES = 25_000_000
"""What a page can hold and still be sent by e-mail; a plan at 300 dpi fits."""

MAX_PIXELS = 100_000_000
"""A browser takes four bytes for each; an A0 plan at 200 dpi has 62 million."""

_PDF_WITHIN = 1024
"""Bytes from the start of a file within which readers look for a PDF's mark."""


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
        """The whole picture as a data URI, which loads nothing."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode()}"


def make_picture(data: bytes, limits: ChildLimits = CHILD_LIMITS) -> Picture:
    """Make a picture from an image file's bytes, whose content tells its format.

    Raises PictureError when the bytes give no picture within the limits.
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
    """The error for a file that is too large for any page."""
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
    """Require the extra that draws PDFs; raises PictureError when it is not installed."""
    if not all(map(find_spec, ("PIL", "pypdfium2"))):
        help_ = f"{install_command('pdf')}, or export the page as PNG"
        message = "is a PDF, and what draws one is not installed"
        raise PictureError(UNFIT, message, help_)


def _drawn(kind: Kind, data: bytes, limits: ChildLimits) -> Picture:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return _raster("image/png", make_in_child(kind, file, limits))


OUTSIDE = Rule("M060", "image-outside")
MISSING = Rule("M061", "image-missing", Severity.WARNING)
NO_BOUNDS = Rule("M064", "image-without-bounds", Severity.WARNING)


@dataclass(frozen=True, slots=True)
class DrawingLimits:
    """Bounds on drawing a command's pictures: seconds in all, each one's, how many at a time."""

    seconds: float = 60
    each: ChildLimits = CHILD_LIMITS
    at_a_time: int = 4


DRAWING_LIMITS = DrawingLimits()


class PictureLoader:
    """Loads a command's pictures: each is drawn once, and all of them within a time limit."""

    def __init__(self, clock: Clock | None = None, limits: DrawingLimits = DRAWING_LIMITS) -> None:
        self._clock = clock or SystemClock()
        self._limits = limits
        self._left = limits.seconds
        self._made: dict[bytes, Picture | PictureError] = {}
        self._lock = threading.Lock()

    def load(self, folder: Path, name: str) -> Picture:
        """Load the picture that a manifest in `folder` names; raises PictureError."""
        data = _read(folder, name)
        key = hashlib.blake2b(data).digest()
        picture = self._made.get(key)
        if picture is None:
            picture = self._made[key] = self._make(data)
        if isinstance(picture, PictureError):
            raise picture
        return picture

    def load_all(self, folder: Path, names: Iterable[str]) -> dict[str, Picture | PictureError]:
        """Load pictures by name, or why each cannot be shown; several are drawn at a time."""
        distinct = tuple(dict.fromkeys(names))
        with ThreadPoolExecutor(self._limits.at_a_time) as executor:
            pictures = executor.map(partial(self._try, folder), distinct)
            return dict(zip(distinct, pictures, strict=True))

    def _try(self, folder: Path, name: str) -> Picture | PictureError:
        try:
            return self.load(folder, name)
        except PictureError as error:
            return error

    def _make(self, data: bytes) -> Picture | PictureError:
        """Draw a picture while time is left; processes that run in parallel count in full."""
        if self._left <= 0:
            message = f"was not looked at: others took {self._limits.seconds:g} seconds to draw"
            return PictureError(TOO_LARGE, message, "export those as PNG")
        start = self._clock.monotonic()
        try:
            return make_picture(data, self._limits.each)
        except PictureError as error:
            return error
        finally:
            with self._lock:
                self._left -= self._clock.monotonic() - start


def load_picture(folder: Path, name: str) -> Picture:
    """Load the one picture that a manifest in `folder` names; raises PictureError."""
    return make_picture(_read(folder, name))


def _read(folder: Path, name: str) -> bytes:
    location = inside(Path(os.path.realpath(folder)), name)
    if location is None:
        help_ = "keep the image beside the manifest, or in a folder below, with forward slashes"
        raise PictureError(OUTSIDE, "leaves the manifest's folder", help_)
    try:
        return _bounded(location)
    except (FileNotFoundError, NotADirectoryError):
        raise PictureError(MISSING, "is not there", f"looked in {folder}") from None
    except OSError as error:
        message = f"cannot be read: {reason_of(error)}"
        raise PictureError(UNFIT, message, "check its permissions") from None


def _bounded(location: Path) -> bytes:
    if not stat.S_ISREG(location.stat().st_mode):  # opening a pipe would wait for its writer
        raise PictureError(UNFIT, "is not a file", "name an image file")
    with location.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise too_many_bytes()
    return data


def check_pictures(
    drawings: Iterable[Drawing], folder: Path, loader: PictureLoader
) -> Iterator[Problem]:
    """Yield the problems of the pictures that a manifest in `folder` names."""
    pictured = [
        (drawing, drawing.image, drawing.image_place)
        for drawing in drawings
        if drawing.image is not None and drawing.image_place is not None
    ]
    pictures = loader.load_all(folder, (image for _, image, _ in pictured))
    for drawing, image, place in pictured:
        picture = pictures[image]
        if isinstance(picture, PictureError):
            message = f"the image `{image}` {picture}"
            yield picture.rule.problem(message, place, picture.help)
        if not can_show_picture(drawing):
            message = f"nothing says where the edges of `{image}` lie"
            help_ = "add `bounds` in degrees to the drawing"
            yield NO_BOUNDS.problem(message, place, help_)
