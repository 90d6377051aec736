"""A scan in words: what was left out and why, and a summary."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from runner.base.wording import counted, printable
from runner.scan.model import LeftOut, Reason, Scanned

ADVICE = (
    "some walks are left out: copy again or mend what is named last above, then scan again;"
    " what cannot be mended is left out for good with --ignore FILE, which sitewalk.yaml keeps"
)
"""What to do when a walk may be lost."""

_SHOWN = 10
NOUNS = {
    Reason.PROXY: ("proxy", "proxies"),
    Reason.PHOTO: ("photo", "photos"),
    Reason.TIME_LAPSE: ("time-lapse", "time-lapses"),
    Reason.SINGLE_LENS: ("flat video", "flat videos"),
    Reason.IGNORED: ("ignored", "ignored"),
    Reason.COPY: ("copy", "copies"),
    Reason.LINK: ("link", "links"),
    Reason.LISTED: ("listed already", "listed already"),
    Reason.FINISHED: ("finished already", "finished already"),
    Reason.UNDER_WAY: ("under way already", "under way already"),
    Reason.HALF_KNOWN: ("of a walk known in part", "of walks known in part"),
    Reason.BROKEN: ("of a broken walk", "of broken walks"),
    Reason.INCOMPLETE: ("of an incomplete walk", "of incomplete walks"),
    Reason.UNREADABLE: ("unreadable file or folder", "unreadable files or folders"),
    Reason.UNNAMEABLE: ("with an unfit name", "with unfit names"),
}


def left_out_lines(scanned: Scanned) -> Iterator[str]:
    """Yield a line for everything left out that people may want to know; what needs care, last."""
    by_reason: dict[Reason, list[LeftOut]] = defaultdict(list)
    for left_out in scanned.left_out:
        if left_out.detail or not left_out.reason.is_expected:
            by_reason[left_out.reason].append(left_out)
    for reason in sorted(by_reason, key=list(Reason).index):
        found = by_reason[reason]
        shown = found if reason.needs_attention else found[:_SHOWN]
        yield from map(_line, shown)
        if len(found) > len(shown):
            yield f"left out: {len(found) - len(shown):,} more {NOUNS[reason][1]}"


def _line(left_out: LeftOut) -> str:
    first, *others = left_out.paths
    if len(others) > 1:
        others = [counted(len(others), "other")]
    return printable(f"left out: {' and '.join([first, *others])}: {left_out.detail}")


def summary(scanned: Scanned) -> str:
    """A scan in one line: `12 walks of 31 recordings; left out: 14 proxies, 2 photos`."""
    files = sum(len(walk.files) for walk in scanned.walks)
    found = f"{counted(len(scanned.walks), 'walk')} of {counted(files, 'recording')}"
    count = Counter(dict.fromkeys(Reason, 0))
    for left_out in scanned.left_out:
        count[left_out.reason] += len(left_out.paths)
    kinds = ", ".join(counted(number, *NOUNS[why]) for why, number in count.items() if number)
    what = found if scanned.walks else "no new walks"
    return f"{what}; left out: {kinds}" if kinds else what
