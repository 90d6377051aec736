"""Own did-you-mean: the word that was most likely meant, found in bounded time."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from runner.units import counted, shorten

_LONGEST = 100
_SHOWN = 12
_SHOWN_OF_ONE = 60


@dataclass(slots=True)
class Suggestions:
    """Suggests until so many comparisons were made: nobody reads the ten thousandth."""

    comparisons: int = 50_000

    def nearest(self, word: str, known: Collection[str]) -> str | None:
        """The most similar of the known words in any case, if one is similar enough."""
        self.comparisons -= len(known)
        if self.comparisons < 0 or len(word) > _LONGEST:  # comparing takes the lengths' product
            return None
        lower = {one.lower(): one for one in reversed(list(known))}
        near = difflib.get_close_matches(word.lower(), lower, n=1)
        return lower[near[0]] if near else None


def listed(words: Collection[str]) -> str:
    """The first of some words for a message: "`a`, `b` and 3 more"."""
    shown = ", ".join(f"`{shorten(word, _SHOWN_OF_ONE)}`" for word in islice(words, _SHOWN))
    more = len(words) - _SHOWN
    return f"{shown} and {counted(more, 'more', 'more')}" if more > 0 else shown or "none"
