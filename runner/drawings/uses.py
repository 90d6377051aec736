"""Own how large a drawing grows where parts of it are repeated: `use` repeats what repeats."""

from collections import Counter, defaultdict

MOST_ELEMENTS = 2_000_000
"""Elements after all repetition; a dense plan of a floor has about 100,000."""

_DEEPEST = 20


class OvergrownError(Exception):
    """The drawing repeats itself beyond what a browser can show."""


class Uses:
    """Counts a drawing's elements and follows who repeats whom, without the drawing itself."""

    def __init__(self) -> None:
        self._open: list[str] = [""]
        self._weights: Counter[str] = Counter()
        self._repeats: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def start(self, id_: str, repeated: str) -> None:
        """An element begins; `repeated` is the id it repeats, or nothing."""
        self._open.append(id_ or self._open[-1])
        for name in set(self._open):
            self._weights[name] += 1
            if repeated:
                self._repeats[name][repeated] += 1

    def end(self) -> None:
        """The innermost open element ends."""
        self._open.pop()

    def check(self) -> None:
        """Raise OvergrownError when the whole is too large, or repeats itself."""
        if self._grown("", {}, 0) > MOST_ELEMENTS:
            raise OvergrownError

    def _grown(self, id_: str, known: dict[str, int], depth: int) -> int:
        if depth > _DEEPEST:
            raise OvergrownError
        if id_ not in known:
            inner = self._repeats[id_].items()
            total = sum(times * self._grown(one, known, depth + 1) for one, times in inner)
            known[id_] = self._weights[id_] + total
        return known[id_]
