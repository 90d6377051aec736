"""Fuzz what an SVG becomes before it is drawn: a document without references that lead outside it.

Only ValueError and the parser's own errors may be raised. What is handed to resvg is read again: it
holds no entity, no instruction, and no reference but to itself or to a picture in it. Drawing it
runs in a child process with limits, which tests/drawings tries. See fuzz_validate.py for how
atheris is run.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from xml.parsers import expat

try:
    import atheris
except ImportError:
    sys.exit("atheris is not installed: .venv/bin/python -m pip install atheris")

with atheris.instrument_imports(include=["runner.drawings.svg"]):
    from runner.drawings.svg import LONGER_SIDE, RewrittenSvg

MEGABYTES = 400
SECONDS_PER_INPUT = 10
SEEDS = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="1.5" height="1"><rect width="1"/></svg>',
    '<svg viewBox="0 0 40 20"><use href="#a"/><g id="a"><text>2</text></g></svg>',
    '<svg xmlns:x="http://www.w3.org/1999/xlink"><image x:href="file:///etc/passwd"/></svg>',
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg width="1e9mm">&a;</svg>',
    '<svg height="2in"><style><![CDATA[@import url(x);]]></style><image href="data:,x"/></svg>',
    '<svg><image href=" data:image/png;base64,iVBORw0KGgo="/><!-- c --><?php x?></svg>',
)
WORDS = (
    *(
        "viewBox=",
        "width=",
        "height=",
        "href=",
        "xlink:href=",
        "xml:base=",
        "<image ",
        "<use ",
        "url(",
    ),
    *("1e999", "1e-999", "9" * 300, "px", "pt", "mm", "file:///", "data:image/png;base64,", "&#0;"),
    *("&lt;", "<!ENTITY ", "<![CDATA[", "]]>", "<!DOCTYPE ", "<?xml ", "xmlns:a=", "a:href=", "#a"),
    *(
        "HREF=",
        "encoding='utf-16'",
        "encoding='x'",
        "\u2028",
        "&#x9;",
        "&quot;",
        "</svg>",
        "SYSTEM ",
    ),
)


class Pictures:
    """Rewrites one input, and reads what comes of it."""

    def __call__(self, data: bytes) -> None:
        """Fail when anything undocumented is raised, or when something outside is referred to."""
        try:
            text = RewrittenSvg(data).text
        except (expat.ExpatError, LookupError, ValueError):
            return
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        for name in ("StartDoctypeDecl", "EntityDecl", "ProcessingInstruction", "Comment"):
            setattr(parser, f"{name}Handler", self._refuse)
        self._is_root = True
        parser.Parse(text, True)

    def _start(self, _name: str, attributes: dict[str, str]) -> None:
        if self._is_root:
            sides = [float(attributes[name]) for name in ("width", "height")]
            assert 1 <= min(sides) <= max(sides) <= LONGER_SIDE, sides  # noqa: S101 - the point
            self._is_root = False
        for key, value in attributes.items():
            if key.rpartition(":")[2].lower() == "href":
                inside = ("#", "data:image/png;base64,", "data:image/jp")
                assert value.lstrip().startswith(inside), (key, value)  # noqa: S101 - the point

    def _refuse(self, *what: object) -> None:
        raise AssertionError(what)


def main() -> None:
    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory() as seeds:
        words = Path(work) / "words.dict"
        lines = ('"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"' for word in WORDS)
        words.write_text("\n".join(lines), encoding="ascii")
        for number, seed in enumerate(SEEDS):
            (Path(seeds) / str(number)).write_text(seed, encoding="utf-8")
        limits = [f"-timeout={SECONDS_PER_INPUT}", f"-rss_limit_mb={MEGABYTES}", f"-dict={words}"]
        atheris.Setup([sys.argv[0], *limits, "-max_len=4096", *sys.argv[1:], seeds], Pictures())
        atheris.Fuzz()


if __name__ == "__main__":
    main()
