"""Own the rules about what single recordings hold, as problems with the manifest."""

from collections.abc import Iterable, Iterator

from runner.preflight.listed import Listed
from runner.preflight.verdict import verdict, what_is_unread
from runner.problems import Problem, Severity
from runner.rules.rule import Rule
from runner.units import counted

UNKNOWN_CAMERA = Rule("M066", "unknown-camera", Severity.WARNING)


def check_content(listed: Iterable[Listed]) -> Iterator[Problem]:
    """What speaks against each recording by itself."""
    for one in listed:
        if one.file is None or one.file.info is None:
            continue
        for found in verdict(one.written, one.file.info, one.file.beside):
            raised = one.suspicion if found.is_suspicion else one.problem
            yield raised(found.rule, f"`{one.written}` {found.what}", found.help)


def check_cameras(listed: Iterable[Listed]) -> Iterator[Problem]:
    """Each unknown camera once, at its first recording."""
    met: dict[str, list[Listed]] = {}
    for one in listed:
        info = one.info
        if info and one.is_sound and not info.camera_is_known and not what_is_unread(info):
            met.setdefault(info.camera or "", []).append(one)
    for camera, recordings in met.items():
        named = f"the camera `{camera}`" if camera else f"the camera of `{recordings[0].written}`"
        what = counted(len(recordings), "recording")
        help_ = f"{what} of it {'is' if len(recordings) == 1 else 'are'} taken as found"
        message = f"{named} is not known to this version"
        yield recordings[0].problem(UNKNOWN_CAMERA, message, help_)
