"""Own the ids and names of new walkthroughs: readable, and the same whenever they are made."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Collection, Sequence

from runner.diagnostics.printable import printable
from runner.scan.model import Walk
from runner.units import shorten

_WIDTH = 200


def give_ids(walks: Sequence[Walk], taken: Collection[str]) -> list[str]:
    """An id for each walk, from its start alone where that tells it from all others.

    Whoever scans the same recordings again, without the first manifest, gets the same ids: so the
    ledger knows the walks again, and none is uploaded twice.
    """
    bases = [_base(walk) for walk in walks]
    count = Counter([*bases, *taken])
    used = set(taken)
    ids = []
    for walk, base in zip(walks, bases, strict=True):
        is_plain = count[base] == 1 and walk.start is not None
        id_ = base if is_plain else _unused(f"{base}-{_fingerprint(walk)}", used)
        used.add(id_)
        ids.append(id_)
    return ids


def _base(walk: Walk) -> str:
    return f"walk-{walk.start:%Y-%m-%d-%H%M%S}" if walk.start else "walk-undated"


def _fingerprint(walk: Walk) -> str:
    """Eight digits that tell apart what began in the same second, or nobody knows when."""
    first = walk.first
    told = f"{first.serial}-{first.clock}-{first.size}"
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def _unused(id_: str, used: Collection[str]) -> str:
    number, tried = 1, id_
    while tried in used:
        number += 1
        tried = f"{id_}-{number}"
    return tried


def walk_name(start: dt.datetime, route: str | None) -> str:
    """What Evercam shows: `Walk, 20 January 2026, 10:15`, or the route's name for `Walk`."""
    what = shorten(printable(route), _WIDTH) if route else "Walk"
    return f"{what}, {start.day} {start:%B %Y, %H:%M}"  # in English: nobody sets a locale
