"""Own what a line is: YAML's line breaks, by which the parser counts, and no others."""

import re

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def text_lines(text: str) -> list[str]:
    """The text's lines without their ends; a text that ends in a line break has an empty last."""
    return _BREAK.split(text)
