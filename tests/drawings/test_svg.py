import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from runner.drawings.failure import PictureError
from runner.drawings.svg import SafeSvg, clean_svg
from tests.drawings.hostile import HOSTILE, XMLNS
from tests.drawings.pictures import SVG, png


def _clean(inside: str, attributes: str = "") -> str:
    """What is left between the outermost tags."""
    whole = clean_svg(f"<svg {XMLNS} {attributes}>{inside}</svg>".encode()).data.decode()
    return whole.partition(">")[2].removesuffix("</svg>")


def _sized(attributes: str) -> tuple[float, float]:
    safe = clean_svg(f"<svg {XMLNS} {attributes}/>".encode())
    return round(safe.width, 2), round(safe.height, 2)


def test_a_drawing_keeps_what_it_shows() -> None:
    drawing = """\
<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient>
<symbol id="door"><path d="M0 0h9"/></symbol></defs>
<style>.wall{fill:none;stroke:url(#g)} @media print{.wall{stroke:#000}}</style>
<g transform="matrix(1 0 0 1 4 4)"><use xlink:href="#door" x="3"/>
<rect class="wall" style="fill:rgb(1,2,3);clip-path:url('#g')" width="9"/>
<text x="1">R&amp;D <tspan>2</tspan></text></g>"""
    assert _clean(drawing).replace("><", ">\n<") == snapshot("""\
<defs>
<linearGradient id="g">
<stop offset="0" stop-color="red">
</stop>
</linearGradient>
<symbol id="door">
<path d="M0 0h9">
</path>
</symbol>
</defs>
<style>.wall{fill:none;stroke:url(#g)}{.wall{stroke:#000}}</style>
<g transform="matrix(1 0 0 1 4 4)">
<use href="#door" x="3">
</use>
<rect class="wall" style="fill:rgb(1,2,3);clip-path:url(&#x27;#g&#x27;)" width="9">
</rect>
<text x="1">R&amp;D <tspan>2</tspan>
</text>
</g>\
""")


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_nothing_hostile_is_left(hostile: str) -> None:
    left = _clean(hostile)
    assert not re.search(r"evil|alert|script|secret|passwd|import|@|on\w+=|<a\b|data:|//", left)


def test_only_pictures_of_the_two_plain_kinds_stand_inside() -> None:
    inside = f'<image href="data:image/png;base64,{base64.b64encode(png(1, 1)).decode()}"/>'
    assert _clean(inside) == inside.replace("/>", "></image>")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "aa">]><svg>&a;</svg>', "declares XML entities"),
        ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>', "entities"),
        ("<svg>" + "<g>" * 300 + "</g>" * 300 + "</svg>", "nested more than 200 deep"),
        ("<svg>" + "<x>" * 99_000, "is not a readable SVG"),
        ('<svg><g id="a"><use href="#a"/></g></svg>', "without end"),
        ('<svg xmlns="http://www.w3.org/1999/xhtml"/>', "outermost element is not `svg`"),
    ],
)
def test_a_bomb_is_refused(document: str, message: str) -> None:
    with pytest.raises(PictureError, match=message):
        clean_svg(document.encode())


def test_what_repeats_what_repeats_is_counted_before_a_browser_does_it() -> None:
    laughs = '<svg><path id="a0"/>'
    for level in range(9):
        laughs += f'<g id="a{level + 1}">' + f'<use href="#a{level}"/>' * 10 + "</g>"
    with pytest.raises(PictureError, match="without end"):
        clean_svg(f"{laughs}</svg>".encode())


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="40" height="30"', (40, 30)),
        ('width="25.4mm" height="1in" viewBox="0 0 7 7"', (96, 96)),
        ('viewBox="-5,-5 80 60"', (80, 60)),
        ('width="100%" height="100%" viewBox="0 0 80 60"', (80, 60)),
        ('width="40" viewBox="0 0 80 60"', (40, 30)),
        ('height="30" viewBox="0 0 80 60"', (40, 30)),
        ('viewBox="0 0 0 60"', (300, 150)),
        ("", (300, 150)),
    ],
)
def test_its_size_is_the_one_a_browser_takes(attributes: str, size: tuple[float, float]) -> None:
    assert _sized(attributes) == size


def test_the_document_type_that_editors_write_is_no_obstacle() -> None:
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://www.w3.org/svg11.dtd">'
    assert clean_svg(f"{doctype}{SVG}".encode()) == clean_svg(SVG.encode())


@given(st.text(), st.text())
def test_text_stays_text(name: str, text: str) -> None:
    try:
        first = clean_svg(f'<svg {XMLNS}><text id="{name}">{text}</text></svg>'.encode())
    except (PictureError, UnicodeEncodeError):
        return
    assert _again(first) == first


def _again(safe: SafeSvg) -> SafeSvg:
    return clean_svg(safe.data)
