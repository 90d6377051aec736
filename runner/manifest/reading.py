"""Reading a manifest, with its project file: from bytes to a Manifest, or to every problem."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from runner.base.wording import listed
from runner.manifest.meaning.checks import check_meaning
from runner.manifest.meaning.drafts import Draft, Resolved, resolve
from runner.manifest.meaning.drawings import create_command
from runner.manifest.model import Drawing, Manifest
from runner.manifest.schema.accepted import SchemaError
from runner.manifest.schema.placeholders import find_placeholders
from runner.manifest.schema.shape import check_shape
from runner.manifest.yaml.builder import KEY_NOT_TEXT
from runner.manifest.yaml.document import Document, parse_document, unread, value_at
from runner.problems.problem import (
    MAX_PROBLEMS,
    Place,
    Problem,
    Rule,
    first_of,
    has_errors,
    sort_problems,
    too_many,
)

LEDGER_ADDRESS = Rule("M019", "ledger-address")


@dataclass(frozen=True, slots=True)
class ProjectReading:
    """What came of reading a project file: its document, and every problem in it."""

    document: Document
    problems: tuple[Problem, ...] = ()

    def value(self, *path: str) -> Any:
        """The value at a path; None when there is none."""
        return value_at(self.document.data, path)


def read_project(raw: bytes, file: str) -> ProjectReading:
    """Read a project file from its bytes, as a manifest is read; `file` is its name in messages."""
    document, problems = parse_document(raw, file)
    if document is None:
        text = raw.decode("utf-8-sig", "replace")
        return ProjectReading(unread(file, text), sort_problems(problems))
    errors = [*_schema_errors(document, "project")]
    found = [*problems, *(problem for _, problem in errors if problem)]
    if not isinstance(document.data, dict):
        document = unread(file, document.text)
    found.extend(_passwords(document))
    return ProjectReading(document, sort_problems(first_of(found, file)))


def _passwords(document: Document) -> Iterator[Problem]:
    """A password that git keeps is a password for everyone; the line that has it is not shown."""
    path = ("ledger", "url")
    url = value_at(document.data, path)
    if not isinstance(url, str):
        return
    line, place = document.place(path).line, Place(document.file)
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.password is not None or "password=" in parts.query:
        message = f"`ledger.url` in line {line} holds a password"
        help_ = "take it out, and change it: set SITEWALK_LEDGER, or keep it in ~/.pgpass"
        yield LEDGER_ADDRESS.problem(message, place, help_)
    elif not parts.scheme or not parts.netloc or "%" in parts.netloc:  # %2F begins a socket's path
        message = f"`ledger.url` in line {line} is no address of a database server"
        help_ = "for example postgresql://db.example/sitewalk; a file is named by SITEWALK_LEDGER"
        yield LEDGER_ADDRESS.problem(message, place, help_)
    elif not {name for name, _ in parse_qsl(parts.query, True)} <= _HARMLESS:
        message = f"`ledger.url` in line {line} has a parameter that is each machine's own"
        help_ = f"leave {listed(sorted(_HARMLESS))}; set SITEWALK_LEDGER where it needs another"
        yield LEDGER_ADDRESS.problem(message, place, help_)


_HARMLESS = frozenset({"sslmode", "sslrootcert", "target_session_attrs"})
"""Parameters of a project file's server; others name this machine's files, keys and services."""


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
    shared_texts: Mapping[str, str] = field(default_factory=dict)


def read_manifest(
    raw: bytes, file: str, today: dt.date, shared: ProjectReading | None = None
) -> Reading:
    """Read a manifest from its bytes; `file` names it in messages and in the plan.

    `shared` is its project file, whose problems are the manifest's too.
    """
    document, problems = parse_document(raw, file)
    if shared is None:
        return _read(document, problems, raw, file, today)
    problems = (*shared.problems, *problems)
    document = document and document.with_shared(shared.document)
    reading = _read(document, problems, raw, file, today)
    unique = sort_problems(dict.fromkeys(reading.problems))
    return replace(reading, problems=unique, shared_texts=shared.document.texts)


def _read(
    document: Document | None,
    problems: tuple[Problem, ...],
    raw: bytes,
    file: str,
    today: dt.date,
) -> Reading:
    if document is None:
        text = raw.decode("utf-8-sig", "replace")
        return _meant(text, problems) if re.search(_A_KEY, text) else _unquoted(problems)
    if not isinstance(document.data, dict):
        return _unquoted([*problems, *(problem for _, problem in _schema_errors(document))])
    schema_errors = list(islice(_schema_errors(document), MAX_PROBLEMS + 1))
    found = [*problems, *(problem for _, problem in schema_errors if problem)]
    if len(schema_errors) > MAX_PROBLEMS:  # the remaining values were not checked
        listed = found[:MAX_PROBLEMS]
        return Reading(None, sort_problems([*listed, too_many(file)]), document.text)
    resolved = resolve(document, schema_errors, today)
    of_meaning = check_meaning(resolved)
    ordered = sort_problems(first_of(chain(found, resolved.problems, of_meaning), file))
    manifest = None if has_errors(ordered) else _manifest(document, resolved, raw)
    drawings = tuple(resolved.drawings.values())
    return Reading(manifest, ordered, document.text, resolved.project, resolved.drafts, drawings)


_A_KEY = r"\b(version|project|uploaded_by|drawings|routes|walkthroughs)\W{0,2}:"
_QUOTED = "`[^`]*`"


def _meant(text: str, problems: Iterable[Problem]) -> Reading:
    return Reading(None, sort_problems(problems), text)


def _unquoted(problems: Iterable[Problem | None]) -> Reading:
    """Problems of what is no manifest, without its text: it may be a password file or a key."""
    bare = [
        replace(
            problem,
            message=re.sub(_QUOTED, "…", problem.message),
            help=_unquoted_help(problem),
            notes=(),
        )
        for problem in problems
        if problem is not None
    ]
    return Reading(None, sort_problems(bare))


def _unquoted_help(problem: Problem) -> str:
    return _ANOTHER_FILE if problem.code == KEY_NOT_TEXT.code else problem.help


_ANOTHER_FILE = "a manifest begins with `version: 1`; is this another file?"


def _schema_errors(document: Document, schema: str = "manifest") -> Iterator[SchemaError]:
    """Yield what differs from the schema; a placeholder is reported only as a placeholder."""
    placeholders = {
        error[0]: error for error in islice(find_placeholders(document), MAX_PROBLEMS + 1)
    }
    yield from placeholders.values()
    yield from (error for error in check_shape(document, schema) if error[0] not in placeholders)


def _manifest(document: Document, resolved: Resolved, raw: bytes) -> Manifest:
    walkthroughs = (draft.walkthrough(resolved.drawings) for draft in resolved.drafts)
    return Manifest(
        path=document.file,
        project=resolved.project or "",
        walkthroughs=tuple(walkthrough for walkthrough in walkthroughs if walkthrough),
        sha256=hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest(),  # a checkout's line ends
        uploaded_by=resolved.uploaded_by,
        to_create=tuple(create_command(document, name) for name in resolved.to_create),
    )
