"""Own what the rules of the meaning layer look at."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runner.manifest.courses import Way
from runner.manifest.document import Document
from runner.manifest.draft import Draft
from runner.manifest.resolve import Resolved
from runner.problems import Problem


@dataclass(frozen=True, slots=True)
class Context:
    """A manifest as far as it could be understood, and the day on which it is read."""

    document: Document
    resolved: Resolved
    today: dt.date

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The walkthroughs."""
        return self.resolved.drafts

    def ways(self) -> Iterator[Way]:
        """All ways that are described: the routes', and the walkthroughs'."""
        yield from (Way(course) for course in self.resolved.routes)
        yield from (draft.way for draft in self.drafts)


Check = Callable[[Context], Iterator[Problem]]
"""One rule of the meaning layer; it leaves alone what is missing or not sound."""
