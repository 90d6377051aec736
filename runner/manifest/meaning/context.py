"""What the rules of the meaning layer look at."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from runner.manifest.meaning.drafts import Draft, Resolved
from runner.manifest.meaning.routes import EffectiveRoute
from runner.manifest.yaml.document import Document
from runner.problems.problem import Problem


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

    def effective_routes(self) -> Iterator[EffectiveRoute]:
        """Each once: the routes themselves, and those of walkthroughs with values of their own."""
        found = chain(self.resolved.routes, (draft.effective_route for draft in self.drafts))
        yield from {id(route): route for route in found}.values()


Check = Callable[[Context], Iterator[Problem]]
"""One rule of the meaning layer; it leaves alone what is missing or not sound."""
