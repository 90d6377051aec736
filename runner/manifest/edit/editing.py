"""Setting values in a manifest's text, which otherwise stays as it is.

New text goes in where the parser says a value stands, in the style of what was there. The result is
read again, and refused unless it says exactly what was meant and nothing else.
"""

import codecs
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from runner.base.errors import UsageError
from runner.manifest.edit.positions import Positions, with_positions
from runner.manifest.edit.splices import PositionEditor, Splice
from runner.manifest.yaml.document import Document, parse_document, value_at
from runner.manifest.yaml.marks import DocumentPath
from runner.manifest.yaml.scalars import quoted_in_brackets


def set_positions(
    raw: bytes,
    file: str,
    owner: DocumentPath,
    positions: Positions,
    shared_routes: Mapping[str, Any] = MappingProxyType({}),
) -> bytes:
    """Set the positions, drawing and route of one walkthrough or route in a manifest's bytes.

    `owner` is its path: `("routes", name)` or `("walkthroughs", index)`. A removed value becomes a
    placeholder, unless the walkthrough's route has the value or none is needed: then its key goes,
    too; `shared_routes` are the project file's. Raises UsageError when the manifest is written in a
    way that does not let these values alone be set.
    """
    document, _ = parse_document(raw, file)
    if document is None or not isinstance(value_at(document.data, owner), dict):
        raise _unfit(file)
    editor = PositionEditor(document, owner, positions, shared_routes)
    changed = _spliced(raw, document.text, list(editor.splices()))
    read, _ = parse_document(changed, file)
    wanted = _with_owner(document.data, owner, lambda old: editor.after(with_positions(old)))
    if read is None or _with_owner(read.data, owner, with_positions) != wanted:
        raise _unfit(file)
    return changed


def set_project(raw: bytes, file: str, project: str) -> bytes:
    """Replace the project in a manifest's bytes.

    Raises UsageError when it is written in a way that does not let this value alone be set.
    """
    document, _ = parse_document(raw, file)
    if document is None or not value_at(document.data, ("project",)):
        raise _unfit_for_project(file, project)
    splice = Splice(*document.offsets().span(("project",)), quoted_in_brackets(project))
    changed = _spliced(raw, document.text, [splice])
    read, _ = parse_document(changed, file)
    if read is None or read.data != {**document.data, "project": project}:
        raise _unfit_for_project(file, project)
    return changed


def add_ignored(raw: bytes, file: str, names: Sequence[str]) -> bytes:
    """Add recordings to what scans leave out, in a project file's bytes.

    Raises UsageError when it is written in a way that does not let them alone be added.
    """
    document, _ = parse_document(raw, file)
    listed = value_at(document.data, _IGNORE) if document is not None else None
    if document is None or not isinstance(document.data, dict) or not _is_list(listed):
        raise _unfit_for_ignore(file, names)
    changed = _spliced(raw, document.text, [_ignoring(document, names)])
    read, _ = parse_document(changed, file)
    if read is None or read.data != {**document.data, "ignore": [*(listed or ()), *names]}:
        raise _unfit_for_ignore(file, names)
    return changed


_IGNORE = ("ignore",)


def _is_list(listed: Any) -> bool:
    return listed is None or isinstance(listed, list)


def _ignoring(document: Document, names: Sequence[str]) -> Splice:
    """Where the names go in: into the list that is there, in its style, or behind all else."""
    offsets, listed = document.offsets(), value_at(document.data, _IGNORE)
    if listed is None:
        start = len(document.text)
        above = "" if document.text.endswith("\n") else offsets.newline
        values = ", ".join(map(quoted_in_brackets, names))
        return Splice(start, start, f"{above}ignore: [{values}]{offsets.newline}")
    start, end = offsets.span(_IGNORE)
    if offsets.is_block(_IGNORE):
        indent = offsets.newline + " " * offsets.column(start)
        at = offsets.line_end(offsets.end(_IGNORE))
        return Splice(at, at, "".join(f"{indent}- {quoted_in_brackets(name)}" for name in names))
    at = offsets.end((*_IGNORE, len(listed) - 1)) if listed else end - 1
    values = ", ".join(map(quoted_in_brackets, names))
    return Splice(at, at, f", {values}" if listed else values)


def _unfit_for_ignore(file: str, names: Sequence[str]) -> UsageError:
    message = f"{file} is written in a way that does not let `ignore` be added to"
    return UsageError(message, f"write there yourself: {', '.join(map(quoted_in_brackets, names))}")


def set_drawing_id(raw: bytes, file: str, name: str, id_: int) -> bytes:
    """Set the id of a drawing in the bytes of a project file.

    It becomes the drawing's first key, unless there is one to replace. Raises UsageError when the
    file is written in a way that does not let this value alone be set.
    """
    path = ("drawings", name)
    document, _ = parse_document(raw, file)
    drawing = document and value_at(document.data, path)
    if document is None or not isinstance(drawing, dict) or not drawing:
        raise _unfit_for_drawing(file, name, id_)
    changed = _spliced(raw, document.text, [_id_splice(document, path, drawing, id_)])
    read, _ = parse_document(changed, file)
    wanted = _with_owner(document.data, path, lambda old: {**old, "id": id_})
    if read is None or read.data != wanted:
        raise _unfit_for_drawing(file, name, id_)
    return changed


def _id_splice(
    document: Document, path: DocumentPath, drawing: Mapping[str, Any], id_: int
) -> Splice:
    offsets = document.offsets()
    if "id" in drawing:
        return Splice(*offsets.span((*path, "id")), str(id_))
    at = offsets.key((*path, next(iter(drawing))))
    if offsets.is_block(path):
        return Splice(at, at, f"id: {id_}{offsets.newline}{' ' * offsets.column(at)}")
    quote = '"' if offsets.text[at] == '"' else ""
    return Splice(at, at, f"{quote}id{quote}: {id_}, ")


def _unfit_for_drawing(file: str, name: str, id_: int) -> UsageError:
    message = f"{file} is written in a way that does not let the id of `{name}` be set"
    return UsageError(message, f"write `id: {id_}` there yourself, under `drawings`, `{name}`")


def _unfit_for_project(file: str, project: str) -> UsageError:
    message = f"{file} is written in a way that does not let its project be set"
    return UsageError(message, f"write `project: {project}` there yourself")


def _unfit(file: str) -> UsageError:
    message = f"{file} is written in a way that does not let these positions alone be set"
    help_ = "is the value shared by an alias (`*name`)? copy the positions and paste them yourself"
    return UsageError(message, help_)


def _spliced(raw: bytes, text: str, splices: Sequence[Splice]) -> bytes:
    """The bytes of a text with splices applied; `raw` are the bytes it was read from."""
    pieces, at = [], 0
    for splice in sorted(splices, key=lambda piece: (piece.start, piece.end)):  # stable: new first
        pieces += [text[at : splice.start], splice.text]
        at = splice.end
    bom = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    return bom + "".join([*pieces, text[at:]]).encode()


def _with_owner(data: Any, owner: DocumentPath, change: Callable[[Any], Any]) -> Any:
    """The data with the value at `owner` changed; values it shares with aliases stay."""
    if not owner:
        return change(data)
    step, *rest = owner
    inner = _with_owner(value_at(data, (step,)), rest, change)
    if isinstance(data, list) and isinstance(step, int):
        return [*data[:step], inner, *data[step + 1 :]]
    return {**data, step: inner} if isinstance(data, dict) else data
