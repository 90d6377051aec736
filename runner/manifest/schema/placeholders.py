"""Placeholders: values still to be filled in, and what belongs in each."""

from collections.abc import Collection, Iterator
from typing import Any

from runner.base.wording import for_shell, listed, shorten
from runner.manifest.schema.accepted import Path, SchemaError
from runner.manifest.yaml.document import Document
from runner.problems.problem import Rule

TO_FILL_IN = Rule("M017", "to-fill-in")

TODO = "TODO"
"""The text that stands for a value still to be written."""

_POSITION = '"latitude, longitude": 0 to 1 on a blank drawing, degrees on a satellite one'

_WANTED = {
    "project": "write the project's id, or the address of one of its dashboard pages",
    "uploaded_by": "write an e-mail address, or remove the line: the user who logs in is meant",
    "id": "write the number that ends the drawing's dashboard address: …/drawings/map?id=6143",
    "url": "copy the address of the drawing's dashboard page",
    "date": "write the day of the walk: YYYY-MM-DD",
}
_ENDS = {"start_position": "starts", "end_position": "ends"}


def find_placeholders(document: Document) -> Iterator[SchemaError]:
    """Yield each placeholder with the problem that says what to write there."""
    if not any(TODO in text for text in document.texts.values()):
        return
    open_ = dict.fromkeys(_placeholders(document.data, ()))
    unplaced = {path for path in open_ if _is_unplaced(path, open_)}
    for path in open_:
        place = document.place(path)
        if path in unplaced:
            message, help_ = _where(document, path)
        elif path[-1:] and path[-1] in _ENDS and (*path[:-1], "drawing") in unplaced:
            yield path, None  # the drawing's problem stands for it
            continue
        else:
            message = f"{_subject(document, path)} is still to be filled in"
            help_ = _help(document, path)
        yield path, TO_FILL_IN.problem(message, place, help_)


def _is_unplaced(path: Path, open_: Collection[Path]) -> bool:
    """Whether a path is the drawing of a walkthrough of which no place is known at all."""
    match path:
        case ("walkthroughs", int(), "drawing"):
            return all((*path[:-1], end) in open_ for end in _ENDS)
    return False


def _where(document: Document, drawing: Path) -> tuple[str, str]:
    """The one problem of a walkthrough whose drawing and positions are all open, and its help."""
    walk = _subject(document, drawing).removeprefix("`drawing` of ")
    pick = f"sitewalk pick {for_shell(document.file)}"
    message = f"`drawing`, `start_position` and `end_position` of {walk} are still to be filled in"
    drawings = f"one of `drawings`{_names(document, 'drawings')}"
    by_hand = f"write {drawings}; and positions, {_POSITION}{_or_route(document, drawing)}"
    return message, f"tell where each walk was with `{pick}`, or {by_hand}"


def _placeholders(value: Any, path: Path) -> Iterator[Path]:
    match value:
        case str() if value == TODO:
            yield path
        case dict():
            for key, item in value.items():
                yield from _placeholders(item, (*path, key))
        case list():
            for index, item in enumerate(value):
                yield from _placeholders(item, (*path, index))


def _subject(document: Document, path: Path) -> str:
    named = [shorten(step, 60) for step in path if isinstance(step, str)]
    match path:
        case ("walkthroughs", int(index), "id"):
            return f"`id` in entry {index + 1}"
        case ("walkthroughs", int(index), str(), *_):
            id_ = document.data["walkthroughs"][index].get("id")
            walk = f"`{shorten(id_, 60)}`" if isinstance(id_, str) else str(index + 1)
            return f"`{named[1]}` of walkthrough {walk}"
        case ("drawings" | "routes" as kind, str(), str(), *_):
            return f"`{named[2]}` of {kind[:-1]} `{named[1]}`"
    return f"`{named[-1]}`" if named else "the manifest"


def _help(document: Document, path: Path) -> str:
    match path:
        case ("walkthroughs", _, "id"):
            return "write a key of your own, for example `level-2-2026-01-20`"
        case (*_, "drawing"):
            return (
                f"name one of `drawings`{_names(document, 'drawings')}{_or_route(document, path)}"
            )
        case (*_, "files", int()):
            scan = f"sitewalk scan CARD -o {for_shell(document.file)}"
            return f"name the walk's recordings, or take it out: `{scan}` adds those of a card"
        case (*_, "route"):
            return f"name one of `routes`{_names(document, 'routes')}"
        case (*_, str(key)) if key in _ENDS:
            pick = f"sitewalk pick {for_shell(document.file)}"
            return f"click where the walk {_ENDS[key]} with `{pick}`, or write {_POSITION}"
    return _WANTED.get(str(path[-1:] and path[-1]), "write the value, or remove it")


def _or_route(document: Document, path: Path) -> str:
    """The alternative to a drawing and positions, where routes are defined."""
    routes = _names(document, "routes") if path[0] == "walkthroughs" else ""
    return f"; or write `route` in place of drawing and positions{routes}" if routes else ""


def _names(document: Document, section: str) -> str:
    found = document.data.get(section)
    return f": {listed(found)}" if isinstance(found, dict) and found else ""
