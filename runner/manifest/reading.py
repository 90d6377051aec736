"""Reading a manifest: from its bytes to a Manifest, or to every problem in it."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from runner.manifest.meaning.checks import check_meaning
from runner.manifest.meaning.drafts import Draft, Resolved, resolve
from runner.manifest.model import Drawing, Manifest
from runner.manifest.schema.accepted import SchemaError
from runner.manifest.schema.placeholders import find_placeholders
from runner.manifest.schema.shape import check_shape
from runner.manifest.yaml.builder import KEY_NOT_TEXT
from runner.manifest.yaml.document import Document, parse_document
from runner.problems.problem import (
    MAX_PROBLEMS,
    Problem,
    first_of,
    has_errors,
    sort_problems,
    too_many,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading one manifest; `manifest` is None when any problem is an error.

    `project`, `drafts` and `drawings` are what could be understood even so.
    """

    manifest: Manifest | None
    problems: tuple[Problem, ...]
    text: str = ""
    project: str | None = None
    drafts: tuple[Draft, ...] = ()
    drawings: tuple[Drawing, ...] = ()


def read_manifest(raw: bytes, file: str, today: dt.date) -> Reading:
    """Read a manifest from its bytes; `file` names it in messages and in the plan."""
    document, problems = parse_document(raw, file)
    if document is None:
        text = raw.decode("utf-8-sig", "replace")
        return _meant(text, problems) if _A_KEY.search(text) else _unquoted(problems)
    if not isinstance(document.data, dict):
        return _unquoted([*problems, *(one.problem for one in _schema_errors(document))])
    schema_errors = list(islice(_schema_errors(document), MAX_PROBLEMS + 1))
    found = [*problems, *(error.problem for error in schema_errors if error.problem)]
    if len(schema_errors) > MAX_PROBLEMS:  # the remaining values were not checked
        listed = found[:MAX_PROBLEMS]
        return Reading(None, sort_problems([*listed, too_many(file)]), document.text)
    resolved = resolve(document, schema_errors)
    of_meaning = check_meaning(document, resolved, today)
    ordered = sort_problems(first_of(chain(found, resolved.problems, of_meaning), file))
    manifest = None if has_errors(ordered) else _manifest(document, resolved, raw)
    drawings = tuple(resolved.drawings.values())
    return Reading(manifest, ordered, document.text, resolved.project, resolved.drafts, drawings)


_A_KEY = re.compile(r"\b(version|project|uploaded_by|drawings|routes|walkthroughs)\W{0,2}:")
_QUOTED = re.compile("`[^`]*`")


def _meant(text: str, problems: Iterable[Problem]) -> Reading:
    return Reading(None, sort_problems(problems), text)


def _unquoted(problems: Iterable[Problem | None]) -> Reading:
    """Problems of what is no manifest, without its text: it may be a password file or a key."""
    bare = [
        replace(one, message=_QUOTED.sub("…", one.message), help=_unquoted_help(one), notes=())
        for one in problems
        if one is not None
    ]
    return Reading(None, sort_problems(bare))


def _unquoted_help(problem: Problem) -> str:
    return _ANOTHER_FILE if problem.code == KEY_NOT_TEXT.code else problem.help


_ANOTHER_FILE = "a manifest begins with `version: 1`; is this another file?"


def _schema_errors(document: Document) -> Iterator[SchemaError]:
    """Yield what differs from the schema; a placeholder is reported only as a placeholder."""
    placeholders = {
        error.path: error for error in islice(find_placeholders(document), MAX_PROBLEMS + 1)
    }
    yield from placeholders.values()
    yield from (error for error in check_shape(document) if error.path not in placeholders)


def _manifest(document: Document, resolved: Resolved, raw: bytes) -> Manifest:
    walkthroughs = (draft.walkthrough(resolved.drawings) for draft in resolved.drafts)
    return Manifest(
        path=document.file,
        project=resolved.project or "",
        walkthroughs=tuple(walkthrough for walkthrough in walkthroughs if walkthrough),
        sha256=hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest(),  # a checkout's line ends
        uploaded_by=resolved.uploaded_by,
    )
