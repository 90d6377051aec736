"""The pages of a pick server: what renders and saves them, and whether one is open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.base.clock import Clock

GRACE = 3.0
"""Seconds without a page after which the server ends; a reload takes less."""


Save = Callable[[Mapping[str, Any]], str]
"""Writes what a page sent and returns a message for it.

Raises SitewalkError when it cannot be written; KeyError, TypeError or ValueError for other data.
"""


@dataclass(frozen=True, slots=True)
class Handlers:
    """What the server calls: `page` renders the page for each visit, `save` writes positions.

    `frames` makes the frames of the walk with a key, as data URIs.
    """

    page: Callable[[], str]
    save: Save
    frames: Callable[[str], Sequence[str]] = lambda _: ()


class OpenPages:
    """Counts open pages; the last one has `grace` seconds to be loaded again."""

    def __init__(self, clock: Clock, grace: float) -> None:
        self._clock = clock
        self._grace = grace
        self._count = 0
        self._empty_since: float | None = None

    def opened(self) -> None:
        """A page was loaded."""
        self._count += 1
        self._empty_since = None

    def closed(self) -> None:
        """A page was closed, or is loaded again."""
        self._count = max(self._count - 1, 0)
        if self._count == 0:
            self._empty_since = self._clock.monotonic()

    @property
    def are_gone(self) -> bool:
        """Whether the last page was closed more than `grace` seconds ago."""
        since = self._empty_since
        return since is not None and self._clock.monotonic() - since > self._grace
