"""Where a drawing's picture lies, and the problems of pictures that cannot be shown."""

import hashlib
import os
import stat
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from runner.drawings.child import CHILD_LIMITS, ChildLimits
from runner.drawings.failure import TOO_LARGE, UNFIT, PictureError
from runner.drawings.frame import can_show_picture
from runner.drawings.picture import MAX_BYTES, Picture, make_picture, too_many_bytes
from runner.errors import reason_of
from runner.inside import inside
from runner.manifest.model import Drawing
from runner.problems import Problem, Severity
from runner.rules.rule import Rule
from runner.timing import Clock, SystemClock

OUTSIDE = Rule("M060", "image-outside")
MISSING = Rule("M061", "image-missing", Severity.WARNING)
NO_BOUNDS = Rule("M064", "image-without-bounds", Severity.WARNING)


@dataclass(frozen=True, slots=True)
class DrawingLimits:
    """Bounds on the drawing of a command's pictures: seconds in all, and for each one."""

    seconds: float = 60
    each: ChildLimits = CHILD_LIMITS
    at_a_time: int = 4


DRAWING_LIMITS = DrawingLimits()


class PictureLoader:
    """Loads a command's pictures: each is drawn once, and all of them within a time."""

    def __init__(self, clock: Clock | None = None, limits: DrawingLimits = DRAWING_LIMITS) -> None:
        self._clock = clock or SystemClock()
        self._limits = limits
        self._left = limits.seconds
        self._made: dict[bytes, Picture | PictureError] = {}
        self._lock = threading.Lock()

    def load(self, folder: Path, name: str) -> Picture:
        """The picture that a manifest in `folder` names; raises PictureError."""
        data = _read(folder, name)
        key = hashlib.blake2b(data).digest()
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._make(data)
        if isinstance(made, PictureError):
            raise made
        return made

    def load_all(self, folder: Path, names: Iterable[str]) -> dict[str, Picture | PictureError]:
        """The pictures by name, or why there is none; several are drawn at a time."""
        distinct = tuple(dict.fromkeys(names))
        with ThreadPoolExecutor(self._limits.at_a_time) as executor:
            made = executor.map(partial(self._try, folder), distinct)
            return dict(zip(distinct, made, strict=True))

    def _try(self, folder: Path, name: str) -> Picture | PictureError:
        try:
            return self.load(folder, name)
        except PictureError as error:
            return error

    def _make(self, data: bytes) -> Picture | PictureError:
        """The time of all processes counts, also of those that run at the same time."""
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
    """The picture that a manifest in `folder` names; raises PictureError."""
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
    """Yield why pictures of a manifest in `folder` cannot be shown."""
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
