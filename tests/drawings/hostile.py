"""Drawings that attack: by size, by repeating themselves, by what they refer to."""

import zlib

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inside: str, attributes: str = 'viewBox="0 0 300 200"') -> bytes:
    return f"<svg {SPACES} {attributes}>{inside}</svg>".encode()


def _nested(first: str, level: str, last: str, depth: int = 8) -> bytes:
    """`level` holds ten of the level before: `{id}` is its own name, `{ref}` the other's."""
    levels = (level.format(id=f"p{step + 1}", ref=f"p{step}") for step in range(depth))
    return svg(f"<defs>{first}{''.join(levels)}</defs>{last.format(ref=f'p{depth}')}")


_RECT = '<rect width="300" height="200" fill="#fff"'

ENDLESS: dict[str, bytes] = {
    "patterns": _nested(
        '<pattern id="p0" width="1" height="1"><rect width="1" height="1"/></pattern>',
        '<pattern id="{id}" width="10" height="10" patternUnits="userSpaceOnUse">'
        + '<rect width="10" height="10" fill="url(#{ref})"/>' * 10
        + "</pattern>",
        '<rect width="300" height="200" fill="url(#{ref})"/>',
    ),
    "masks": _nested(
        f'<mask id="p0">{_RECT}/></mask>',
        f'<mask id="{{id}}">{f"""{_RECT} mask="url(#{{ref}})"/>""" * 10}</mask>',
        f'{_RECT} mask="url(#{{ref}})"/>',
    ),
    "clip paths": _nested(
        f'<clipPath id="p0">{_RECT}/></clipPath>',
        f'<clipPath id="{{id}}">{f"""{_RECT} clip-path="url(#{{ref}})"/>""" * 10}</clipPath>',
        f'{_RECT} clip-path="url(#{{ref}})"/>',
    ),
    "markers": _nested(
        '<marker id="p0" markerWidth="9" markerHeight="9"><path d="M0 0h1"/></marker>',
        '<marker id="{id}" markerWidth="9" markerHeight="9">'
        f'<path d="M0 0{"h1" * 10}" style="marker:url(#{{ref}})"/></marker>',
        '<path d="M0 0h1h1" style="marker:url(#{ref})"/>',
    ),
    "deep uses": svg(
        "<defs><path id='a' d='M0 0h9'/></defs>"
        + "<g>" * 190
        + "<use href='#a'/>" * 300_000
        + "</g>" * 190
    ),
    "filters": svg(
        '<filter id="f">'
        + '<feTurbulence numOctaves="100" baseFrequency="0.01"/>' * 200
        + '</filter><rect width="300" height="200" filter="url(#f)"/>'
    ),
}

_BILLION = "".join(f'<!ENTITY e{step + 1} "{f"&e{step};" * 10}">' for step in range(9))

REFUSED: dict[str, bytes] = {
    "repeated uses": _nested(
        '<path id="p0" d="M0 0h9"/>',
        f'<g id="{{id}}">{"""<use href="#{ref}"/>""" * 10}</g>',
        '<use href="#{ref}"/>',
    ),
    "entities": f'<!DOCTYPE svg [<!ENTITY e0 "ha">{_BILLION}]><svg>&e9;</svg>'.encode(),
    "an external entity": b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    "too many elements": svg("<rect/>" * 1_200_000),
    "never closed": b"<svg>" + b"<x>" * 99_000,
    "another language": b'<svg xmlns="http://www.w3.org/1999/xhtml"/>',
}

DRAWN: dict[str, bytes] = {
    "a use of itself": svg('<g id="a"><use href="#a"/></g>'),
    "digits": svg("<path d='M0 0h9'/>", f'width="{"9" * 200_000}" height="5"'),
    "a dashed style": svg(f'<path d="M0 0h9" style="{"a-" * 250_000}"/>'),
    "a dashed sheet": svg(f'<style>{"a-" * 250_000}</style><path d="M0 0h9"/>'),
    "an infinite width": svg('<path d="M0 0h9"/>', 'width="1e999"'),
    "an infinite height": svg('<path d="M0 0h9"/>', 'width="1e999" height="1e999"'),
    "no size": svg('<path d="M0 0h9"/>', 'width="0" height="0"'),
    "no number": svg('<path d="M0 0h9"/>', 'width="nan"'),
    "a thin line": svg('<path d="M0 0h9"/>', 'viewBox="0 0 1e38 1e-38"'),
    "tiny dashes": svg('<path d="M0 0H1e9" stroke="red" stroke-dasharray="0.00001 0.00001"/>'),
}

TOO_DEEP = svg("<g>" * 100_000 + "</g>" * 100_000)


def pdf_of(objects: dict[int, bytes]) -> bytes:
    """A PDF whose first page is object 3, from numbered objects; readers rebuild its index."""
    fixed = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>"}
    whole = b"".join(
        b"%d 0 obj\n%s\nendobj\n" % (number, text) for number, text in {**fixed, **objects}.items()
    )
    return b"%PDF-1.7\n" + whole + b"trailer<</Root 1 0 R>>\n%%EOF"


def _stream(content: bytes, extra: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (extra, len(content), content)


def _page(box: bytes, resource: bytes) -> dict[int, bytes]:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s]/Contents 4 0 R" % box
    page += b"/Resources<</XObject<</A %s>>>>>>" % resource
    return {3: page, 4: _stream(b"9 0 0 9 0 0 cm /A Do", b"")}


def nested_forms(depth: int = 9) -> bytes:
    """Each form shows the next one ten times."""
    objects = _page(b"300 200", b"5 0 R")
    for number in range(5, 5 + depth):
        extra = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
        extra += b"/Resources<</XObject<</A %d 0 R>>>>" % (number + 1)
        objects[number] = _stream(b"/A Do " * 10, extra)
    extra = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
    objects[5 + depth] = _stream(b"0 0 9 9 re f", extra)
    return pdf_of(objects)


def inflated_pdf(side: int) -> bytes:
    """A page with one image that is a few kB small, and `side` squared large."""
    packer = zlib.compressobj(9)
    row = bytes(side)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    extra = b"/Type/XObject/Subtype/Image/Width %d/Height %d" % (side, side)
    extra += b"/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
    return pdf_of({**_page(b"300 200", b"5 0 R"), 5: _stream(data, extra)})


def sized_pdf(box: bytes) -> bytes:
    return pdf_of(_page(box, b"5 0 R"))
