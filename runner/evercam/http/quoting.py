"""Quoting a server: the text of its answer, short and printable, without secrets."""

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_SHOWN_CHARACTERS = 200
_LONG_WORD = re.compile(r"[A-Za-z0-9+/_=.-]{24,}")
"""Tokens and tus ids: a server may echo them, and whoever has one can use it."""

_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_AN_ID = "\N{REPLACEMENT CHARACTER}"

_TAG = re.compile(r"(<[^<>]*>)")
_TAG_NAME = re.compile(r"</?([a-z]+)", re.IGNORECASE)
_NOT_TEXT = {"style", "script", "svg", "template"}


class Secrets:
    """Texts that must never be shown, in every encoding in which a server may echo them."""

    def __init__(self, *secrets: str | None) -> None:
        self._writings: set[str] = set()
        self._pattern = re.compile("(?!)")
        for secret in filter(None, secrets):
            self.add(secret)

    def add(self, secret: str) -> None:
        """Strike out a secret from now on."""
        self._writings |= {writing for writing in _writings(secret) if writing}
        longest_first = sorted(self._writings, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def strike(self, text: str) -> str:
        """The text without the secrets."""
        return self._pattern.sub("…", text)

    def quoted(self, text: str) -> str:
        """A server's words for people to read; empty when nothing is left of them."""
        words = " ".join(plain_text(self.strike(text)).split())
        printable = "".join(char for char in words if char.isprintable())
        return _LONG_WORD.sub("…", self.strike(printable))[:_SHOWN_CHARACTERS]

    def quoted_with_id(self, text: str) -> str:
        """Quote an answer that holds an id: keeps its first UUID, which would pass for a token."""
        found = _UUID.search(text)
        words = self.quoted(_UUID.sub(_AN_ID, text, count=1))
        return words.replace(_AN_ID, self.strike(found[0])) if found else words


class Silence(Secrets):
    """Shows nothing, for answers that are secret themselves."""

    def quoted(self, text: str) -> str:
        """Nothing."""
        return text[:0]


def _writings(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogateescape")
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield json.dumps(secret)[1:-1].replace("/", "\\/")
    yield html.escape(secret)
    yield from (quote(raw, safe=""), quote(raw, safe="!'()*"), quote(raw), quote_plus(raw))
    yield from (b64encode(raw).decode("ascii"), urlsafe_b64encode(raw).decode("ascii"))


def plain_text(text: str) -> str:
    """The text of an HTML page without tags, styles and scripts; any other text as it is."""
    shown, hiding = [], ""
    for part in _TAG.split(text):
        name = _TAG_NAME.match(part)
        if name is None:
            shown.append("" if hiding else part)
        elif hiding:
            hiding = "" if part.lower().startswith(f"</{hiding}") else hiding
        elif name[1].lower() in _NOT_TEXT and not part.startswith("</"):
            hiding = name[1].lower()
        else:
            shown.append(" ")
    return html.unescape(_TAG.sub(" ", "".join(shown)))
