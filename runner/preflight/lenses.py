"""Own the rules about pairs: where a recording is split by lens, one walk takes both files."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from runner.preflight.listed import Listed
from runner.problems import Note, Place, Problem
from runner.recordings.belonging import may_be_pair
from runner.rules.rule import Rule

MISSING_LENS = Rule("M054", "missing-lens")
SPLIT_LENSES = Rule("M055", "split-lenses")

_Partners = Mapping[Place, Listed]
_Key = Callable[[Listed], Hashable]


def check_lenses(listed: Sequence[Listed]) -> Iterator[Problem]:
    """Lens files whose partner is in another walkthrough, or nowhere."""
    candidates = [one for one in listed if one.is_lens or not one.is_sound]
    alone = list(_without_partner(candidates))
    elsewhere = _partners(alone, _moment)
    for one in alone:
        partner = elsewhere.get(one.place)
        if partner is not None and partner.place < one.place:
            yield _split(one, partner)
        elif partner is None and one.is_lens:
            yield _missing(one)


def _without_partner(listed: Iterable[Listed]) -> Iterator[Listed]:
    for _, walk in groupby(listed, key=lambda one: one.walk):
        entries = list(walk)
        partners = _partners(entries, lambda _: "this walk")
        yield from (one for one in entries if one.place not in partners)


def _partners(listed: Sequence[Listed], near: _Key) -> _Partners:
    """Who belongs to whom: by the camera's names, then by content among those with one key."""
    partners: dict[Place, Listed] = {}
    for key in (_named, near):
        buckets: dict[Hashable, list[Listed]] = {}
        for one in listed:
            if one.place not in partners and (found := key(one)) is not None:
                buckets.setdefault(found, []).append(one)
        for bucket in buckets.values():
            partners.update(_matched(bucket))
    return partners


def _matched(bucket: Iterable[Listed]) -> dict[Place, Listed]:
    """Partners in a bucket; a renamed file may be anybody's, and comes to those that wait."""
    partners: dict[Place, Listed] = {}
    waiting: dict[tuple[bool, int | None], list[Listed]] = {}
    for one in sorted(bucket, key=lambda one: one.name is None):
        own = (one.is_lens, one.lens)
        fitting = (known for kind in waiting if _fit(kind, own) for known in waiting[kind])
        other = next((known for known in fitting if _belong(known, one)), None)
        if other is None:
            waiting.setdefault(own, []).append(one)
        else:
            waiting[other.is_lens, other.lens].remove(other)
            partners |= {one.place: other, other.place: one}
    return partners


def _fit(one: tuple[bool, int | None], other: tuple[bool, int | None]) -> bool:
    """Whether one of two is a lens file, and they are not of the same lens."""
    return (one[0] or other[0]) and (one[1] is None or one[1] != other[1])


def _named(one: Listed) -> Hashable:
    return one.name.chapter_key if one.name else None


def _moment(one: Listed) -> Hashable:
    """What tells pairs apart among all walkthroughs, where names do not help."""
    start = one.info.local_start if one.info else None
    return (one.serial, start) if one.serial and start else None


def _belong(one: Listed, other: Listed) -> bool:
    """Whether nothing else that either says speaks against their being one recording's lenses."""
    if one.name and other.name and one.name.chapter_key != other.name.chapter_key:
        return False
    return one.info is None or other.info is None or may_be_pair(one.info, other.info)


def _split(one: Listed, partner: Listed) -> Problem:
    owner = partner.draft.label
    message = f"`{one.written}` is one lens of a recording whose other is in {owner}"
    note = Note(partner.place, "the other lens")
    return one.judged(SPLIT_LENSES, message, "list both in one walkthrough", (note,))


def _missing(one: Listed) -> Problem:
    message = f"`{one.written}` is one lens of two, and the other is not listed"
    return one.judged(MISSING_LENS, message, _where(one))


def _where(one: Listed) -> str:
    if one.name is None:
        return "add the file of the other lens, which the camera wrote at the same time"
    other = one.name.partner_name()
    beside = one.lies_beside(other)
    return f"add `{beside}`, which lies beside it" if beside else f"`{other}` is not in its folder"
