"""The verdict on a recording by itself: whether it is whole, and of the right kind."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from runner.problems.problem import Rule, Severity
from runner.recordings.insv.facts import DamageKind, InsvFacts, Layout
from runner.recordings.names import NameKind, parse_name

CUT_SHORT = Rule("M047", "cut-short")
DAMAGED = Rule("M048", "damaged")
HOLE = Rule("M049", "hole")
CONVERTED = Rule("M050", "converted")
PROXY = Rule("M051", "proxy")
TIME_LAPSE = Rule("M052", "time-lapse")
SINGLE_LENS = Rule("M053", "single-lens")
UNKNOWN_LAYOUT = Rule("M067", "unknown-layout", Severity.WARNING)
HALF_READ = Rule("M068", "half-read", Severity.WARNING)
ENDING = Rule("M069", "ending", Severity.WARNING)

# In order: the first kind of damage in a file says most about what happened to it.
BROKEN: Mapping[DamageKind, tuple[Rule, str]] = {
    DamageKind.HOLE: (HOLE, "has a hole"),
    DamageKind.BAD_START: (DAMAGED, "is damaged"),
    DamageKind.BOX_PAST_END: (CUT_SHORT, "is cut short"),
    DamageKind.NO_MOVIE: (CUT_SHORT, "is cut short"),
    DamageKind.TRAILER_SIZE: (CUT_SHORT, "is cut short"),
    DamageKind.TRAILER_CUT: (CUT_SHORT, "is cut short"),
    DamageKind.BOX_UNREADABLE: (CUT_SHORT, "is cut short"),
    DamageKind.NO_MEDIA: (DAMAGED, "is damaged"),
    DamageKind.NO_VIDEO: (DAMAGED, "is damaged"),
    DamageKind.PADDED: (CUT_SHORT, "is longer than its content"),
    DamageKind.NO_TRAILER: (CONVERTED, "is not the camera's own file"),
}
_UNREAD = (
    DamageKind.NO_INFO,
    DamageKind.INDEX_OUTSIDE,
    DamageKind.RECORDS_BROKEN,
    DamageKind.TOO_COMPLEX,
)
SUFFIX = ".insv"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a recording; `what` is a clause that can follow its name.

    `is_suspicion` is set where only a known camera would make it certain.
    """

    rule: Rule
    what: str
    help: str
    is_suspicion: bool = False

    @property
    def severity(self) -> Severity:
        """Whether the finding is enough to refuse the recording; a suspicion never is."""
        return Severity.WARNING if self.is_suspicion else self.rule.severity


def verdict(written: str, info: InsvFacts, neighbours: Collection[str] = ()) -> Iterator[Finding]:
    """Yield what speaks against a recording; a broken one is not judged any further.

    `written` is its name, with or without folders. `neighbours` are the names of all files in its
    folder, in lower case.
    """
    if info.loses_video:
        yield _broken(info)
        return
    yield from _wrong_kind(written, info, neighbours)
    yield from _not_understood(info)
    yield from _ending(written)


def _broken(info: InsvFacts) -> Finding:
    details = {damage.kind: damage.detail for damage in reversed(info.damage)}
    kind = next(kind for kind in BROKEN if kind in details)
    rule, what = BROKEN[kind]
    if rule is CONVERTED:
        what += ": it may play, but lacks the camera's records at its end"
        return Finding(rule, what, "list the file as the camera wrote it")
    help_ = "compare it with the file on the card, and copy it once more"
    return Finding(rule, f"{what}: {details[kind]}", help_)


def _wrong_kind(written: str, info: InsvFacts, neighbours: Collection[str]) -> Iterator[Finding]:
    """Yield what the file is instead of a recording of both lenses; one reason is enough."""
    is_new = not info.camera_is_known
    if info.layout is Layout.SINGLE_LENS:
        what = "was recorded with a single lens"
        yield Finding(SINGLE_LENS, what, "list a 360° recording", is_new)
    elif info.is_time_lapse:
        help_ = "list a recording at normal speed"
        yield Finding(TIME_LAPSE, "is a time-lapse", help_, is_new)
    elif proxy := _proxy(PurePosixPath(written).name, info):
        what, is_sure = proxy
        help_ = _instead_of_proxy(written, neighbours)
        yield Finding(PROXY, what, help_, is_new or not is_sure)


def _proxy(title: str, info: InsvFacts) -> tuple[str, bool] | None:
    """Why a file looks like a small copy for previews, and whether that is certain; else None."""
    name = parse_name(title)
    is_named_so = name is not None and name.is_proxy
    if info.looks_like_proxy:
        return f"is a proxy of {info.resolution}; {info.dimension} was recorded", True
    if info.is_small and is_named_so:
        return f"is named like a proxy, and as small as one: {info.resolution}", True
    if info.is_small:
        return f"is as small as a proxy: {info.resolution}", False
    if is_named_so and not (info.resolution and info.dimension):
        return "is named like a proxy, and does not say what it is", False
    return None


def _instead_of_proxy(written: str, neighbours: Collection[str]) -> str:
    name = parse_name(PurePosixPath(written).name)
    if name is None or not name.is_proxy:
        return "list the recording itself, not its small copy"
    kind = NameKind.SINGLE_LENS if name.is_single_lens else NameKind.VIDEO
    whole = str(replace(name, kind=kind, lens=0, has_proxy_digit=False, suffix=SUFFIX))
    if whole.casefold() in neighbours:
        neighbour = PurePosixPath(written).with_name(whole)
        return f"leave it out and list `{neighbour}`, which lies beside it"
    return f"list `{whole}` instead"


def _not_understood(info: InsvFacts) -> Iterator[Finding]:
    if unread := what_is_unread(info):
        what = f"could not be read in full: {unread}"
        yield Finding(HALF_READ, what, "compare it with the file on the card")
    elif info.layout is Layout.UNKNOWN and info.camera_is_known:
        what = "has a layout that is not known to this version"
        yield Finding(UNKNOWN_LAYOUT, what, "it is taken as it is")


def what_is_unread(info: InsvFacts) -> str:
    """What kept the reader from reading everything the camera wrote; empty when nothing did."""
    return next((damage.detail for damage in info.damage if damage.kind in _UNREAD), "")


def _ending(written: str) -> Iterator[Finding]:
    if PurePosixPath(written).suffix.lower() != SUFFIX:
        what = f"is a recording, and does not end in `{SUFFIX}`"
        yield Finding(ENDING, what, f"give it its ending back: `{SUFFIX}`")
