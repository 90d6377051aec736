"""Own how new walks are written: as entries of a manifest, and as a whole manifest."""

from collections.abc import Collection, Iterator, Sequence

from runner.manifest.adding import Entry, block_lines
from runner.manifest.placeholders import TODO
from runner.manifest.scalars import quoted
from runner.recordings.facts import GpsFix
from runner.scan.model import Walk
from runner.scan.naming import give_ids, walk_name
from runner.units import duration, size

_DRAWING = "level-1"
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


def entries_of(walks: Sequence[Walk], route: str | None, taken: Collection[str]) -> list[Entry]:
    """Walks as entries of a manifest in which the ids `taken` are in use."""
    ids = give_ids(walks, taken)
    return [_entry(walk, id_, route) for walk, id_ in zip(walks, ids, strict=True)]


def _entry(walk: Walk, id_: str, route: str | None) -> Entry:
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
    values["files"] = [one.path for one in walk.files]
    return Entry(values, comments)


def _about(walk: Walk) -> str:
    """What helps to know a walk again: the camera, how long it was, how much it is."""
    facts = walk.first.facts
    seconds: dict[int | None, float] = {}
    for one in walk.files:
        if one.facts and one.facts.duration:
            seconds[one.chapter] = max(seconds.get(one.chapter, 0), one.facts.duration)
    told = [facts.camera if facts else None, duration(sum(seconds.values())) if seconds else None]
    return ", ".join(filter(None, [*told, size(sum(one.size for one in walk.files))]))


def _why_undated(walk: Walk) -> str:
    clock = walk.first.clock
    return f"the camera's clock was not set, it said {clock}" if clock else "the camera did not say"


def _gps_hints(walk: Walk) -> dict[str, str]:
    """Where the camera was, for whoever fills in positions on a satellite drawing."""
    spans = [one.facts.gps for one in walk.files if one.facts and one.facts.gps]
    if not spans:
        return {}
    return {
        "start_position": f"GPS: {_place(spans[0].first)}",
        "end_position": f"GPS: {_place(spans[-1].last)}",
    }


def _place(fix: GpsFix) -> str:
    return f"{fix.latitude:.6f}, {fix.longitude:.6f}"


def new_manifest(
    entries: Sequence[Entry], route: str | None, project: str | None, schema: str | None = None
) -> str:
    """A whole manifest, with blanks for everything that recordings cannot tell.

    `schema` is where editors find the manifest's schema, as seen from its folder.
    """
    modeline = f"# yaml-language-server: $schema={schema}\n" if schema else ""
    lines = [*_middle(route, project), "walkthroughs:", *_walks(entries), ""]
    return modeline + _HEAD + "\n".join(lines)


def _middle(route: str | None, project: str | None) -> Iterator[str]:
    what = "" if project else " # its id, or the address of one of its dashboard pages"
    yield f"project: {quoted(project or TODO)}{what}"
    yield "# uploaded_by: you@example.com # default: the user who logs in"
    yield "drawings:"
    where = "the number that ends its dashboard address: …/drawings/map?id=6143"
    yield f"  {_DRAWING}: {{id: {TODO}}} # {where}"
    if route is None:
        yield from _HINT.splitlines()
        return
    yield "routes:"
    yield f"  {quoted(route)}:"
    yield f"    drawing: {_DRAWING}"
    yield f'    start_position: {TODO} # "latitude, longitude": 0 to 1 on a blank drawing'
    yield f"    end_position: {TODO}"
    yield "    target_points: 0 # places marked on the way: how many, or a list; 0 is fine"


def _walks(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        yield from block_lines(entry, 2)
