"""Whatever a stranger's drawing tries, it ends in a picture or in one problem, in time."""

import struct
import sys
from pathlib import Path

import pytest

from runner.drawings.child import ChildLimits, PictureError
from runner.drawings.picture import Picture, make_picture
from tests.drawings.hostile import (
    DRAWN,
    ENDLESS,
    REFUSED,
    TOO_DEEP,
    inflated_pdf,
    nested_forms,
    sized_pdf,
)
from tests.drawings.pictures import SVG, png
from tests.waiting import PATIENCE

# Each starts the process that draws.
pytestmark = pytest.mark.slow

PATIENT = ChildLimits(seconds=PATIENCE)
BRIEF = ChildLimits(seconds=2)

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


def _refusal(data: bytes, limits: ChildLimits = PATIENT) -> PictureError:
    with pytest.raises(PictureError) as refused:
        make_picture(data, limits)
    return refused.value


@pytest.mark.parametrize("data", [*ENDLESS.values(), nested_forms()], ids=[*ENDLESS, "forms"])
def test_what_would_never_end_is_ended(data: bytes) -> None:
    error = _refusal(data, BRIEF)
    assert (error.rule.code, error.help) == ("M063", "export it as PNG")
    assert str(error) == "takes longer than 2 seconds to draw"


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_is_no_drawing_is_refused_with_its_reason(data: bytes) -> None:
    error = _refusal(data)
    assert (error.rule.code, error.help) == ("M062", "export it as PNG")
    assert str(error).startswith("is not a readable SVG: ")
    assert len(str(error)) <= 200


@pytest.mark.parametrize("data", DRAWN.values(), ids=DRAWN)
def test_what_only_looks_costly_is_drawn(data: bytes) -> None:
    picture = make_picture(data, PATIENT)
    assert max(picture.width, picture.height) == 2400
    assert min(picture.width, picture.height) >= 1


def test_a_crash_of_what_draws_is_a_problem_of_the_drawing() -> None:
    error = _refusal(TOO_DEEP)
    assert error.rule.code == "M063"
    assert str(error) == "breaks what draws it, or takes more than 1.0 GB of memory"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
@pytest.mark.parametrize("data", [SVG.encode(), inflated_pdf(30_000)], ids=["SVG", "PDF"])
def test_memory_has_a_bound(data: bytes) -> None:
    error = _refusal(data, ChildLimits(seconds=PATIENCE, memory=60_000_000))
    assert str(error) == "breaks what draws it, or takes more than 60.0 MB of memory"


def test_a_picture_has_a_bound() -> None:
    assert _refusal(SVG.encode(), ChildLimits(seconds=PATIENCE, output=100)).rule.code == "M063"


@pytest.mark.parametrize("box", [b"1e30 1e30", b"0 0", b"1 999999999", b"-5 -5", b"nan nan"])
def test_the_size_of_a_page_can_be_anything(box: bytes) -> None:
    picture = _made(sized_pdf(box))
    assert picture is None or max(picture.width, picture.height) <= 2401


def test_an_image_that_inflates_stays_within_the_bounds() -> None:
    picture = _made(inflated_pdf(30_000))
    assert picture is None or len(picture.data) < 1_000_000


def _made(data: bytes) -> Picture | None:
    """The picture, or none where it is refused; no other error."""
    try:
        return make_picture(data, PATIENT)
    except PictureError:
        return None


def test_raster_images_say_how_large_they_unfold() -> None:
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 65_000, 65_000) + b"\x01\x01\x11\x00"
    for data in (b"\xff\xd8\xff\xe0\x00\x02" + frame, png(2**31 - 1, 2**31 - 1)):
        error = _refusal(data)
        assert error.rule.code == "M063"
        assert "over 100 million" in str(error)


def _stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let a shell script draw."""
    location = folder / "draw"
    location.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    location.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(location))


@on_posix
def test_a_process_that_is_killed_costs_its_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _stand_in(monkeypatch, tmp_path, "kill -9 $$")
    assert str(_refusal(SVG.encode())).startswith("breaks what draws it")


@on_posix
def test_a_process_that_cannot_start_costs_its_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    assert str(_refusal(SVG.encode())) == "cannot be drawn: No such file or directory"


@on_posix
def test_what_draws_does_not_see_the_credentials(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("EVERCAM_PASSWORD", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "invented")
    monkeypatch.setenv("LC_PAPER", "passed on")
    _stand_in(monkeypatch, tmp_path, "env | grep -e invented -e LC_PAPER; exit 3")
    assert str(_refusal(SVG.encode())).strip() == "LC_PAPER=passed on"
