"""Own the decision which files can be part of a walk, by what is in them."""

from runner.recordings.facts import Layout
from runner.scan.model import Found, LeftOut, Reason


def why_no_walk(found: Found) -> LeftOut | None:
    """Why a file is not part of any walk; None for one that is, be it broken or not."""
    facts = found.facts
    if facts is None:
        return None
    if facts.looks_like_proxy:
        return LeftOut(Reason.PROXY, (found.path,))
    if facts.is_time_lapse:
        return LeftOut(Reason.TIME_LAPSE, (found.path,), "the camera made it as a time-lapse")
    named_flat = found.name is not None and found.name.is_single_lens
    if facts.layout is Layout.SINGLE_LENS or (named_flat and facts.layout is Layout.UNKNOWN):
        detail = "recorded with one lens: a flat picture, not 360°"
        return LeftOut(Reason.SINGLE_LENS, (found.path,), detail)
    return None
