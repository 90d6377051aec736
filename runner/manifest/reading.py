"""Own the step from a manifest's bytes to a Manifest, or to every problem in it."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from runner.manifest.blanks import find_blanks
from runner.manifest.document import Document, DocumentPath, parse_document
from runner.manifest.meaning import check_meaning
from runner.manifest.model import Manifest, Walkthrough
from runner.manifest.resolve import Resolved, resolve
from runner.manifest.shape import check_shape
from runner.problems import Problem, has_errors, sort_problems


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one manifest; `manifest` is None when a problem is an error.

    `project` and `walkthroughs` are what could be understood all the same.
    """

    manifest: Manifest | None
    problems: tuple[Problem, ...]
    text: str = ""
    project: str | None = None
    walkthroughs: tuple[Walkthrough, ...] = ()


def read_manifest(raw: bytes, file: str, today: dt.date) -> Reading:
    """Read a manifest from its bytes; `file` is its name in messages and in the plan."""
    document, problems = parse_document(raw, file)
    if document is None:
        return Reading(None, sort_problems(list(problems)))
    shape = _shape(document)
    resolved = resolve(document, [path for path, _ in shape])
    found = [*problems, *(problem for _, problem in shape), *resolved.problems]
    if isinstance(document.data, dict):
        found.extend(check_meaning(document, resolved, today))
    ordered = sort_problems(found)
    manifest = None if has_errors(ordered) else _manifest(document, resolved, raw)
    walkthroughs = tuple(entry.walkthrough for entry in resolved.entries)
    return Reading(manifest, ordered, document.text, resolved.project, walkthroughs)


def _shape(document: Document) -> list[tuple[DocumentPath, Problem]]:
    """What differs from the schema; of a blank only that it is one."""
    blanks = dict(find_blanks(document))
    return [*blanks.items(), *(one for one in check_shape(document) if one[0] not in blanks)]


def _manifest(document: Document, resolved: Resolved, raw: bytes) -> Manifest:
    return Manifest(
        path=document.file,
        project=resolved.project or "",
        walkthroughs=tuple(entry.walkthrough for entry in resolved.entries),
        sha256=hashlib.sha256(raw).hexdigest(),
        uploaded_by=resolved.uploaded_by,
    )
