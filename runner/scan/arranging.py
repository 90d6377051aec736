"""Own the arranging: every file that was found ends in a new walk, or is left out for a reason."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from runner.recordings.identity import Identity
from runner.scan.grouping import group, make_walk, without_previews, without_spare
from runner.scan.model import Found, LeftOut, Likeness, Owner, Reason, Scanned, Walk
from runner.scan.sorting import why_no_walk


def arrange(found: Iterable[Found], likeness: Likeness, today: dt.date) -> Scanned:
    """Make walks of all files that are new and whole, and say of every other one why not."""
    heaps = _Heaps(today)
    fit = heaps.keep_fit(found)
    for files in group(heaps.keep_one_of_each(fit, likeness.identities)):
        heaps.decide(files, likeness.owners)
    return Scanned(tuple(sorted(heaps.walks, key=_by_time)), tuple(heaps.left_out))


def _by_time(walk: Walk) -> tuple[bool, str, str]:
    """Those that nobody knows the time of come last."""
    return (walk.start is None, str(walk.start), walk.first.path)


@dataclass(slots=True)
class _Heaps:
    """New walks on one heap, everything else on the other."""

    today: dt.date
    walks: list[Walk] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def keep_fit(self, found: Iterable[Found]) -> list[Found]:
        """The files that can be part of a walk."""
        looked = [(one, why_no_walk(one)) for one in found]
        self.left_out += [why for _, why in looked if why]
        return [one for one, why in looked if why is None]

    def keep_one_of_each(
        self, found: Iterable[Found], identities: Mapping[str, Identity]
    ) -> list[Found]:
        """Of equal files the first in the alphabet."""
        first: dict[Identity | str, Found] = {}
        for one in sorted(found, key=lambda one: one.path):
            kept = first.setdefault(identities.get(one.path, one.path), one)
            if kept is not one:
                self.left_out.append(LeftOut(Reason.COPY, (one.path,), f"equal to {kept.path}"))
        return list(first.values())

    def decide(self, files: Sequence[Found], owners: Mapping[str, Owner]) -> None:
        """Put the files of one press of the button where they belong, together."""
        files, previews = without_previews(files)
        self.left_out += [LeftOut(Reason.PROXY, (one.path,)) for one in previews]
        files, spare = without_spare(files)
        broken = "broken, and a whole one is there"
        self.left_out += [LeftOut(Reason.COPY, (one.path,), broken) for one in spare]
        old = [owners[one.path] for one in files if one.path in owners]
        new = [one for one in files if one.path not in owners]
        self.left_out += [
            LeftOut(owners[one.path][0], (one.path,)) for one in files if one.path in owners
        ]
        if new:
            self._put(_rest_of(new, old[0][1]) if old else make_walk(new, self.today))

    def _put(self, made: Walk | LeftOut) -> None:
        if isinstance(made, Walk):
            self.walks.append(made)
        else:
            self.left_out.append(made)


def _rest_of(files: Sequence[Found], owner: str) -> LeftOut:
    """What is on a card of a walk that a walkthrough has without it."""
    paths = tuple(one.path for one in files)
    if all(one.is_broken for one in files):
        return LeftOut(Reason.BROKEN, paths, f"{files[0].trouble} (`{owner}` has the rest)")
    detail = f"`{owner}` has other files of this walk; add these to it by hand"
    return LeftOut(Reason.HALF_KNOWN, paths, detail)
