"""The first step of the flow: the texts of manifests, or all problems with them."""

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path, PurePath

from runner.base.errors import UsageError
from runner.base.wording import for_shell
from runner.flow.project import PROJECT_FILE, project_of
from runner.manifest.reading import Reading, read_manifest
from runner.manifest.yaml.document import read_bytes, unreadable
from runner.problems.problem import InvalidManifestError, has_errors, sort_problems


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
    """Raise UsageError for a plan or a page, whose every line would be a problem."""
    if PurePath(file).name == PROJECT_FILE:
        help_ = "name a manifest: what it leaves out is taken from there"
        raise UsageError(f"{file} is the project file, not a manifest", help_)
    if _is_saved_plan(raw):
        help_ = f"carry it out: sitewalk apply {for_shell(file)}"
        raise UsageError(f"{file} is a saved plan, not a manifest", help_)
    if raw.lstrip()[:14].lower() == b"<!doctype html":
        help_ = "name the manifest or the saved plan that the page shows"
        raise UsageError(f"{file} is a page: that is no manifest and no saved plan", help_)


def _is_saved_plan(raw: bytes) -> bool:
    """Whether a document is meant as a saved plan, from its look alone."""
    return raw.lstrip().startswith(b"{") and b'"sitewalk_plan"' in raw
