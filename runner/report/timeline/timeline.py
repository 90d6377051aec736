"""The timeline of a run: bytes over time for each recording, and what held them up."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class MarkKind(StrEnum):
    """The kinds of marks on a timeline."""

    WAITED = "waited"
    ABANDONED = "abandoned"
    FAILED = "failed"
    HELD = "held"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Track:
    """A recording's bytes in each span of time; `first` is the number of its first span."""

    walkthrough: str
    recording: str
    first: int
    sent: tuple[int, ...]

    @property
    def end(self) -> int:
        """The number of the span after its last."""
        return self.first + len(self.sent)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that held up a walkthrough, `at` seconds after the run's start.

    `what` is a recording, or `create` or `finish`. A WAITED mark stands for `count` failed requests
    that were repeated after `seconds` of pause in all; `reason` is that of the last.
    """

    kind: MarkKind
    walkthrough: str
    what: str
    at: float
    seconds: float
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Limit:
    """The rate limit from `at` on, in bytes a second; None: unlimited."""

    at: float
    rate: float | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A run cut into spans of equal `span` seconds. Its size does not grow with the run's length.

    `measured` is false where only each recording's start, end and bytes are known; then its bytes
    are spread evenly.
    """

    span: float
    tracks: tuple[Track, ...] = ()
    marks: tuple[Mark, ...] = ()
    limits: tuple[Limit, ...] = ()
    measured: bool = True

    @property
    def seconds(self) -> float:
        """The time of its last byte or mark, after the run's start."""
        last_byte = max((track.end for track in self.tracks), default=0) * self.span
        return max([last_byte, *(mark.at for mark in self.marks)])

    def totals(self) -> list[int]:
        """The bytes of all recordings together in each span."""
        totals = [0] * max((track.end for track in self.tracks), default=0)
        for track in self.tracks:
            for number, sent in enumerate(track.sent, start=track.first):
                totals[number] += sent
        return totals


_LONG_ENOUGH = 60.0
_WINDOW = 8


def unused_rate(timeline: Timeline) -> tuple[float, float] | None:
    """Bytes a second, on average and at best, of a run that left more than half of a line unused.

    Best is what was held over eight spans. None where the line was filled, a rate limit held, or
    the run was too short to tell.
    """
    totals = timeline.totals()
    is_limited = any(limit.rate is not None for limit in timeline.limits)
    if not timeline.measured or is_limited or len(totals) * timeline.span < _LONG_ENOUGH:
        return None
    sums = (sum(totals[at : at + _WINDOW]) for at in range(len(totals) - _WINDOW + 1))
    best = max(sums, default=0) / (_WINDOW * timeline.span)
    mean = sum(totals) / (len(totals) * timeline.span)
    return (mean, best) if best > 2 * mean else None


NO_TIMELINE = Timeline(1.0)
"""The timeline of a run that sent nothing."""


def timeline_json(timeline: Timeline) -> dict[str, Any]:
    """The timeline as schemas/results.schema.json describes it."""
    return asdict(timeline)


def timeline_from_json(data: Mapping[str, Any]) -> Timeline:
    """Read a timeline back; keys of a newer version are ignored."""
    return Timeline(
        data["span"],
        tuple(
            Track(track["walkthrough"], track["recording"], track["first"], tuple(track["sent"]))
            for track in data["tracks"]
        ),
        tuple(_marks_from_json(data["marks"])),
        tuple(Limit(limit["at"], limit["rate"]) for limit in data["limits"]),
        data["measured"],
    )


def _marks_from_json(marks: Iterable[Mapping[str, Any]]) -> Iterable[Mark]:
    for mark in marks:
        yield Mark(
            MarkKind(mark["kind"]),
            mark["walkthrough"],
            mark["what"],
            mark["at"],
            mark["seconds"],
            mark["count"],
            mark["reason"],
        )
