"""Drawing an SVG as a PNG, by resvg; runs only in the child process of `draw.py`.

resvg runs no scripts and uses no network, but it reads the files that an image element names, from
anywhere on the disk. So the SVG is rewritten first from the parser's events, without any reference
that leads outside the drawing.
"""

import re
from collections.abc import Mapping
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

import resvg_py

LONGER_SIDE = 2400
"""Pixels of the picture's longer side: lines of an A1 plan stay apart, and phones open the page."""

_INCH = 96.0
"""CSS pixels of an inch, as browsers count them."""

_SPACES = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}
"""Namespaces that are added, so that files without any are taken for SVG."""

_DEFAULT_SIZE = (300.0, 150.0)
"""The size in CSS pixels that browsers use when neither a size nor a viewBox is given."""

_Box = tuple[float, float, float, float]
"""Left, top, width and height of what a drawing shows, in its own units."""

_SMALLEST, _LARGEST = 1e-6, 1e9
_LONGEST_NUMBERS = 200

_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(px|pt|pc|mm|cm|in)?\s*\Z")
_PIXELS = {"px": 1, "pt": 96 / 72, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}

_INSIDE = ("#", "data:image/png;base64,", "data:image/jpeg;base64,", "data:image/jpg;base64,")


def svg_png(data: bytes) -> bytes:
    """Draw an SVG with a longer side of LONGER_SIDE pixels; raises ValueError."""
    try:
        document = RewrittenSvg(data)
        return resvg_py.svg_to_bytes(
            svg_string=document.text,
            skip_system_fonts=not document.has_text,  # reading them all takes longer than drawing
            width=LONGER_SIDE,  # with both sides given, it fits the drawing in and keeps its shape
            height=LONGER_SIDE,
            dpi=_INCH,
        )
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise ValueError(f"is not a readable SVG: {error}") from None


class RewrittenSvg:
    """An SVG rewritten without references that lead outside it; raises ExpatError, ValueError.

    Comments, processing instructions and the document type are dropped; entities are refused.
    """

    def __init__(self, data: bytes) -> None:
        self.has_text = False
        self._out: list[str] = []
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.EntityDeclHandler = _refuse_entity
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.Parse(data, True)

    @property
    def text(self) -> str:
        """The whole document."""
        return "".join(self._out)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._out:
            attributes = _root(attributes)
        self.has_text = self.has_text or name.rpartition(":")[2] == "text"
        kept = {key: value for key, value in attributes.items() if _is_inside(key, value)}
        written = "".join(f" {key}={quoteattr(value)}" for key, value in kept.items())
        self._out.append(f"<{name}{written}>")

    def _end(self, name: str) -> None:
        self._out.append(f"</{name}>")

    def _data(self, text: str) -> None:
        self._out.append(escape(text))


def _root(attributes: Mapping[str, str]) -> dict[str, str]:
    """The root element's attributes, with the size of the picture and the drawing's shape.

    resvg rounds a drawing's own size to whole pixels: 1.5 by 1 would become 2 by 1.
    """
    box = _view_box(attributes.get("viewBox", ""))
    width, height = _size(attributes, box)
    scale = LONGER_SIDE / max(width, height)
    return {
        **_SPACES,
        **attributes,
        "viewBox": " ".join(map(str, box or (0, 0, width, height))),
        "width": f"{max(width * scale, 1):.3f}",
        "height": f"{max(height * scale, 1):.3f}",
    }


def _size(attributes: Mapping[str, str], box: _Box | None) -> tuple[float, float]:
    """Width and height as browsers take them: the drawing's own, or else those of the viewBox."""
    width, height = _pixels(attributes.get("width", "")), _pixels(attributes.get("height", ""))
    if width and height:
        return width, height
    if box is None:
        return width or _DEFAULT_SIZE[0], height or _DEFAULT_SIZE[1]
    if width:
        return width, width * box[3] / box[2]
    return (height * box[2] / box[3], height) if height else box[2:]


def _pixels(text: str) -> float | None:
    """A length in CSS pixels; None when it is no length, zero, or impossibly large."""
    found = _LENGTH.match(text) if len(text) <= _LONGEST_NUMBERS else None
    pixels = float(found[1]) * _PIXELS[found[2] or "px"] if found else 0
    return pixels if _SMALLEST < pixels < _LARGEST else None


def _view_box(text: str) -> _Box | None:
    numbers = _NUMBER.findall(text) if len(text) <= _LONGEST_NUMBERS else []
    if len(numbers) != 4:  # noqa: PLR2004 - x, y, width, height
        return None
    x, y, width, height = map(float, numbers)
    is_sane = max(abs(x), abs(y), width, height) < _LARGEST and min(width, height) > _SMALLEST
    return (x, y, width, height) if is_sane else None


def _is_inside(key: str, value: str) -> bool:
    """Whether an attribute is no reference, or refers to the drawing itself or a picture in it."""
    is_reference = key.rpartition(":")[2].lower() == "href"
    return not is_reference or value.lstrip().startswith(_INSIDE)


def _refuse_entity(*_declaration: object) -> None:
    raise ValueError("it declares XML entities")
