"""Own the flow of a scan: files found → looked into → compared → grouped into new walks."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from runner.recordings.identity import Identity
from runner.scan.finding import Listing, identify_file, list_files, look_into
from runner.scan.grouping import group, make_walk, without_spare
from runner.scan.model import Candidate, Found, Known, LeftOut, Owner, Reason, Scanned, Walk
from runner.scan.sorting import why_no_walk

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Looked:
    """News of a scan: how many files have been looked into, and how many there are."""

    done: int
    total: int


Listener = Callable[[Looked], None]


@dataclass(frozen=True, slots=True)
class Edges:
    """What a scan needs from outside: the day it is, threads to read in, and who is told."""

    today: dt.date
    executor: Executor
    listener: Listener


def scan_folder(folder: str, prefix: str, known: Known, edges: Edges) -> Scanned:
    """Look at everything below a folder; `prefix` is its path inside the media root.

    Raises OSError when the folder itself cannot be opened.
    """
    listing = list_files(folder, prefix)
    found = _look(listing, edges)
    likeness = _compare(found, known, edges.executor)
    scanned = arrange(found, likeness, edges.today)
    return Scanned(scanned.walks, (*listing.left_out, *scanned.left_out))


def _look(listing: Listing, edges: Edges) -> list[Found]:
    total = len(listing.candidates)
    found: list[Found] = []
    for some in edges.executor.map(_look_into_all, _in_batches(listing.candidates)):
        found += some
        edges.listener(Looked(len(found), total))
    return found


def _look_into_all(candidates: Sequence[Candidate]) -> list[Found]:
    return [look_into(one) for one in candidates]


def _in_batches(items: Sequence[Candidate]) -> list[Sequence[Candidate]]:
    """Handing one file at a time to a thread would take longer than reading it."""
    return [items[i : i + _BATCH] for i in range(0, len(items), _BATCH)]


@dataclass(frozen=True, slots=True)
class Likeness:
    """By path: who has a file already, and the identity of those that may equal another."""

    owners: Mapping[str, Owner]
    identities: Mapping[str, Identity]


def _compare(found: Sequence[Found], known: Known, executor: Executor) -> Likeness:
    """Find what is known. Only files with the size of another are worth a longer look."""
    owners = {one.path: one.owner for one in known.listed}
    strange = [one for one in found if one.size and one.path not in owners]
    count = Counter(one.size for one in strange)
    sizes = {one.size for one in known.listed} | {one.length for one in known.in_ledger}
    alike = [one for one in strange if count[one.size] > 1 or one.size in sizes]
    identities = _identify([(one.path, one.location) for one in alike], executor)
    asked = [one for one in known.listed if count[one.size]]
    listed = _identify([(one.path, one.location) for one in asked], executor)
    owner_of = {**{listed[o.path]: o.owner for o in asked if o.path in listed}, **known.in_ledger}
    owners.update({p: owner_of[one] for p, one in identities.items() if one in owner_of})
    return Likeness(owners, identities)


def _identify(files: Sequence[tuple[str, str]], executor: Executor) -> dict[str, Identity]:
    locations = [location for _, location in files]
    told = executor.map(identify_file, locations)
    return {path: one for (path, _), one in zip(files, told, strict=True) if one}


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
        files, spare = without_spare(files)
        broken = "broken, and a whole one is there"
        self.left_out += [LeftOut(Reason.COPY, (one.path,), broken) for one in spare]
        old = [owners[one.path] for one in files if one.path in owners]
        new = [one for one in files if one.path not in owners]
        self.left_out += [
            LeftOut(owners[one.path][0], (one.path,)) for one in files if one.path in owners
        ]
        if new:
            made = _half_known(new, old[0][1]) if old else make_walk(new, self.today)
            self._put(made)

    def _put(self, made: Walk | LeftOut) -> None:
        if isinstance(made, Walk):
            self.walks.append(made)
        else:
            self.left_out.append(made)


def _half_known(new: Sequence[Found], owner: str) -> LeftOut:
    detail = f"`{owner}` has other files of this walk; add these to it by hand"
    return LeftOut(Reason.HALF_KNOWN, tuple(one.path for one in new), detail)
