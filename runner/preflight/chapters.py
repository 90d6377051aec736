"""Own the rules about chapters: the files of one long recording, counted up in their names."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

from runner.preflight.listed import Listed
from runner.problems import Note, Place, Problem, Severity
from runner.recordings.belonging import Gap, find_gaps
from runner.recordings.names import RecordingName
from runner.rules.rule import Rule

SPLIT_CHAPTERS = Rule("M056", "split-chapters", Severity.WARNING)
CHAPTER_GAP = Rule("M057", "chapter-gap")
FORGOTTEN_CHAPTER = Rule("M058", "forgotten-chapter", Severity.WARNING)


@dataclass(frozen=True, slots=True)
class _Chapter:
    """A listed file to which a camera gave its name; `number` counts the files of a recording."""

    entry: Listed
    name: RecordingName

    @property
    def number(self) -> int:
        return self.name.chapter

    @property
    def walk(self) -> Place:
        return self.entry.walk

    def beside(self, number: int) -> str | None:
        """The chapter with another number, if it lies in the same folder."""
        return self.entry.lies_beside(str(replace(self.name, chapter=number)))


def check_chapters(listed: Sequence[Listed]) -> Iterator[Problem]:
    """Recordings whose chapters are in two walkthroughs, and those of which one is missing."""
    written = {one.written.casefold() for one in listed}
    for recording in _recordings(listed):
        walks = [list(walk) for _, walk in groupby(recording, lambda one: one.walk)]
        yield from _split(walks)
        yield from _forgotten(recording, written)
        numbers = {one.number for one in recording}
        for walk in walks:
            yield from _gaps(walk, numbers)


def _recordings(listed: Iterable[Listed]) -> Iterator[list[_Chapter]]:
    """The files of each press of a button, by walkthrough and number."""
    pressed: dict[Hashable, dict[str | None, list[_Chapter]]] = {}
    for one in listed:
        if one.name is not None and not one.name.is_proxy:
            cameras = pressed.setdefault(one.name.walk_key, {})
            cameras.setdefault(one.serial, []).append(_Chapter(one, one.name))
    for cameras in pressed.values():
        nameless = cameras.pop(None, [])  # may be of any
        for chapters in cameras.values() or [[]]:
            every = [*chapters, *nameless]
            yield sorted(every, key=lambda one: (one.walk, one.number, one.name.lens))


def _split(walks: Sequence[Sequence[_Chapter]]) -> Iterator[Problem]:
    first = walks[0][0].entry
    met: set[int] = set()
    for walk in walks:
        more = [one.entry for one in walk if one.number not in met]
        if met and more:
            message = f"`{more[0].written}` and files of {first.draft.label} are one recording"
            help_ = "list all its files in one walkthrough, if they are one walk"
            note = Note(first.place, "of the same recording")
            yield more[0].problem(SPLIT_CHAPTERS, message, help_, (note,))
        met |= {one.number for one in walk}


def _gaps(walk: Sequence[_Chapter], listed: Collection[int]) -> Iterator[Problem]:
    chapters = {one.number: one for one in reversed(walk)}
    for gap in find_gaps((one.number, one.entry.info) for one in walk):
        between = range(gap.before + 1, gap.after)
        missing = list(islice((number for number in between if number not in listed), 2))
        if missing:
            yield _gap(gap, chapters[gap.after], missing)


def _gap(gap: Gap, after: _Chapter, missing: Sequence[int]) -> Problem:
    what = f"{missing[0]:03} is" if len(missing) == 1 else f"{missing[0]:03} and more are"
    ends = f"{gap.before:03} and {gap.after:03}"
    message = f"between the files {ends} of one recording, {what} missing"
    beside = after.beside(missing[0])
    lost = "if it is lost, list the parts before and after it as two walkthroughs"
    help_ = f"add `{beside}`, which lies beside it" if beside else lost
    tell = after.entry.problem if gap.is_sure else after.entry.suspicion
    return tell(CHAPTER_GAP, message, help_)


def _forgotten(recording: Sequence[_Chapter], written: Collection[str]) -> Iterator[Problem]:
    """Files of the recording that lie before its first or after its last, and are not listed."""
    first = min(recording, key=lambda one: one.number)
    last = max(recording, key=lambda one: one.number)
    for one, number in ((first, first.number - 1), (last, last.number + 1)):
        beside = one.beside(number) if number >= 0 else None
        if beside and beside.casefold() not in written:  # else it is another camera's
            message = f"`{beside}` of the same recording lies beside it and is not listed"
            yield one.entry.problem(
                FORGOTTEN_CHAPTER, message, "add it, if it is part of this walk"
            )
