"""SVG as PNG: drawn as its author meant it, in its own shape, from nothing but itself."""

import base64
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from runner.drawings.svg import svg_png
from tests.drawings.hostile import svg
from tests.drawings.pictures import SVG, coloured_png

# The fonts of a machine are read for each drawing that has text.
pytestmark = pytest.mark.slow

_WHOLE = 'width="300" height="200" preserveAspectRatio="none"'
_RED = (255, 0, 0, 255)


def _drawn(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(svg_png(data)))


def _middle(data: bytes) -> object:
    image = _drawn(data)
    return image.getpixel((image.width // 2, image.height // 2))


def _embedded(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A red picture, beside the folder in which the program runs, and in it."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for location in (tmp_path / "secret.png", tmp_path / "here" / "secret.png"):
        location.write_bytes(coloured_png("red"))
    return tmp_path / "secret.png"


def test_a_picture_that_is_part_of_a_drawing_is_shown() -> None:
    address = _embedded("image/png", coloured_png("red"))
    assert _middle(svg(f'<image {_WHOLE} href="{address}"/>')) == _RED
    assert _middle(svg(f'<image {_WHOLE} xlink:href="{address}"/>')) == _RED


@pytest.mark.parametrize(
    "image",
    [
        '<image {whole} href="secret.png"/>',
        '<image {whole} href="./secret.png"/>',
        '<image {whole} href="../secret.png"/>',
        '<image {whole} href="{path}"/>',
        '<image {whole} xlink:href="{path}"/>',
        '<image {whole} xmlns:x="http://www.w3.org/1999/xlink" x:href="{path}"/>',
        '<image {whole} href="{uri}"/>',
        '<image {whole} href="http://127.0.0.1:9/a.png"/>',
        '<image {whole} href="#x" xlink:href="{path}"/>',
        '<image {whole} style="href:{path}"/><style>image{{href:{path}}}</style>',
        '<image {whole} href="{inner}"/>',
        '<filter id="f"><feImage href="{path}"/></filter><g filter="url(#f)">{area}</g>',
        '<use href="{path}#a"/>',
    ],
)
def test_no_file_is_read(image: str, secret: Path) -> None:
    inside = svg(f'<image {_WHOLE} href="{secret.as_posix()}"/>')
    filled = image.format(
        whole=_WHOLE,
        area='<rect width="300" height="200" fill="none"/>',
        path=secret.as_posix(),
        uri=secret.as_uri(),
        inner=_embedded("image/svg+xml", inside),
    )
    assert _middle(svg(filled)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("attributes", "shape"),
    [
        ('width="40" height="30"', (2400, 1800)),
        ('width="25.4mm" height="1in" viewBox="0 0 7 7"', (2400, 2400)),
        ('viewBox="-5,-5 80 60"', (2400, 1800)),
        ('width="100%" height="100%" viewBox="0 0 80 60"', (2400, 1800)),
        ('width="40" viewBox="0 0 80 60"', (2400, 1800)),
        ('height="30" viewBox="0 0 60 80"', (1800, 2400)),
        ('viewBox="0 0 1.5 1"', (2400, 1600)),
        ('width="0" height="30" viewBox="0 0 8 6"', (2400, 1800)),
        ('width="100%" height="100%"', (2400, 1200)),
        ("", (2400, 1200)),
    ],
)
def test_its_shape_is_the_one_a_browser_takes(attributes: str, shape: tuple[int, int]) -> None:
    assert _drawn(svg('<path d="M0 0h9"/>', attributes)).size == shape


def test_references_within_a_drawing_and_its_styles_are_kept() -> None:
    drawing = """<defs><symbol id="room"><path class="wall" d="M0 0h300v200h-300z"/></symbol></defs>
<!-- a note --><style><![CDATA[ .wall > b, .wall { fill: red } ]]></style>
<use xlink:href="#room"/>"""
    assert _middle(svg(drawing)) == _RED


def test_files_without_a_namespace_and_with_an_editors_head_are_drawn() -> None:
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://www.w3.org/svg11.dtd">'
    head = f'<?xml version="1.0" standalone="no"?><?xml-stylesheet href="a.css"?>{doctype}'
    bare = SVG.replace(' xmlns="http://www.w3.org/2000/svg"', "")
    assert svg_png(f"{head}{SVG}".encode()) == svg_png(bare.encode()) == svg_png(SVG.encode())


def test_text_is_drawn_with_the_fonts_of_this_machine() -> None:
    import resvg_py  # noqa: PLC0415 - only to ask it for fonts

    text = '<text x="9" y="150" font-size="200" font-family="No Such Font">Hall</text>'
    blank = svg_png(svg(""))
    if resvg_py.svg_to_bytes(svg(text).decode(), width=2400, height=2400) == blank:
        pytest.skip("this machine has no fonts")
    assert svg_png(svg(text)) != blank


@settings(max_examples=20)
@given(st.text(), st.text())
def test_text_stays_text(name: str, text: str) -> None:
    try:
        svg_png(f'<svg viewBox="0 0 1 1"><g id="{name}">{text}</g></svg>'.encode())
    except (ValueError, UnicodeEncodeError) as error:
        assert str(error)  # noqa: PT017 - one of the two ends is as good as the other
