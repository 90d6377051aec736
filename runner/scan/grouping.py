"""Grouping the files that were found by take: into new walks, or left out for a reason."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from runner.recordings.checks.when_and_where import FIRST_CAMERA
from runner.recordings.identity import Identity
from runner.recordings.takes import find_gaps, group_takes, lone_lenses
from runner.scan.model import Duplicates, LeftOut, NewWalk, Owner, Reason, Scanned, ScannedFile


def sort_files(found: Iterable[ScannedFile], duplicates: Duplicates, today: dt.date) -> Scanned:
    """Sort files into new walks and files left out; `today` bounds the dates of walks."""
    sorter = _Sorter(today)
    fit = sorter.keep_fit(found)
    for take in group_takes(sorter.keep_one_of_each(fit, duplicates.identities)):
        sorter.decide(sorted(take.files, key=_order), duplicates.owners)
    return Scanned(tuple(sorted(sorter.walks, key=_by_time)), tuple(sorter.left_out))


def _order(file: ScannedFile) -> tuple[int, int, str]:
    return (file.chapter or 0, file.lens or 0, file.path)


def _by_time(walk: NewWalk) -> tuple[bool, str, str]:
    """The sort key of a walk: by start; walks of unknown time come last."""
    return (walk.start is None, str(walk.start), walk.first.path)


@dataclass(slots=True)
class _Sorter:
    """Collects new walks on one side, and everything left out on the other."""

    today: dt.date
    walks: list[NewWalk] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def keep_fit(self, found: Iterable[ScannedFile]) -> list[ScannedFile]:
        """The files that can be part of a walk, broken ones included."""
        fit = []
        for file in found:
            if file.fault is None or file.is_broken:
                fit.append(file)
            else:
                self._leave_out(file.fault, [file], file.trouble)
        return fit

    def keep_one_of_each(
        self, found: Iterable[ScannedFile], identities: Mapping[str, Identity]
    ) -> list[ScannedFile]:
        """The first by path of each group of equal files."""
        first: dict[Identity | str, ScannedFile] = {}
        for file in sorted(found, key=lambda file: file.path):
            kept = first.setdefault(identities.get(file.path, file.path), file)
            if kept is not file:
                self._leave_out(Reason.COPY, [file], f"equal to {kept.path}")
        return list(first.values())

    def decide(self, files: Sequence[ScannedFile], owners: Mapping[str, Owner]) -> None:
        """Put the files of one take together where they belong."""
        files, previews = _without_previews(files)
        self._leave_out(Reason.PROXY, previews, "a small copy of the same walk")
        files, spare = _without_spare(files)
        self._leave_out(Reason.COPY, spare, "broken, and a whole one is there")
        old = [owners[file.path] for file in files if file.path in owners]
        new = [file for file in files if file.path not in owners]
        for file in files:
            if file.path in owners:
                self._leave_out(owners[file.path][0], [file])
        if new:
            self._put(_rest_of(new, old[0][1]) if old else make_walk(new, self.today))

    def _leave_out(self, reason: Reason, files: Iterable[ScannedFile], detail: str = "") -> None:
        self.left_out += [LeftOut(reason, (file.path,), detail) for file in files]

    def _put(self, made: NewWalk | LeftOut) -> None:
        if isinstance(made, NewWalk):
            self.walks.append(made)
        else:
            self.left_out.append(made)


def _rest_of(files: Sequence[ScannedFile], owner: str) -> LeftOut:
    """The files of a walk that a walkthrough has without them."""
    paths = tuple(file.path for file in files)
    if all(file.is_broken for file in files):
        return LeftOut(Reason.BROKEN, paths, f"{files[0].trouble} (`{owner}` has the rest)")
    detail = f"`{owner}` has other files of this walk; add these to it by hand"
    return LeftOut(Reason.HALF_KNOWN, paths, detail)


def make_walk(files: Sequence[ScannedFile], today: dt.date) -> NewWalk | LeftOut:
    """Make a walk of the files of one take, or say why they make none."""
    fault = next(_faults(files), None)
    if fault is None:
        return NewWalk(tuple(files), _start(files, today))
    reason, detail = fault
    return LeftOut(reason, tuple(file.path for file in files), detail)


def _without_spare(
    files: Sequence[ScannedFile],
) -> tuple[list[ScannedFile], list[ScannedFile]]:
    """The files of one take to use, and the broken ones of which there is a whole copy."""
    whole = {_slot(file) for file in files if not file.is_broken and file.chapter is not None}
    spare = [file for file in files if file.is_broken and _slot(file) in whole]
    return [file for file in files if file not in spare], spare


def _without_previews(
    files: Sequence[ScannedFile],
) -> tuple[list[ScannedFile], list[ScannedFile]]:
    """The files of one take to use, and the small copies among them."""
    small = [file for file in files if file.facts and file.facts.is_small]
    larger = [file for file in files if file not in small]
    return (larger, small) if any(not file.is_broken for file in larger) else ([*files], [])


def _slot(file: ScannedFile) -> tuple[int | None, int | None]:
    return (file.chapter, file.lens)


def _faults(files: Sequence[ScannedFile]) -> Iterator[tuple[Reason, str]]:
    for file in files:
        if file.is_broken:
            named = f"{file.title} {file.trouble}" if len(files) > 1 else file.trouble
            yield Reason.BROKEN, named
    slots = Counter(_slot(file) for file in files if file.chapter is not None)
    for (chapter, lens), count in slots.items():
        if count > 1:
            detail = f"{count} different files say they are lens {lens} of number {chapter:03d}"
            yield Reason.INCOMPLETE, f"{detail}; keep the right one"
    yield from _missing_lenses(files)
    yield from _missing_chapters(files)


def _missing_chapters(files: Sequence[ScannedFile]) -> Iterator[tuple[Reason, str]]:
    for gap in find_gaps(files):
        if gap.is_sure:
            several = f" to {gap.after - 1:03d}" if gap.after > gap.before + 2 else ""
            missing = f"number {gap.before + 1:03d}{several} between its files"
            yield Reason.INCOMPLETE, f"{missing} is missing"


def _missing_lenses(files: Sequence[ScannedFile]) -> Iterator[tuple[Reason, str]]:
    alone = [file for file in lone_lenses(files) if file.facts and file.facts.camera_is_known]
    for file, next_ in pairwise(alone):
        if file.chapter == next_.chapter and file.lens != next_.lens:
            detail = f"{file.title} and {next_.title} differ in start or length, as lenses never do"
            yield Reason.INCOMPLETE, detail
    for half in alone:
        which = half.title if len(files) > 1 else "it"
        other = half.name.partner_name() if half.name else "the other"
        yield Reason.INCOMPLETE, f"{which} holds one of two lenses, and {other} is missing"


def _start(files: Sequence[ScannedFile], today: dt.date) -> dt.datetime | None:
    """When the walk began: by the camera's clock in the files, else by their names."""
    stated = sorted(file.clock for file in files if file.clock)
    named = sorted(file.name.local_start for file in files if file.name)
    tomorrow = today + dt.timedelta(days=1)  # where it is already, for a camera from there
    return next((at for at in (*stated, *named) if FIRST_CAMERA <= at.date() <= tomorrow), None)
