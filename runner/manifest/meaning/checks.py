"""Checks of meaning: rules about a well-formed manifest, each a small function."""

import datetime as dt
import posixpath
import re
import unicodedata
from collections.abc import Iterator

from runner.base.files import is_inside, without_detours
from runner.base.wording import shorten
from runner.manifest.meaning.drafts import Check, Draft, Resolved
from runner.manifest.meaning.drawings import create_command
from runner.manifest.meaning.geometry import GEOMETRY
from runner.problems.problem import Note, Place, Problem, Rule, Severity

UPLOADER_ADDRESS = Rule("M025", "uploader-address")
DUPLICATE_ID = Rule("M026", "duplicate-id")
CONTROL_CHARACTER = Rule("M027", "control-character")
FUTURE_DATE = Rule("M028", "future-date", Severity.WARNING)
OLD_DATE = Rule("M029", "old-date", Severity.WARNING)
REPEATED_RECORDING = Rule("M036", "repeated-recording")
NOT_CREATED = Rule("M038", "drawing-not-created")
OUTSIDE = Rule("M040", "outside")
NO_FILE = Rule("M042", "no-file")

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(?:\.[^@\s,;<>\".]+)+\Z")
_ONE_WALK = "a recording belongs to one walkthrough"
_LONG_AGO = dt.timedelta(days=366)
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def check_meaning(resolved: Resolved) -> Iterator[Problem]:
    """Yield what the rules find; a mistake in a route is reported once, not once per walk."""
    seen: set[Problem] = set()
    for check in (*_CHECKS, *GEOMETRY):
        for problem in check(resolved):
            if problem not in seen:
                seen.add(problem)
                yield problem


def _uploader_is_an_address(resolved: Resolved) -> Iterator[Problem]:
    email = resolved.uploaded_by
    if email is not None and not _EMAIL.match(email):
        message = f"`{shorten(email, 60)}` is not an e-mail address"
        rule, help_ = UPLOADER_ADDRESS, "for example `you@example.com`"
        yield resolved.document.problem(rule, message, ("uploaded_by",), help_)


def _ids_are_unique(resolved: Resolved) -> Iterator[Problem]:
    first: dict[str, Draft] = {}
    for draft in resolved.drafts:
        if draft.id is None or first.setdefault(draft.id, draft) is draft:
            continue
        known = resolved.document.place((*first[draft.id].path, "id"))
        message = f"the id `{draft.id}` stands twice, first in line {known.line}"
        notes = (Note(known, "first used here"),)
        rule, help_ = DUPLICATE_ID, "give each walkthrough its own id"
        yield resolved.document.problem(rule, message, (*draft.path, "id"), help_, notes)


def _names_are_printable(resolved: Resolved) -> Iterator[Problem]:
    for draft in resolved.drafts:
        if draft.name is None or draft.name.isprintable() or not _has_control(draft.name):
            continue
        message = "`name` has a line break or another control character"
        rule, path = CONTROL_CHARACTER, (*draft.path, "name")
        yield resolved.document.problem(rule, message, path, "keep it to one line of plain text")


def _has_control(text: str) -> bool:
    """Whether a text would break its line, or reverse the direction of the text around it."""
    return any(
        unicodedata.category(char) in _CONTROLS or unicodedata.bidirectional(char) in _TURNS
        for char in text
    )


def _dates_are_plausible(resolved: Resolved) -> Iterator[Problem]:
    earliest = resolved.today - _LONG_AGO
    for draft in resolved.drafts:
        if draft.date is None or earliest <= draft.date <= resolved.today:
            continue
        path = (*draft.path, "date")
        if draft.date > resolved.today:
            message, help_ = f"{draft.date} lies in the future", "the date is the day of the walk"
            yield resolved.document.problem(FUTURE_DATE, message, path, help_)
        else:
            message, help_ = f"{draft.date} is more than a year ago", "is the year right?"
            yield resolved.document.problem(OLD_DATE, message, path, help_)


def _files_stay_inside(resolved: Resolved) -> Iterator[Problem]:
    for draft in resolved.drafts:
        for name, place in zip(draft.files, draft.file_places, strict=True):
            if not is_inside(name):
                yield _not_inside(name, place)


def _not_inside(name: str, place: Place) -> Problem:
    """The problem of a name that is no path inside the media root, by what is wrong with it."""
    shown, slashed = shorten(name, 120), name.replace("\\", "/")
    if posixpath.normpath(slashed) == ".":
        help_ = "list the recordings in it one by one, or let `sitewalk scan` do it"
        return NO_FILE.problem(f"`{shown}` is a folder", place, help_)
    if "\\" in name and is_inside(slashed):
        help_ = f"write `/` between folders: `{shorten(slashed, 120)}`"
        return OUTSIDE.problem(f"`{shown}` is written with backslashes", place, help_)
    if "\0" in name:
        return OUTSIDE.problem(f"`{shown}` is no path", place, "remove the character U+0000")
    help_ = "write a path inside the media root, with forward slashes; see --media-root"
    return OUTSIDE.problem(f"`{shown}` leaves the media root", place, help_)


def _files_stand_once(resolved: Resolved) -> Iterator[Problem]:
    first: dict[str, tuple[Draft, Place]] = {}
    for draft in resolved.drafts:
        for name, place in zip(draft.files, draft.file_places, strict=True):
            owner, known = first.setdefault(without_detours(name), (draft, place))
            if known is not place:
                others = None if owner is draft else owner
                yield _twice(name, place, others, known)


def _twice(name: str, place: Place, others: Draft | None, known: Place) -> Problem:
    """The problem of a recording that is listed again, in the same walkthrough or another."""
    message, help_ = "is listed twice, first in", "keep one of the two"
    if others:
        message, help_ = f"is already in walkthrough {others.label},", _ONE_WALK
    message = f"the recording `{shorten(name, 120)}` {message} line {known.line}"
    note = Note(known, "first listed here")
    return REPEATED_RECORDING.problem(message, place, help_, notes=(note,))


def _drawings_are_created(resolved: Resolved) -> Iterator[Problem]:
    used: dict[str, Draft] = {}
    for draft in resolved.drafts:
        used.setdefault(draft.effective_route.drawing or "", draft)
    for name in resolved.to_create:
        if name in used:
            message = f"drawing `{shorten(name, 60)}` is not on Evercam yet: it has no `id`"
            help_ = f"create it first: {create_command(resolved.document, name)}"
            note = Note(resolved.document.key_place(("drawings", name)), "to be created from this")
            path = used[name].effective_route.path_of("drawing")
            yield resolved.document.problem(NOT_CREATED, message, path, help_, (note,))


_CHECKS: tuple[Check, ...] = (
    _uploader_is_an_address,
    _ids_are_unique,
    _names_are_printable,
    _dates_are_plausible,
    _files_stay_inside,
    _files_stand_once,
    _drawings_are_created,
)
