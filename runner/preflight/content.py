"""Rules about what single recordings hold, as problems with the manifest."""

from collections.abc import Iterable, Iterator

from runner.preflight.listed import ListedFile
from runner.preflight.verdict import verdict, what_is_unread
from runner.problems import Problem, Severity
from runner.rules.rule import Rule
from runner.units import counted

UNKNOWN_CAMERA = Rule("M066", "unknown-camera", Severity.WARNING)


def check_content(listed: Iterable[ListedFile]) -> Iterator[Problem]:
    """What speaks against each recording by itself."""
    for entry in listed:
        if entry.file is None or entry.file.info is None:
            continue
        for found in verdict(entry.written, entry.file.info, entry.file.beside):
            raised = entry.suspicion if found.is_suspicion else entry.problem
            yield raised(found.rule, f"`{entry.written}` {found.what}", found.help)


def check_cameras(listed: Iterable[ListedFile]) -> Iterator[Problem]:
    """Each unknown camera once, at its first recording."""
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
