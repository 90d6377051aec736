"""Own how text from a manifest is made safe to show: it must not steer a terminal or a log."""


def printable(text: str) -> str:
    """The text with control characters written out as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
