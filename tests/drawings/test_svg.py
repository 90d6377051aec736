import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from runner.drawings.failure import PictureError
from runner.drawings.svg import SafeSvg, clean_svg
from tests.drawings.pictures import SVG, png

_XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def _clean(inside: str, attributes: str = "") -> str:
    """What is left between the outermost tags."""
    whole = clean_svg(f"<svg {_XMLNS} {attributes}>{inside}</svg>".encode()).data.decode()
    return whole.partition(">")[2].removesuffix("</svg>")


def _sized(attributes: str) -> tuple[float, float]:
    safe = clean_svg(f"<svg {_XMLNS} {attributes}/>".encode())
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


_HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "a script by reference": '<script href="https://evil.test/x.js"/>',
    "a handler": '<rect onclick="alert(1)" onload="alert(1)"/>',
    "foreign content": '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
    "HTML beside": '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.test"/>',
    "a link": '<a href="javascript:alert(1)" xlink:href="https://evil.test"><rect/></a>',
    "an image elsewhere": '<image href="https://evil.test/a.png" xlink:href="file:///etc/passwd"/>',
    "an image beside": '<image href="../secret.png"/>',
    "a drawing inside": '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
    "text as data": '<image href="data:text/html,evil.test"/>',
    "a use elsewhere": '<use href="https://evil.test/a.svg#x" xlink:href="a.svg#y"/>',
    "animation": '<set attributeName="href" to="javascript:alert(1)"/><animate attributeName="x"/>',
    "a style import": '<style>@import "https://evil.test/a.css"; @import url(//evil.test)</style>',
    "a font": "<style>@font-face{font-family:x;src:url(https://evil.test/f.woff)}</style>",
    "a fill elsewhere": '<rect fill="url(https://evil.test#a)" style="fill:url( evil.test#a )"/>',
    "hidden by escapes": r'<rect style="fill:u\72l(https://evil.test)"/>',
    "hidden by a comment": "<style>.a{fill:/*;*/url(//evil.test/*)*/)}</style>",
    "another function": "<rect style=\"fill:image-set('https://evil.test' 1x)\"/>",
    "a filter": '<filter id="f"><feImage href="https://evil.test/a.png"/></filter>',
    "a way out of the style": "<style>&lt;/style>&lt;script>alert(1)&lt;/script></style>",
    "another's namespace": '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    "an editor's notes": '<metadata xmlns="urn:x">evil.test</metadata>',
}


@pytest.mark.parametrize("hostile", _HOSTILE.values(), ids=_HOSTILE)
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
        first = clean_svg(f'<svg {_XMLNS}><text id="{name}">{text}</text></svg>'.encode())
    except (PictureError, UnicodeEncodeError):
        return
    assert _again(first) == first


def _again(safe: SafeSvg) -> SafeSvg:
    return clean_svg(safe.data)
