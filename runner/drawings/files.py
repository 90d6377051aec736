"""Own where a drawing's picture lies, and the problems of pictures that cannot be shown."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from runner.drawings.failure import UNFIT, PictureError
from runner.drawings.frame import can_show_picture
from runner.drawings.picture import MAX_BYTES, Picture, make_picture, too_many_bytes
from runner.inside import inside
from runner.manifest.model import Drawing
from runner.problems import Problem, Severity
from runner.rules.rule import Rule

OUTSIDE = Rule("M060", "image-outside")
MISSING = Rule("M061", "image-missing", Severity.WARNING)
NO_BOUNDS = Rule("M064", "image-without-bounds", Severity.WARNING)


def load_picture(folder: Path, name: str) -> Picture:
    """The picture that a manifest in `folder` names; raises PictureError."""
    location = inside(Path(os.path.realpath(folder)), name)
    if location is None:
        help_ = "keep the image beside the manifest, or in a folder below, with forward slashes"
        raise PictureError(OUTSIDE, "leaves the manifest's folder", help_)
    try:
        return make_picture(_read(location))
    except (FileNotFoundError, NotADirectoryError):
        raise PictureError(MISSING, "is not there", f"looked in {folder}") from None
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"cannot be read: {reason}"
        raise PictureError(UNFIT, message, "check its permissions") from None


def _read(location: Path) -> bytes:
    if not stat.S_ISREG(location.stat().st_mode):  # opening a pipe would wait for its writer
        raise PictureError(UNFIT, "is not a file", "name an image file")
    with location.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise too_many_bytes()
    return data


def check_pictures(drawings: Iterable[Drawing], folder: Path) -> Iterator[Problem]:
    """Yield why pictures of a manifest in `folder` cannot be shown."""
    for drawing in drawings:
        if drawing.image is None or drawing.image_place is None:
            continue
        try:
            load_picture(folder, drawing.image)
        except PictureError as error:
            message = f"the image `{drawing.image}` {error}"
            yield error.rule.problem(message, drawing.image_place, error.help)
        if not can_show_picture(drawing):
            message = f"nothing says where the edges of `{drawing.image}` lie"
            help_ = "add `bounds` in degrees to the drawing"
            yield NO_BOUNDS.problem(message, drawing.image_place, help_)
