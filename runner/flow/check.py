"""The first half of the flow: manifests and their recordings, or all problems with them."""

import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runner.base.wording import counted
from runner.flow.reading import distinct, read_manifests, texts_of
from runner.manifest.meaning.checks import DUPLICATE_ID, REPEATED_RECORDING
from runner.manifest.reading import Reading
from runner.plan.planner import Source
from runner.problems.problem import (
    Note,
    Place,
    Problem,
    first_of,
    sort_problems,
)
from runner.recordings.address import MediaRoot
from runner.recordings.files import NOTHING_SENT, Facts, RecordingFile, SentFiles, look
from runner.recordings.unfit import LOOKED_IN, MISSING


@dataclass(frozen=True, slots=True)
class Checked:
    """Manifests with their recordings, all problems found, and the texts they were found in.

    `rootless` are the manifests that name no media root and have no recording beside them.
    """

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]
    texts: Mapping[str, str]
    rootless: frozenset[str] = frozenset()


SentFilesOf = Callable[[Sequence[Reading]], Sequence[SentFiles]]
"""What a ledger knows of each reading's files, so that they need not be opened again."""


def nothing_sent(readings: Sequence[Reading]) -> Sequence[SentFiles]:
    """No files of any reading."""
    return [NOTHING_SENT] * len(readings)


def check_manifests(
    paths: Sequence[Path],
    media_root: MediaRoot | None,
    today: dt.date,
    sent_files: SentFilesOf = nothing_sent,
) -> Checked:
    """Read manifests and look at their recordings and pictures, with errors or without.

    Of finished walkthroughs, the files in `sent_files` are looked at only as far as needed.
    Raises UsageError, and ServerError and CredentialsError where a media root is a store that
    cannot be asked.
    """
    paths = distinct(paths)
    readings = read_manifests(paths, today)
    looks = [
        look(reading.drafts, media_root or path.parent, sent)
        for path, reading, sent in zip(paths, readings, sent_files(readings), strict=True)
    ]
    problems = _all_problems(paths, readings, looks)
    sources = tuple(
        Source(reading.manifest, facts.files)
        for reading, facts in zip(readings, looks, strict=True)
        if reading.manifest
    )
    rootless = frozenset(
        path.as_posix()
        for path, facts in zip(paths, looks, strict=True)
        if media_root is None and not facts.files
    )
    return Checked(sources, problems, texts_of(paths, readings), rootless)


def _all_problems(
    paths: Sequence[Path], readings: Sequence[Reading], looks: Sequence[Facts]
) -> tuple[Problem, ...]:
    """Problems of texts, of files, of recordings and of pictures; in each manifest, and across."""
    recordings = [facts.files for facts in looks]
    judged = _judged(readings, recordings)
    problems = list(_ids_across(paths, readings))
    pictures = _check_pictures(readings)
    for path, reading, facts, unfit in zip(paths, readings, looks, pictures, strict=True):
        file = path.as_posix()
        own = (problem for problem in judged if problem.place.file == file)
        problems.extend(first_of([*reading.problems, *facts.problems, *own, *unfit], file))
    keys = [{name: str(file.identity) for name, file in files.items()} for files in recordings]
    problems.extend(_recordings_across(paths, readings, keys))
    return sort_problems(_once(problems))


def _check_pictures(readings: Sequence[Reading]) -> list[list[Problem]]:
    """The problems with the pictures of each reading."""
    if all(drawing.image is None for reading in readings for drawing in reading.drawings):
        return [[] for _ in readings]
    from runner.drawings.picture import PictureLoader, check_pictures  # noqa: PLC0415 - most name none

    loader = PictureLoader()
    return [list(check_pictures(reading.drawings, loader)) for reading in readings]


def _judged(
    readings: Sequence[Reading], recordings: Sequence[Mapping[str, RecordingFile]]
) -> list[Problem]:
    """What speaks against the recordings; nothing where all are as they were sent."""
    names = [[name for draft in reading.drafts for name in draft.files] for reading in readings]
    found = zip(names, recordings, strict=True)
    if all(name in files and files[name].info is None for own, files in found for name in own):
        return []
    from runner.recordings.checks.check import check_fresh  # noqa: PLC0415 - none may be new
    from runner.recordings.checks.listed import listed_in  # noqa: PLC0415 - the same

    return list(
        check_fresh(
            entry
            for reading, files in zip(readings, recordings, strict=True)
            for entry in listed_in(
                reading.drafts, files, reading.manifest.walkthroughs if reading.manifest else ()
            )
        )
    )


