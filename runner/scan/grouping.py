"""Own the grouping: which files came from one press of the button, and whether all are there."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from runner.preflight.times import FIRST_CAMERA
from runner.recordings.belonging import find_gaps, may_be_pair
from runner.scan.model import Found, LeftOut, Reason, Walk

_CLOCK_SLACK = dt.timedelta(seconds=5)
_LONGEST_WALK = dt.timedelta(hours=12)

_Press = tuple[str | None, dt.datetime]


def group(files: Iterable[Found]) -> list[tuple[Found, ...]]:
    """The files of each press of the button, in the order in which they were recorded.

    One camera cannot be started twice in one second, so its serial number and that second tell
    presses apart. A file too broken to tell its camera joins the only one that fits its name.
    """
    presses: dict[_Press, list[Found]] = defaultdict(list)
    alone: list[tuple[Found, ...]] = []
    nameless: list[tuple[Found, dt.datetime]] = []
    for found in sorted(files, key=lambda one: one.path):
        start = _pressed(found)
        if start is None:
            alone.append((found,))
        elif found.serial is None:
            nameless.append((found, start))
        else:
            presses[found.serial, start].append(found)
    _let_join(presses, nameless)
    return [*(tuple(sorted(files, key=_order)) for files in presses.values()), *alone]


def _let_join(
    presses: dict[_Press, list[Found]], nameless: Iterable[tuple[Found, dt.datetime]]
) -> None:
    cameras: dict[dt.datetime, list[_Press]] = defaultdict(list)
    for press in presses:
        cameras[press[1]].append(press)
    for found, start in nameless:
        fitting = cameras[start]
        presses[fitting[0] if len(fitting) == 1 else (None, start)].append(found)


def _pressed(found: Found) -> dt.datetime | None:
    """The second of the press: the name's, which all chapters share, unless the content differs."""
    named, told = found.name.local_start if found.name else None, found.clock
    if named is None or told is None:
        return named or told
    return named if -_CLOCK_SLACK <= told - named <= _LONGEST_WALK else told


def _order(found: Found) -> tuple[int, int, str]:
    return (found.chapter or 0, found.lens or 0, found.path)


def make_walk(files: Sequence[Found], today: dt.date) -> Walk | LeftOut:
    """A walk of the files of one press, or why they make none."""
    fault = next(_faults(files), None)
    if fault is None:
        return Walk(tuple(files), _start(files, today))
    reason, detail = fault
    return LeftOut(reason, tuple(one.path for one in files), detail)


def without_spare(files: Sequence[Found]) -> tuple[list[Found], list[Found]]:
    """The files of one press, and the broken ones among them of which there is a whole one."""
    whole = {_slot(one) for one in files if not one.is_broken and one.chapter is not None}
    spare = [one for one in files if one.is_broken and _slot(one) in whole]
    return [one for one in files if one not in spare], spare


def without_previews(files: Sequence[Found]) -> tuple[list[Found], list[Found]]:
    """The files of one press, and the small ones among them where there are larger ones."""
    small = [one for one in files if one.facts and one.facts.is_small]
    larger = [one for one in files if one not in small]
    return (larger, small) if any(not one.is_broken for one in larger) else ([*files], [])


def _slot(found: Found) -> tuple[int | None, int | None]:
    return (found.chapter, found.lens)


def _faults(files: Sequence[Found]) -> Iterator[tuple[Reason, str]]:
    for one in files:
        if one.is_broken:
            yield Reason.BROKEN, f"{one.title} {one.trouble}" if len(files) > 1 else one.trouble
    slots = Counter(_slot(one) for one in files if one.chapter is not None)
    for (chapter, lens), count in slots.items():
        if count > 1:
            detail = f"{count} different files say they are lens {lens} of number {chapter:03d}"
            yield Reason.INCOMPLETE, f"{detail}; keep the right one"
    yield from _missing_lenses(files)
    yield from _missing_chapters(files)


def _missing_chapters(files: Sequence[Found]) -> Iterator[tuple[Reason, str]]:
    chapters = ((one.chapter, one.facts) for one in files if one.chapter is not None)
    for gap in find_gaps(chapters):
        if gap.is_sure:
            several = f" to {gap.after - 1:03d}" if gap.after > gap.before + 2 else ""
            missing = f"number {gap.before + 1:03d}{several} between its files"
            yield Reason.INCOMPLETE, f"{missing} is missing"


def _missing_lenses(files: Sequence[Found]) -> Iterator[tuple[Reason, str]]:
    alone = _without_partner(one for one in files if _is_known_half(one))
    for one, next_ in pairwise(alone):
        if one.chapter == next_.chapter and one.lens != next_.lens:
            detail = f"{one.title} and {next_.title} differ in start or length, as lenses never do"
            yield Reason.INCOMPLETE, detail
    for half in alone:
        which = half.title if len(files) > 1 else "it"
        other = half.name.partner_name() if half.name else "the other"
        yield Reason.INCOMPLETE, f"{which} holds one of two lenses, and {other} is missing"


def _is_known_half(one: Found) -> bool:
    return bool(one.facts and one.facts.is_half and one.facts.camera_is_known)


def _without_partner(halves: Iterable[Found]) -> list[Found]:
    """Those left over when all are put together that may be; by their names first."""
    alone: list[Found] = []
    for half in sorted(halves, key=lambda one: one.chapter is None):
        partner = next((one for one in alone if _are_partners(one, half)), None)
        if partner is None:
            alone.append(half)
        else:
            alone.remove(partner)
    return alone


def _are_partners(one: Found, other: Found) -> bool:
    if not one.facts or not other.facts or not may_be_pair(one.facts, other.facts):
        return False
    same_chapter = one.chapter == other.chapter or None in (one.chapter, other.chapter)
    return same_chapter and (one.lens != other.lens or one.lens is None)


def _start(files: Sequence[Found], today: dt.date) -> dt.datetime | None:
    """When the walk began: by the camera's clock in the files, else by their names."""
    told = sorted(one.clock for one in files if one.clock)
    named = sorted(one.name.local_start for one in files if one.name)
    tomorrow = today + dt.timedelta(days=1)  # where it is already, for a camera from there
    return next((at for at in (*told, *named) if FIRST_CAMERA <= at.date() <= tomorrow), None)
