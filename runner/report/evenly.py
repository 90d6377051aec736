"""The timeline of a run that nobody measured: each recording's bytes, spread over its time."""

import datetime as dt
from collections.abc import Iterator

from runner.report.results import Outcome, RecordingResult, Results, WalkthroughResult
from runner.report.timeline.recorder import SPANS
from runner.report.timeline.timeline import Mark, MarkKind, Timeline, Track

_ENDS = {
    Outcome.FAILED: MarkKind.FAILED,
    Outcome.HELD: MarkKind.HELD,
    Outcome.INTERRUPTED: MarkKind.INTERRUPTED,
}
_SHORTEST = 1 / 16


def spread_evenly(results: Results) -> Timeline:
    """The timeline of results that were not measured while they came about."""
    span = max(results.seconds / (SPANS - 1), _SHORTEST)
    tracks = (
        _even_track(results.started, span, walkthrough.id, recording)
        for walkthrough in results.walkthroughs
        for recording in walkthrough.recordings
        if recording.bytes_sent and recording.started and recording.ended
    )
    ordered = tuple(sorted(tracks, key=lambda track: track.first))
    return Timeline(span, ordered, tuple(_end_marks(results)), measured=False)


def _even_track(
    start: dt.datetime, span: float, walkthrough: str, recording: RecordingResult
) -> Track:
    first, last = (
        max(0, int((at - start).total_seconds() / span)) if at else 0
        for at in (recording.started, recording.ended)
    )
    count = max(1, last - first + 1)
    share, rest = divmod(recording.bytes_sent, count)
    sent = tuple(share + (number < rest) for number in range(count))
    return Track(walkthrough, recording.name, first, sent)


def _end_marks(results: Results) -> Iterator[Mark]:
    for walkthrough in results.walkthroughs:
        kind = _ENDS.get(walkthrough.outcome)
        if kind and walkthrough.ended:
            yield Mark(kind, walkthrough.id, "", *_end_of(results, walkthrough))


def _end_of(results: Results, walkthrough: WalkthroughResult) -> tuple[float, float, int, str]:
    ended = walkthrough.ended or results.ended
    at = max(0.0, (ended - results.started).total_seconds())
    return at, 0.0, 1, walkthrough.reason
