"""Own what is left of a drawing's CSS: declarations that can neither load nor run anything.

What is not plainly harmless goes, piece by piece; a browser skips the broken rest. At-rules,
escapes (which hide names) and functions that are not listed go with the piece they stand in.
"""

import re

_PIECES = re.compile(r"([;{}])")
_COMMENTS = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CALLS = re.compile(r"([\w-]*)\s*\(")
_LOCAL = re.compile(r"""url\(\s*(["']?)#[\w.:-]+\1\s*\)""", re.IGNORECASE)
_FUNCTIONS = """
    rgb rgba hsl hsla calc matrix translate translatex translatey rotate scale scalex scaley
    skewx skewy not is where nth-child nth-of-type
"""
_HARMLESS = frozenset(_FUNCTIONS.split())


def clean_css(text: str) -> str:
    """A style sheet or a style attribute without whatever could reach outside the drawing."""
    pieces = _PIECES.split(_COMMENTS.sub(" ", text))
    return "".join(piece if is_harmless(piece) else "" for piece in pieces)


def is_harmless(value: str) -> bool:
    """Whether a value reaches for nothing but parts of its own drawing."""
    rest = _LOCAL.sub("", value)
    if any(mark in rest for mark in "@\\<"):
        return False
    return all(name.lower() in _HARMLESS for name in _CALLS.findall(rest))
