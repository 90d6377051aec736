"""Listed files: a recording as a walkthrough lists it, with everything the rules look at."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from runner.manifest.meaning.drafts import Draft
from runner.manifest.model import Walkthrough
from runner.problems.problem import Note, Place, Problem, Rule, Severity
from runner.recordings.files import RecordingFile, title_of
from runner.recordings.insv.facts import InsvFacts
from runner.recordings.names import RecordingName, parse_name
from runner.recordings.takes import TakeFile


@dataclass(frozen=True, slots=True)
class ListedFile(TakeFile):
    """One entry of a walkthrough's `files`.

    `walkthrough` is None in a manifest with errors. `file` is None when there is none on disk that
    could be read. `name` holds the parts of a camera's file name; it is only a hint.
    """

    draft: Draft
    walkthrough: Walkthrough | None
    place: Place
    written: str
    file: RecordingFile | None
    name: RecordingName | None

    @property
    def walk(self) -> Place:
        """The place of its walkthrough, which tells that from all others."""
        return self.draft.place

    @property
    def facts(self) -> InsvFacts | None:
        """What the file says of itself; None when it is no recording."""
        return self.file.info if self.file else None

    @property
    def is_proxy(self) -> bool:
        """Whether it is the small copy of a recording, not a recording of its own."""
        return self.facts is not None and self.facts.looks_like_proxy

    @property
    def start(self) -> dt.datetime | None:
        """The start by the camera's clock, without a time zone."""
        return self.clock or (self.name.local_start if self.name else None)

    @property
    def end(self) -> dt.datetime | None:
        """The end by the camera's clock, without a time zone."""
        seconds = self.facts.duration if self.facts else None
        if self.start is None or seconds is None:
            return None
        return self.start + dt.timedelta(seconds=seconds)

    def neighbour(self, name: str) -> str | None:
        """The name as the manifest would write it, if its folder has such a file; else None."""
        if self.file is None or name.casefold() not in self.file.neighbours:
            return None
        return str(PurePosixPath(self.written).with_name(name))

    def problem(
        self, rule: Rule, message: str, help_: str, notes: tuple[Note, ...] = ()
    ) -> Problem:
        """The problem of a rule that this recording breaks, whichever camera made it."""
        return rule.problem(message, self.place, help_, notes)

    def judged(self, rule: Rule, message: str, help_: str, notes: tuple[Note, ...] = ()) -> Problem:
        """The problem of a rule that depends on the camera: only a warning for an unknown one."""
        if self.facts is not None and self.facts.camera_is_known:
            return self.problem(rule, message, help_, notes)
        return self.suspicion(rule, message, help_, notes)

    def suspicion(
        self, rule: Rule, message: str, help_: str, notes: tuple[Note, ...] = ()
    ) -> Problem:
        """The warning of a rule that this recording seems to break, too uncertain to refuse it."""
        return replace(self.problem(rule, message, help_, notes), severity=Severity.WARNING)


def listed_in(
    drafts: Iterable[Draft],
    files: Mapping[str, RecordingFile],
    walkthroughs: Iterable[Walkthrough] = (),
) -> Iterator[ListedFile]:
    """Yield all entries of a manifest's walkthroughs, with the files found under their names."""
    whole = {walkthrough.place: walkthrough for walkthrough in walkthroughs}
    for draft in drafts:
        for written, place in zip(draft.files, draft.file_places, strict=True):
            name = parse_name(title_of(written))
            yield ListedFile(
                draft, whole.get(draft.place), place, written, files.get(written), name
            )


def each_once(listed: Iterable[ListedFile]) -> tuple[ListedFile, ...]:
    """The entries without those that repeat a recording, which is a problem of its own."""
    kept: dict[str, ListedFile] = {}
    for entry in listed:
        written = f"{entry.place.file} {entry.written}"
        kept.setdefault(str(entry.file.identity) if entry.file else written, entry)
    return tuple(kept.values())