def check_texts(paths: Sequence[Path], media_root: MediaRoot | None, today: dt.date) -> Checked:
    """Read manifests where the recordings are not at hand, as in a pull request."""
    paths = distinct(paths)
    readings = read_manifests(paths, today)
    problems = [problem for reading in readings for problem in reading.problems]
    problems.extend(_ids_across(paths, readings))
    keys = [
        _locations(reading, str(media_root or path.parent))
        for path, reading in zip(paths, readings, strict=True)
    ]
    problems.extend(_recordings_across(paths, readings, keys))
    return Checked((), sort_problems(_once(problems)), texts_of(paths, readings))


def _locations(reading: Reading, root: str) -> dict[str, str]:
    """Where the recordings would be, by the manifest's name for each."""
    names = (name for draft in reading.drafts for name in draft.files)
    return {name: os.path.normpath(f"{root}/{name}") for name in names}


def _ids_across(paths: Sequence[Path], readings: Sequence[Reading]) -> Iterator[Problem]:
    """The same walkthrough id for the same project in two manifests."""
    first: dict[tuple[str, str], Place] = {}
    for path, reading in zip(paths, readings, strict=True):
        for draft in reading.drafts:
            if draft.id is None or reading.project is None:
                continue
            place = draft.place
            known = first.setdefault((reading.project, draft.id), place)
            if known.file != path.as_posix():
                message = f"the id `{draft.id}` is used in {known.file} for the same project"
                note = Note(known, "first used here")
                yield DUPLICATE_ID.problem(message, place, "give each its own id", (note,))


def _recordings_across(
    paths: Sequence[Path], readings: Sequence[Reading], keys: Sequence[Mapping[str, str]]
) -> Iterator[Problem]:
    """The same recording in two manifests; `keys` say, by name, which recording is meant."""
    first: dict[str, tuple[str, Place]] = {}
    for path, reading, known_here in zip(paths, readings, keys, strict=True):
        for draft in reading.drafts:
            for name, place in zip(draft.files, draft.file_places, strict=True):
                if name not in known_here:
                    continue
                owner, known = first.setdefault(known_here[name], (draft.label, place))
                if known.file != path.as_posix():
                    message = f"the recording `{name}` is already in {owner} of {known.file}"
                    help_ = "a recording belongs to one walkthrough"
                    note = Note(known, "first listed here")
                    yield REPEATED_RECORDING.problem(message, place, help_, (note,))


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """One problem for one mistake: a recording repeated by name is also one repeated on disk."""
    found = {(problem.code, problem.place): problem for problem in reversed(problems)}
    repeated = (REPEATED_RECORDING.code,)
    return [
        problem
        for problem in dict.fromkeys(problems)  # manifests share those of their project file
        if problem.code not in repeated or found[problem.code, problem.place] is problem
    ]


def with_one_for_all_missing(checked: Checked) -> Checked:
    """The same with one problem where no recording of a manifest lies beside it."""
    missing: dict[str, list[Problem]] = {}
    for problem in checked.problems:
        if problem.code == MISSING.code and problem.help.startswith(LOOKED_IN):
            missing.setdefault(problem.place.file, []).append(problem)
    gone = {
        file: found
        for file, found in missing.items()
        if file in checked.rootless and len(found) > 1
    }
    listed = {problem for found in gone.values() for problem in found}
    others = [problem for problem in checked.problems if problem not in listed]
    for file, found in gone.items():
        first = found[0].message.removesuffix(" is not there")
        more = counted(len(found) - 1, "more recording")
        message = f"{first} and {more} are not beside the manifest, and no other is"
        help_ = (
            "where are they? Name their folder with --media-root FOLDER, or once for all: "
            "sitewalk config set media_root FOLDER"
        )
        others.append(MISSING.problem(message, Place(file), help_))
    return replace(checked, problems=sort_problems(others))
