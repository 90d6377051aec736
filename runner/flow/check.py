"""The first half of the flow: manifests and their recordings, or all problems with them."""

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from runner.base.errors import UsageError
from runner.base.wording import counted, for_shell
from runner.drawings.picture import PictureLoader, check_pictures
from runner.flow.project import PROJECT_FILE, project_of
from runner.ledger.state import NOTHING_KNOWN, Phase, States
from runner.manifest.meaning.checks import DUPLICATE_ID, REPEATED_RECORDING
from runner.manifest.reading import Reading, read_manifest
from runner.manifest.yaml.document import read_bytes, unreadable
from runner.plan.model import Choices
from runner.plan.planner import Source
from runner.plan.saved import is_saved_plan
from runner.problems.problem import (
    InvalidManifestError,
    Note,
    Place,
    Problem,
    first_of,
    has_errors,
    sort_problems,
)
from runner.recordings.address import MediaRoot
from runner.recordings.checks.check import check_recordings
from runner.recordings.checks.listed import ListedFile, listed_in
from runner.recordings.files import MISSING, RecordingFile, look
from runner.recordings.identity import Identity
from runner.recordings.names import LOOKED_IN


@dataclass(frozen=True, slots=True)
class Checked:
    """Manifests with their recordings, all problems found, and the texts they were found in.

    `rootless` are the manifests that name no media root and have no recording beside them.
    """

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]
    texts: Mapping[str, str]
    rootless: frozenset[str] = frozenset()


def read_manifests(paths: Sequence[Path], today: dt.date) -> tuple[Reading, ...]:
    """Read manifests, each with its own problems; raises UsageError for a plan or a page."""
    return tuple(_read(path, today) for path in paths)


def texts_of(paths: Sequence[Path], readings: Sequence[Reading]) -> dict[str, str]:
    """The texts of manifests and their project files, by file as problems name it."""
    texts = {file: text for reading in readings for file, text in reading.shared_texts.items()}
    own = {path.as_posix(): reading.text for path, reading in zip(paths, readings, strict=True)}
    return texts | own


def walkthroughs_in(paths: Sequence[Path], today: dt.date) -> dict[tuple[str, str], str]:
    """The manifest of each walkthrough in some manifests, by project and id.

    Raises InvalidManifestError when they cannot be read.
    """
    readings = read_manifests(paths, today)
    problems = sort_problems({problem for reading in readings for problem in reading.problems})
    if has_errors(problems):
        raise InvalidManifestError(problems, texts_of(paths, readings))
    manifests = [reading.manifest for reading in readings if reading.manifest]
    return {
        (manifest.project, walkthrough.id): manifest.path
        for manifest in manifests
        for walkthrough in manifest.walkthroughs
    }


def check_manifests(paths: Sequence[Path], media_root: MediaRoot | None, today: dt.date) -> Checked:
    """Read manifests and look at their recordings and pictures, with errors or without.

    Raises UsageError, and ServerError and CredentialsError where a media root is a store that
    cannot be asked.
    """
    paths = distinct(paths)
    readings = read_manifests(paths, today)
    looks = [
        look(reading.drafts, media_root or path.parent)
        for path, reading in zip(paths, readings, strict=True)
    ]
    recordings = [facts.files for facts in looks]
    judged = list(check_recordings(_listed(readings, recordings)))
    loader = PictureLoader()
    problems = list(_ids_across(paths, readings))
    for path, reading, facts in zip(paths, readings, looks, strict=True):
        file = path.as_posix()
        own = (problem for problem in judged if problem.place.file == file)
        pictures = check_pictures(reading.drawings, loader)
        problems.extend(first_of([*reading.problems, *facts.problems, *own, *pictures], file))
    keys = [{name: str(file.identity) for name, file in files.items()} for files in recordings]
    problems.extend(_recordings_across(paths, readings, keys))
    sources = tuple(
        Source(reading.manifest, files)
        for reading, files in zip(readings, recordings, strict=True)
        if reading.manifest
    )
    rootless = frozenset(
        path.as_posix()
        for path, facts in zip(paths, looks, strict=True)
        if media_root is None and not facts.files
    )
    return Checked(sources, sort_problems(_once(problems)), texts_of(paths, readings), rootless)


