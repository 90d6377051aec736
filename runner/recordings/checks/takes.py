"""Rules about takes: missing chapters, and lenses without their other half."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice

from runner.problems.problem import Note, Place, Problem, Rule, Severity
from runner.recordings.checks.listed import ListedFile
from runner.recordings.names import RecordingName
from runner.recordings.takes import Gap, Take, find_gaps, group_takes, lone_lenses, pair_lenses

SPLIT_CHAPTERS = Rule("M056", "split-chapters", Severity.WARNING)
CHAPTER_GAP = Rule("M057", "chapter-gap")
FORGOTTEN_CHAPTER = Rule("M058", "forgotten-chapter", Severity.WARNING)


@dataclass(frozen=True, slots=True)
class _Chapter:
    """A listed file with a camera's name; `number` counts the files of a recording."""

    entry: ListedFile
    name: RecordingName

    @property
    def number(self) -> int:
        return self.name.chapter

    @property
    def walk(self) -> Place:
        return self.entry.walk

    def neighbour(self, number: int) -> str | None:
        """The name of the chapter with another number, if the same folder has it."""
        return self.entry.neighbour(str(replace(self.name, chapter=number)))


def check_chapters(listed: Sequence[ListedFile]) -> Iterator[Problem]:
    """Yield recordings whose chapters are split over walkthroughs, or of which one is missing."""
    written = {entry.written.casefold() for entry in listed}
    # What tells neither by name nor by content belongs to no other, and there may be very many.
    takes = group_takes(entry for entry in listed if entry.name or entry.facts)
    of_any_camera = _numbers_of_any_camera(takes)
    for chapters in filter(None, map(_chapters, takes)):
        walks = [list(walk) for _, walk in groupby(chapters, lambda chapter: chapter.walk)]
        yield from _split(walks)
        yield from _forgotten(chapters, written)
        numbers = {chapter.number for chapter in chapters}
        numbers |= of_any_camera.get(chapters[0].name.local_start, set())
        for walk in walks:
            yield from _gaps(walk, numbers)


def _chapters(take: Take[ListedFile]) -> list[_Chapter]:
    """The files of a take that have a number, in the order of walkthrough and number."""
    named = [
        _Chapter(entry, entry.name)
        for entry in take.files
        if entry.name is not None and not entry.name.is_proxy
    ]
    return sorted(named, key=lambda chapter: (chapter.walk, chapter.number, chapter.name.lens))


def _numbers_of_any_camera(takes: Sequence[Take[ListedFile]]) -> dict[datetime, set[int]]:
    """Numbers of files that do not tell which of several cameras made them, by their start."""
    numbers: dict[datetime, set[int]] = defaultdict(set)
    for take in takes:
        for entry in take.files:
            if take.serial is None and entry.name is not None:
                numbers[entry.name.local_start].add(entry.name.chapter)
    return numbers


def _split(walks: Sequence[Sequence[_Chapter]]) -> Iterator[Problem]:
    first = walks[0][0].entry
    met: set[int] = set()
    for walk in walks:
        more = [chapter.entry for chapter in walk if chapter.number not in met]
        if met and more:
            message = f"`{more[0].written}` and files of {first.draft.label} are one recording"
            help_ = "list all its files in one walkthrough, if they are one walk"
            note = Note(first.place, "of the same recording")
            yield more[0].problem(SPLIT_CHAPTERS, message, help_, (note,))
        met |= {chapter.number for chapter in walk}


def _gaps(walk: Sequence[_Chapter], listed: Collection[int]) -> Iterator[Problem]:
    chapters = {chapter.number: chapter for chapter in reversed(walk)}
    for gap in find_gaps(chapter.entry for chapter in walk):
        between = range(gap.before + 1, gap.after)
        missing = list(islice((number for number in between if number not in listed), 2))
        if missing:
            yield _gap(gap, chapters[gap.after], missing)


def _gap(gap: Gap, after: _Chapter, missing: Sequence[int]) -> Problem:
    what = f"{missing[0]:03} is" if len(missing) == 1 else f"{missing[0]:03} and more are"
    ends = f"{gap.before:03} and {gap.after:03}"
    message = f"between the files {ends} of one recording, {what} missing"
    neighbour = after.neighbour(missing[0])
    lost = "if it is lost, list the parts before and after it as two walkthroughs"
    help_ = f"add `{neighbour}`, which lies beside it" if neighbour else lost
    problem = after.entry.problem if gap.is_sure else after.entry.suspicion
    return problem(CHAPTER_GAP, message, help_)


def _forgotten(recording: Sequence[_Chapter], written: Collection[str]) -> Iterator[Problem]:
    """Yield files just before a recording's first or after its last that are not listed."""
    first = min(recording, key=lambda chapter: chapter.number)
    last = max(recording, key=lambda chapter: chapter.number)
    for end, number in ((first, first.number - 1), (last, last.number + 1)):
        neighbour = end.neighbour(number) if number >= 0 else None
        if neighbour and neighbour.casefold() not in written:  # else it is another camera's
            message = f"`{neighbour}` of the same recording lies beside it and is not listed"
            yield end.entry.problem(
                FORGOTTEN_CHAPTER, message, "add it, if it is part of this walk"
            )


MISSING_LENS = Rule("M054", "missing-lens")
SPLIT_LENSES = Rule("M055", "split-lenses")


def check_lenses(listed: Sequence[ListedFile]) -> Iterator[Problem]:
    """Yield lens files whose partner is in another walkthrough, or nowhere."""
    alone = _without_partner(listed)
    elsewhere: dict[Place, ListedFile] = {}
    for take in group_takes(entry for entry in listed if entry.place in alone):
        for lens, other in pair_lenses(take.files):
            elsewhere |= {lens.place: other, other.place: lens}
    for entry in (entry for entry in listed if entry.place in alone):
        partner = elsewhere.get(entry.place)
        if partner is not None and partner.place < entry.place:
            yield _split_lenses(entry, partner)
        elif partner is None and entry.is_lens:
            yield _missing(entry)


def _without_partner(listed: Sequence[ListedFile]) -> set[Place]:
    """The places of lens files that have no partner in their walkthrough."""
    alone: dict[Place, list[ListedFile]] = defaultdict(list)
    for take in group_takes(entry for entry in listed if entry.name or entry.facts):
        walks: dict[Place, list[ListedFile]] = defaultdict(list)
        for entry in take.files:
            walks[entry.walk].append(entry)
        for walk, files in walks.items():
            alone[walk] += lone_lenses(files)
    return {entry.place for files in alone.values() for entry in lone_lenses(files)}


def _split_lenses(entry: ListedFile, partner: ListedFile) -> Problem:
    owner = partner.draft.label
    message = f"`{entry.written}` is one lens of a recording whose other is in {owner}"
    note = Note(partner.place, "the other lens")
    return entry.judged(SPLIT_LENSES, message, "list both in one walkthrough", (note,))


def _missing(entry: ListedFile) -> Problem:
    message = f"`{entry.written}` is one lens of two, and the other is not listed"
    return entry.judged(MISSING_LENS, message, _missing_help(entry))


def _missing_help(entry: ListedFile) -> str:
    if entry.name is None:
        return "add the file of the other lens, which the camera wrote at the same time"
    other = entry.name.partner_name()
    neighbour = entry.neighbour(other)
    if neighbour:
        return f"add `{neighbour}`, which lies beside it"
    return f"`{other}` is not in its folder"
