"""Own what the rules of the meaning layer look at."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from runner.manifest.document import Document
from runner.manifest.drafts import Draft, Resolved
from runner.manifest.routes import Way
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
        """Every way once: the routes', and those of walkthroughs that say something themselves."""
        ways = chain(self.resolved.routes, (draft.way for draft in self.drafts))
        yield from {id(way): way for way in ways}.values()


Check = Callable[[Context], Iterator[Problem]]
"""One rule of the meaning layer; it leaves alone what is missing or not sound."""
