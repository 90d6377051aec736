"""Writing new walks: as entries of a manifest, with ids and names, or as a whole manifest."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from runner.base.wording import duration, printable, shorten, size
from runner.manifest.edit.adding import Entry, block_lines
from runner.manifest.schema.placeholders import TODO
from runner.manifest.yaml.scalars import quoted
from runner.recordings.insv.facts import GpsFix
from runner.scan.model import NewWalk

_DRAWING = "level-1"
_WIDTH = 200
_HEAD = f"""\
# Made by `sitewalk scan`. Write what belongs where {TODO} stands: `sitewalk validate` says what.
version: 1
"""
_HINT = f"""\
# Walks that are repeated can be named once; a walk then says `route: level-1-loop` in place of
# its drawing and positions, and `sitewalk scan --route level-1-loop` writes that by itself.
# routes:
#   level-1-loop: {{drawing: {_DRAWING}, start_position: "0.12, 0.88", end_position: "0.90, 0.15"}}
"""


def entries_of(walks: Sequence[NewWalk], route: str | None, in_use: Collection[str]) -> list[Entry]:
    """Walks as entries of a manifest whose other walkthroughs have the ids `in_use`."""
    ids = give_ids(walks, in_use)
    return [_entry(walk, id_, route) for walk, id_ in zip(walks, ids, strict=True)]


def _entry(walk: NewWalk, id_: str, route: str | None) -> Entry:
    values: dict[str, str | Sequence[str]] = {"id": id_}
    comments = {"id": _about(walk)}
    if walk.start:
        values |= {"name": walk_name(walk.start, route), "date": f"{walk.start:%Y-%m-%d}"}
    else:
        values["date"] = TODO
        comments["date"] = _why_undated(walk)
    if route is None:
        values |= {"drawing": TODO, "start_position": TODO, "end_position": TODO}
        comments |= _gps_hints(walk)
    else:
        values["route"] = route
    values["files"] = [file.path for file in walk.files]
    return Entry(values, comments)


def give_ids(walks: Sequence[NewWalk], in_use: Collection[str]) -> list[str]:
    """Give each walk an id, from its start alone where that is unique.

    Scanning the same recordings again, even without the first manifest, gives the same ids. So the
    ledger recognises the walks, and none is uploaded twice.
    """
    bases = [_base(walk) for walk in walks]
    count = Counter([*bases, *in_use])
    used = set(in_use)
    ids = []
    for walk, base in zip(walks, bases, strict=True):
        is_plain = count[base] == 1 and walk.start is not None
        id_ = base if is_plain else _unused(f"{base}-{_fingerprint(walk)}", used)
        used.add(id_)
        ids.append(id_)
    return ids


def _base(walk: NewWalk) -> str:
    return f"walk-{walk.start:%Y-%m-%d-%H%M%S}" if walk.start else "walk-undated"


def _fingerprint(walk: NewWalk) -> str:
    """Eight digits that tell apart walks with the same start, or an unknown one."""
    first = walk.first
    first_file = f"{first.serial}-{first.clock}-{first.size}"
    return hashlib.sha256(first_file.encode()).hexdigest()[:8]


def _unused(id_: str, used: Collection[str]) -> str:
    number, tried = 1, id_
    while tried in used:
        number += 1
        tried = f"{id_}-{number}"
    return tried


def walk_name(start: dt.datetime, route: str | None) -> str:
    """The name on Evercam: `Walk, 20 January 2026, 10:15`, or with the route for `Walk`."""
    what = shorten(printable(route), _WIDTH) if route else "Walk"
    return f"{what}, {start.day} {start:%B %Y, %H:%M}"  # in English, as no locale is set


def _about(walk: NewWalk) -> str:
    """What helps people recognise a walk: its camera, duration and size."""
    facts = walk.first.facts
    seconds: dict[int | None, float] = {}
    for file in walk.files:
        if file.facts and file.facts.duration:
            seconds[file.chapter] = max(seconds.get(file.chapter, 0), file.facts.duration)
    about = [facts.camera if facts else None, duration(sum(seconds.values())) if seconds else None]
    return ", ".join(filter(None, [*about, size(sum(file.size for file in walk.files))]))


def _why_undated(walk: NewWalk) -> str:
    clock = walk.first.clock
    return f"the camera's clock was not set, it said {clock}" if clock else "the camera did not say"


def _gps_hints(walk: NewWalk) -> dict[str, str]:
    """Comments that say where the camera was, for filling in positions on a satellite drawing."""
    spans = [file.facts.gps for file in walk.files if file.facts and file.facts.gps]
    if not spans:
        return {}
    return {
        "start_position": f"GPS: {_place(spans[0].first)}",
        "end_position": f"GPS: {_place(spans[-1].last)}",
    }


def _place(fix: GpsFix) -> str:
    return f"{fix.latitude:.6f}, {fix.longitude:.6f}"


def new_manifest(
    entries: Sequence[Entry],
    route: str | None,
    project: str | None,
    schema: str | None = None,
    shared: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """Write a whole manifest, with placeholders for everything that recordings cannot tell.

    `schema` is where editors find the manifest's schema, as seen from its folder. The drawings and
    routes of `shared`, the project file, are not said again.
    """
    modeline = f"# yaml-language-server: $schema={schema}\n" if schema else ""
    head = [*_project(project), *_drawings(route, shared), *_routes(route, shared)]
    return modeline + _HEAD + "\n".join([*head, "walkthroughs:", *_walks(entries), ""])


def _project(project: str | None) -> Iterator[str]:
    what = "" if project else " # its id, or the address of one of its dashboard pages"
    yield f"project: {quoted(project or TODO)}{what}"


def _drawings(route: str | None, shared: Mapping[str, Any]) -> Iterator[str]:
    if shared.get("drawings"):
        yield "# Drawings and routes of sitewalk.yaml can be named here."
        return
    yield "# uploaded_by: you@example.com # default: the user who logs in"
    yield "drawings:"
    where = "the number that ends its dashboard address: …/drawings/map?id=6143"
    yield f"  {_DRAWING}: {{id: {TODO}}} # {where}"
    if route is None:
        yield from _HINT.splitlines()


def _routes(route: str | None, shared: Mapping[str, Any]) -> Iterator[str]:
    if route is None or route in (shared.get("routes") or ()):
        return
    where = "there" if shared.get("drawings") else "above"
    yield "routes:"
    yield f"  {quoted(route)}:"
    yield f"    drawing: {TODO} # one of the drawings {where}"
    yield f'    start_position: {TODO} # "latitude, longitude": 0 to 1 on a blank drawing'
    yield f"    end_position: {TODO}"
    yield "    target_points: 0 # places marked on the way: how many, or a list; 0 is fine"


def _walks(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        yield from block_lines(entry, 2)
