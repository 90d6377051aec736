"""Own the step from the section `walkthroughs` to Drafts."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.manifest.courses import NO_ROUTE, NOTHING_SAID, UNKNOWN_ROUTE, Way, read_course
from runner.manifest.draft import Draft
from runner.manifest.names import Names
from runner.manifest.notation import parse_date
from runner.manifest.sound import Path, Sound
from runner.rules.meaning import IMPOSSIBLE_DATE
from runner.rules.schema import MISSING_KEY
from runner.units import counted, shorten

_REQUIRED = ("drawing", "start_position", "end_position")


@dataclass(frozen=True, slots=True)
class Drafting:
    """Makes drafts of a document's walkthroughs, which follow the ways of its routes."""

    sound: Sound
    drawings: Names
    routes: Names
    ways: Mapping[str, Way]

    def draft(self, path: Path) -> Draft:
        """The walkthrough at a path, as far as it is sound."""
        data = self.sound.mapping(path)
        files = list(self.sound.items((*path, "files")))
        places = self.sound.document.item_places((*path, "files")) if files else ()
        return Draft(
            path=path,
            place=self.sound.document.place((*path, "id")),
            way=self._way(path, data.get("route")),
            id=data.get("id"),
            name=data.get("name"),
            date=self._date(path, data.get("date")),
            route=data.get("route"),
            files=tuple(name for _, name in files),
            file_places=tuple(places[index] for index, _ in files),
            entry=self.sound.document.place(path),
        )

    def _way(self, path: Path, route: str | None) -> Way:
        """The way it says itself or follows; those who only follow share one."""
        own = read_course(self.sound, path, self.drawings)
        followed = self._followed(path, route)
        return followed if own is NOTHING_SAID else Way(own, followed.taken)

    def _followed(self, path: Path, route: str | None) -> Way:
        if route is not None:
            self.routes.use(route, (*path, "route"))
            return self.ways.get(route, UNKNOWN_ROUTE)
        if self.sound.knows((*path, "route")):
            return NO_ROUTE
        self.routes.doubt()
        return UNKNOWN_ROUTE

    def _date(self, path: Path, text: str | None) -> dt.date | None:
        if text is None:
            return None
        try:
            return parse_date(text)
        except ValueError:
            message, help_ = f"there is no day {text}", "check the day and the month"
            self.sound.report(IMPOSSIBLE_DATE, message, (*path, "date"), help_)
            return None


def report_missing(sound: Sound, drafts: Iterable[Draft]) -> None:
    """Report what neither a walkthrough nor its route says; what a route lacks, once."""
    lacking: dict[tuple[str | Path, str], list[Draft]] = {}
    for draft in drafts:
        for key in _REQUIRED:
            if key in draft.way.missing:
                lacking.setdefault((draft.route or draft.path, key), []).append(draft)
    for (_, key), (first, *others) in lacking.items():
        message = f"walkthrough {first.label} has no `{key}`"
        help_ = "write it here, or name a `route` that has it"
        if first.route is not None:
            message += f", nor has its route `{shorten(first.route, 60)}`"
            help_ = "write it here or, for all that take it, in the route"
        if others:
            help_ += f"; so it is with {counted(len(others), 'more walkthrough')}"
        sound.report(MISSING_KEY, message, first.path, help_)
