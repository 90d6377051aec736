"""The target of a scan: the manifest that it writes, an existing one or a new one."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runner.base.errors import UsageError, reason_of
from runner.base.files import rewrite_file
from runner.manifest.edit.adding import Entry, add_walkthroughs, read_open_manifest
from runner.manifest.edit.editing import set_project
from runner.manifest.schema.formats import parse_project
from runner.manifest.schema.placeholders import TODO, find_placeholders
from runner.manifest.yaml.document import parse_document, read_bytes
from runner.scan.model import NewWalk
from runner.scan.writing import entries_of, new_manifest

_SCHEMA = "manifest.schema.json"
_SCHEMAS = (_SCHEMA, f"../schemas/{_SCHEMA}", f".sitewalk/{_SCHEMA}", f"../.sitewalk/{_SCHEMA}")
"""Where editors may find the manifest's schema, as seen from its folder."""


@dataclass(frozen=True, slots=True)
class Target:
    """A manifest as it was read: empty bytes if it does not exist yet, no path if it is printed.

    `route` and `project` are what the command named for the new walks; they agree with the
    manifest. The project is filled in where its placeholder still stands. `shared` is what the
    project file says.
    """

    path: Path | None = None
    raw: bytes = b""
    data: Mapping[str, Any] = field(default_factory=dict)
    route: str | None = None
    project: str | None = None
    shared: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fills_project(self) -> bool:
        """Whether the manifest has a placeholder for its project, and the command names one."""
        return self.project is not None and self.data.get("project") == TODO

    def with_walks(self, walks: Sequence[NewWalk]) -> bytes:
        """The manifest's bytes with new walks in it; empty when there is nothing to write."""
        if not walks and not self.fills_project:
            return b""
        entries = entries_of(walks, self.route, self._ids())
        if self.path and self.raw.strip():
            return self._added(self.path.as_posix(), entries)
        schema = _schema_near(self.path) if self.path else None
        return new_manifest(entries, self.route, self.project, schema, self.shared).encode()

    def _added(self, file: str, entries: Sequence[Entry]) -> bytes:
        raw = self.raw
        if self.project and self.fills_project:
            raw = set_project(raw, file, self.project)
        return add_walkthroughs(raw, file, entries) if entries else raw

    def _ids(self) -> Collection[str]:
        walks = self.data.get("walkthroughs") or ()
        return {str(walk.get("id")) for walk in walks if isinstance(walk, dict)}


def read_target(
    path: Path | None,
    route: str | None,
    project: str | None,
    shared: Mapping[str, Any] = MappingProxyType({}),
) -> Target:
    """Read the manifest to write, which may be missing or unfinished; `shared` is its project file.

    Raises UsageError when it cannot be read or contradicts what the command names, and
    InvalidManifestError when it is no manifest.
    """
    if project is not None and parse_project(project) is None:
        help_ = "give its id, or the address of one of its dashboard pages"
        raise UsageError(f"--project: `{project}` is no project", help_)
    if route == "":
        raise UsageError("--route has no name", "leave it out where the walks took several")
    if path is not None and path.is_dir():
        raise UsageError(f"{path} is a folder", f"name a manifest: {path / 'manifest.yaml'}")
    if path is not None and not path.absolute().parent.is_dir():
        raise UsageError(f"cannot write {path}: its folder is not there", "make the folder first")
    raw = _bytes(path) if path else b""
    if path is None or not raw.strip():
        project = project and parse_project(project)
        return Target(path, raw, route=route, project=project, shared=shared)
    data = read_open_manifest(raw, path.as_posix()).data
    _check_route([*_routes(data), *_routes(shared)], route, path)
    return Target(path, raw, data, route, _same_project(data, project, path), shared)


def _bytes(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UsageError(f"cannot read {path}: {reason_of(error)}") from error


def _schema_near(manifest: Path) -> str | None:
    """The schema's address as seen from the manifest, if it is in one of the usual places."""
    there = (schema for schema in _SCHEMAS if (manifest.parent / schema).is_file())
    return next(there, None)


def _routes(data: Mapping[str, Any]) -> Collection[str]:
    routes = data.get("routes")
    return routes if isinstance(routes, dict) else ()


def _check_route(known: Sequence[str], route: str | None, path: Path) -> None:
    if route is None or route in known:
        return
    near = difflib.get_close_matches(route, known, n=1)
    listed = f"its routes: {', '.join(known)}" if known else _first_route(route)
    raise UsageError(
        f"{path} has no route `{route}`", f"did you mean `{near[0]}`?" if near else listed
    )


def _first_route(route: str) -> str:
    fields = f"drawing: {TODO}, start_position: {TODO}, end_position: {TODO}"
    return f"it has no routes; write there first: `routes: {{{route}: {{{fields}}}}}`"


def _same_project(data: Mapping[str, Any], project: str | None, path: Path) -> str | None:
    written = data.get("project")
    known = parse_project(written) if isinstance(written, str) and written != TODO else None
    if project is not None and written == TODO:
        return parse_project(project)
    if project is not None and parse_project(project) != known:
        message = f"{path} says `project: {written}`, --project says `{project}`"
        raise UsageError(message, "one manifest is for one project; leave --project out")
    return known


def has_placeholders(content: bytes) -> bool:
    """Whether a manifest still has placeholders to be filled in."""
    document, _ = parse_document(content, "")
    return document is not None and any(True for _ in find_placeholders(document))


def write_target(target: Target, content: bytes) -> None:
    """Write a manifest to its path, whole or not at all; raises UsageError."""
    if target.path is None or not content:
        return
    if _bytes(target.path) != target.raw:
        raise UsageError(f"{target.path} was changed while the scan went on", "scan again")
    rewrite_file(target.path, content)
