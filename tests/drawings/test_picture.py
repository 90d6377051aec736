import base64
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runner.base.installation import install_command
from runner.drawings.child import PictureError
from runner.drawings.picture import MAX_BYTES, make_picture
from tests.drawings.pictures import SVG, jpeg, pdf, png, whole_png


def test_a_png_and_a_jpeg_tell_their_size() -> None:
    for data, media_type in ((whole_png(40, 30), "image/png"), (jpeg(40, 30), "image/jpeg")):
        picture = make_picture(data)
        assert (picture.media_type, picture.width, picture.height) == (media_type, 40, 30)
        assert picture.data == data


@pytest.mark.parametrize("orientation", [6, 8])
def test_a_photo_on_its_side_is_measured_as_a_browser_shows_it(orientation: int) -> None:
    picture = make_picture(jpeg(40, 30, orientation))
    assert (picture.width, picture.height) == (30, 40)


def test_the_first_page_of_a_pdf_becomes_a_png_of_its_shape() -> None:
    picture = make_picture(pdf(800, 400))
    assert (picture.media_type, picture.width, picture.height) == ("image/png", 2400, 1200)
    assert picture.data.startswith(b"\x89PNG")


def test_a_pdf_without_what_draws_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(PictureError) as refused:
        make_picture(pdf(8, 4))
    assert install_command("pdf") in refused.value.help


def test_an_svg_becomes_a_png_of_its_shape() -> None:
    picture = make_picture(SVG.encode())
    assert (picture.media_type, picture.width, picture.height) == ("image/png", 2400, 1800)
    assert picture.data.startswith(b"\x89PNG")


def test_the_data_uri_carries_the_whole_picture() -> None:
    data = whole_png(4, 3)
    head, _, rest = make_picture(data).data_uri.partition(",")
    assert (head, base64.b64decode(rest)) == ("data:image/png;base64", data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "M062"),
        (b"GIF89a\x28\x00\x1e\x00", "M062"),
        (b"\x89PNG\r\n\x1a\n", "M062"),
        (b"\xff\xd8\xff\xe0 no more", "M062"),
        (b"%PDF-1.7 and nothing", "M062"),
        (b"<html><body>no drawing</body></html>", "M062"),
        (b"<svg", "M062"),
        (png(0, 10), "M062"),
        (png(20_000, 20_000), "M063"),
        (png(10, 10) + b" " * MAX_BYTES, "M063"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_rule(data: bytes, code: str) -> None:
    with pytest.raises(PictureError) as refused:
        make_picture(data)
    assert refused.value.rule.code == code
    assert refused.value.help
    assert not str(refused.value).endswith(".")


_STARTS = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"%PDF-",
    b"<svg>",
    b"\xef\xbb\xbf<",
    b"\xff\xfe<\0",
)


@pytest.mark.slow
@settings(max_examples=30)  # most of them start a process
@given(st.sampled_from(_STARTS), st.binary(max_size=200))
@example(b"<", b"\xff")
@example(b"<?xml version='1.0' encoding='utf-7'?><svg>", b"</svg>")
def test_whatever_the_bytes_there_is_a_picture_or_a_refusal(start: bytes, rest: bytes) -> None:
    try:
        picture = make_picture(start + rest)
    except PictureError:
        return
    assert picture.width > 0
    assert picture.height > 0
