"""Own the step from an SVG of unknown origin to one that only draws.

Of the sanitisers on PyPI one fits and is well kept, Cloudflare's svg-hush; measured on hostile
files it keeps references relative to the page, and its indented output of a deeply nested file
fills the memory. Here nothing is built in memory: an event of the parser is written out again
when its element is on the list in `vocabulary.py`, and goes with all inside it when it is not.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from runner.drawings.css import clean_css, is_harmless
from runner.drawings.failure import TOO_LARGE, UNFIT, PictureError
from runner.drawings.uses import OvergrownError, Uses
from runner.drawings.vocabulary import AS_GROUP, ATTRIBUTES, ELEMENTS, WITH_TEXT

SVG = "http://www.w3.org/2000/svg"

_MAX_DEPTH = 200
_DEFAULT_SIZE = (300.0, 150.0)
"""What a browser takes where neither size nor viewBox is given."""

_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(px|pt|pc|mm|cm|in)?\s*\Z")
_PIXELS = {"px": 1, "pt": 96 / 72, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}
_EMBEDDED = re.compile(r"data:image/(?:png|jpeg|jpg);base64,[A-Za-z0-9+/=\s]*\Z")
_FRAGMENT = re.compile(r"#[^\s#]+\Z")


@dataclass(frozen=True, slots=True)
class SafeSvg:
    """A sanitised SVG, and its width and height in pixels."""

    data: bytes
    width: float
    height: float


def clean_svg(data: bytes) -> SafeSvg:
    """An SVG that shows the same and can do nothing else; raises PictureError."""
    writer = _Writer()
    parser = DefusedXMLParser(target=writer)
    try:
        parser.feed(data)
        parser.close()
        writer.uses.check()
    except DefusedXmlException:
        message, help_ = "declares XML entities", "save it as plain SVG, without a document type"
        raise PictureError(UNFIT, message, help_) from None
    except OvergrownError:
        message = "repeats parts of itself without end"
        raise PictureError(TOO_LARGE, message, "save it as PNG") from None
    except (ET.ParseError, LookupError, ValueError) as error:
        message = f"is not a readable SVG: {error}"
        raise PictureError(UNFIT, message, "save it once more, or as PNG") from None
    return SafeSvg("".join(writer.out).encode(), *writer.size)


class _Writer:
    """What the parser tells its events to."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.size = _DEFAULT_SIZE
        self.uses = Uses()
        self._open: list[str] = []
        self._skipped = 0
        self._style: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        name = _own_name(tag)
        if not self._open and not self._skipped:
            self._root(name, attributes)
        elif self._skipped or name not in ELEMENTS:
            self._skipped += 1
        else:
            self._element(AS_GROUP.get(name, name), attributes)

    def end(self, _tag: str) -> None:
        """An element ends."""
        if self._skipped:
            self._skipped -= 1
            return
        name = self._open.pop()
        if name == "style":
            self.out.append(escape(clean_css("".join(self._style)), quote=False))
            self._style.clear()
        self.out.append(f"</{name}>")
        self.uses.end()

    def data(self, text: str) -> None:
        """Text stands inside the innermost element."""
        if self._skipped or not self._open:
            return
        if self._open[-1] == "style":
            self._style.append(text)
        elif self._open[-1] in WITH_TEXT:
            self.out.append(escape(text, quote=False))

    def close(self) -> None:
        """The document ends."""

    def _root(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != "svg":
            raise ValueError("its outermost element is not `svg`")
        self.size = _size(attributes)
        width, height = self.size
        box = attributes.get("viewBox", f"0 0 {width:g} {height:g}")
        sized = {**attributes, "width": f"{width:g}", "height": f"{height:g}", "viewBox": box}
        self._element(name, sized, f' xmlns="{SVG}"')

    def _element(self, name: str, attributes: Mapping[str, str], extra: str = "") -> None:
        if len(self._open) >= _MAX_DEPTH:
            raise ValueError(f"its elements are nested more than {_MAX_DEPTH} deep")
        kept = _kept(name, attributes)
        self._open.append(name)
        repeated = kept.get("href", "").removeprefix("#") if name == "use" else ""
        self.uses.start(kept.get("id", ""), repeated)
        written = "".join(f' {key}="{escape(value)}"' for key, value in kept.items())
        self.out.append(f"<{name}{extra}{written}>")


def _own_name(tag: str) -> str:
    """An SVG element's name; files without any namespace are taken for SVG, others are not."""
    space, _, name = tag.rpartition("}")
    return name if space in {"", f"{{{SVG}"} else ""


def _kept(element: str, attributes: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for tag, value in attributes.items():
        name = tag.rpartition("}")[2] if tag.endswith("xlink}href") else tag
        if name == "href":
            if _leads_inside(element, value):
                kept["href"] = value
        elif name == "style":
            kept["style"] = clean_css(value)
        elif name in ATTRIBUTES and is_harmless(value):
            kept[name] = value
    return kept


def _leads_inside(element: str, address: str) -> bool:
    pattern = _EMBEDDED if element == "image" else _FRAGMENT
    return pattern.match(address) is not None


def _size(attributes: Mapping[str, str]) -> tuple[float, float]:
    """Width and height as a browser takes them: its own, or the viewBox's."""
    width, height = _pixels(attributes.get("width")), _pixels(attributes.get("height"))
    if width and height:
        return width, height
    box = _view_box(attributes.get("viewBox", ""))
    if box is None:
        return width or _DEFAULT_SIZE[0], height or _DEFAULT_SIZE[1]
    if width:
        return width, width * box[1] / box[0]
    return (height * box[0] / box[1], height) if height else box


def _pixels(text: str | None) -> float | None:
    found = _LENGTH.match(text or "")
    return float(found[1]) * _PIXELS[found[2] or "px"] or None if found else None


def _view_box(text: str) -> tuple[float, float] | None:
    numbers = re.findall(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?", text)
    if len(numbers) != 4 or float(numbers[2]) <= 0 or float(numbers[3]) <= 0:  # noqa: PLR2004 - x, y, width, height
        return None
    return float(numbers[2]), float(numbers[3])
