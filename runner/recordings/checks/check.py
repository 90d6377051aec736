"""All rules about recordings, applied to those of the manifests given together."""

import datetime as dt
from collections.abc import Iterable, Iterator

from runner.base.wording import counted
from runner.problems.problem import Problem, Rule, Severity
from runner.recordings.checks.listed import ListedFile, each_once
from runner.recordings.checks.takes import check_chapters, check_lenses
from runner.recordings.checks.verdict import verdict, what_is_unread
from runner.recordings.checks.when_and_where import check_days, check_overlaps, check_places

UNKNOWN_CAMERA = Rule("M066", "unknown-camera", Severity.WARNING)


def check_content(listed: Iterable[ListedFile]) -> Iterator[Problem]:
    """Yield what speaks against each recording by itself."""
    for entry in listed:
        if entry.file is None or entry.file.info is None:
            continue
        for finding in verdict(entry.written, entry.file.info, entry.file.neighbours):
            problem = entry.suspicion if finding.is_suspicion else entry.problem
            yield problem(finding.rule, f"`{entry.written}` {finding.what}", finding.help)


def check_cameras(listed: Iterable[ListedFile]) -> Iterator[Problem]:
    """Yield a warning for each unknown camera, at its first recording."""
    met: dict[str, list[ListedFile]] = {}
    for entry in listed:
        info = entry.facts
        if info and entry.is_sound and not info.camera_is_known and not what_is_unread(info):
            met.setdefault(info.camera or "", []).append(entry)
    for camera, recordings in met.items():
        named = f"the camera `{camera}`" if camera else f"the camera of `{recordings[0].written}`"
        what = counted(len(recordings), "recording")
        help_ = f"{what} of it {'is' if len(recordings) == 1 else 'are'} taken as found"
        message = f"{named} is not known to this version"
        yield recordings[0].problem(UNKNOWN_CAMERA, message, help_)


_RULES = (
    check_content,
    check_cameras,
    check_lenses,
    check_chapters,
    check_days,
    check_overlaps,
    check_places,
)


def check_recordings(listed: Iterable[ListedFile]) -> Iterator[Problem]:
    """Yield everything that speaks against sending some recordings, in the order of the rules."""
    recordings = each_once(listed)
    for rule in _RULES:
        yield from rule(recordings)


def check_fresh(listed: Iterable[ListedFile]) -> Iterator[Problem]:
    """Yield what `check_recordings` finds in those that were not sent and linked yet."""
    yield from check_recordings(_to_judge(listed))


def _to_judge(listed: Iterable[ListedFile]) -> list[ListedFile]:
    """The recordings that were examined or are missing, and those of their takes that were sent.

    What was sent and linked is not judged again; it shows what belongs to it.
    """
    every = list(listed)
    fresh = [entry for entry in every if not _is_as_sent(entry)]
    if len(fresh) == len(every):
        return every
    starts = {start for entry in fresh for start in (entry.start, _named_start(entry)) if start}
    return [entry for entry in every if not _is_as_sent(entry) or _named_start(entry) in starts]


def _is_as_sent(entry: ListedFile) -> bool:
    return entry.file is not None and entry.file.info is None


def _named_start(entry: ListedFile) -> dt.datetime | None:
    return entry.name.local_start if entry.name else None