def _listed(
    readings: Sequence[Reading], recordings: Sequence[Mapping[str, RecordingFile]]
) -> Iterator[ListedFile]:
    for reading, files in zip(readings, recordings, strict=True):
        walkthroughs = reading.manifest.walkthroughs if reading.manifest else ()
        yield from listed_in(reading.drafts, files, walkthroughs)


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


def distinct(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The paths without those that lead to a file already named."""
    return tuple({os.path.realpath(path): path for path in reversed(paths)}.values())[::-1]


def _read(path: Path, today: dt.date) -> Reading:
    file = path.as_posix()
    try:
        raw = read_bytes(path)
    except OSError as error:
        return Reading(None, (unreadable(file, error),))
    _refuse_what_sitewalk_writes(raw, file)
    project = project_of(path)
    return read_manifest(raw, file, today, project.reading if project else None)


def _refuse_what_sitewalk_writes(raw: bytes, file: str) -> None:
    """A plan or a page in a manifest's place would make a problem of its every line."""
    if PurePath(file).name == PROJECT_FILE:
        help_ = "name a manifest: what it leaves out is taken from there"
        raise UsageError(f"{file} is the project file, not a manifest", help_)
    if is_saved_plan(raw):
        help_ = f"carry it out: sitewalk apply {for_shell(file)}"
        raise UsageError(f"{file} is a saved plan, not a manifest", help_)
    if raw.lstrip()[:14].lower() == b"<!doctype html":
        help_ = "name the manifest or the saved plan that the page shows"
        raise UsageError(f"{file} is a page: that is no manifest and no saved plan", help_)


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
    """The same with one problem for a manifest none of whose recordings lies beside it."""
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


def lacks_only_files(checked: Checked) -> bool:
    """Whether recordings that are not there are all that is wrong."""
    others = tuple(problem for problem in checked.problems if problem.code != MISSING.code)
    return has_errors(checked.problems) and not has_errors(others)


def remember(checked: Checked, states: States, choices: Choices) -> Checked:
    """The same with recordings of finished walkthroughs as they were sent, where they are gone.

    A walkthrough that is to be uploaded again still needs its files.
    """
    if not lacks_only_files(checked):
        return checked
    found = [dict(_remembered(source, states, choices)) for source in checked.sources]
    sources = tuple(
        replace(source, files={**source.files, **{file.name: file for file in sent.values()}})
        for source, sent in zip(checked.sources, found, strict=True)
    )
    settled = {place for sent in found for place in sent} | set(_complete(sources))
    problems = tuple(
        problem
        for problem in checked.problems
        if problem.code != MISSING.code or problem.place not in settled
    )
    return replace(checked, sources=sources, problems=problems)


def _complete(sources: Iterable[Source]) -> Iterator[Place]:
    """The manifests all of whose recordings are known: they do not miss their media root."""
    for source in sources:
        walkthroughs = source.manifest.walkthroughs
        if all(name in source.files for walk in walkthroughs for name in walk.files):
            yield from {Place(walk.place.file) for walk in walkthroughs}


def _remembered(
    source: Source, states: States, choices: Choices
) -> Iterator[tuple[Place, RecordingFile]]:
    for walkthrough in source.manifest.walkthroughs:
        state = states.get((source.manifest.project, walkthrough.id), NOTHING_KNOWN)
        if state.phase is not Phase.FINISHED or walkthrough.id in choices.again:
            continue
        sent = {name: identity for identity, name in state.link.get("recordings", {}).items()}
        for name, place in zip(walkthrough.files, walkthrough.file_places, strict=True):
            if name in sent and name not in source.files:
                yield place, RecordingFile(name, Path(name), Identity.parse(sent[name]))
