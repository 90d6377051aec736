"""What a run leaves for people to do: its outcome in a sentence, and counts in words."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runner.base.wording import counted
from runner.report.results import (
    Outcome,
    RecordingOutcome,
    RecordingResult,
    Results,
    WalkthroughResult,
)
from runner.report.timeline.timeline import MarkKind

DECISION, DECISIONS = "needs a decision", "need a decision"
"""Of one and of several: what is held, or changed since its upload. The reason tells which."""

WORDS = {
    Outcome.DONE: "done",
    Outcome.NOTHING: "done already",
    Outcome.FAILED: "failed",
    Outcome.HELD: DECISION,
    Outcome.CHANGED: DECISION,
    Outcome.INTERRUPTED: "interrupted",
    Outcome.NOT_STARTED: "not started",
}
"""The outcomes as people say them."""

MARKS = {**{kind: str(kind) for kind in MarkKind}, MarkKind.HELD: DECISION}
"""What is marked on a timeline, as people say it."""


def counted_words(counts: Mapping[Outcome, int]) -> str:
    """How many ended in each way: `2 done, 1 needs a decision`."""
    together = dict.fromkeys(WORDS.values(), 0)
    for outcome, count in counts.items():
        together[WORDS[outcome]] += count
    return ", ".join(
        f"{count} {DECISIONS if word == DECISION and count > 1 else word}"
        for word, count in together.items()
        if count
    )


ON_EVERCAM = frozenset({Outcome.DONE, Outcome.NOTHING})
"""The outcomes after which nothing is left to do."""

_TITLES = {
    Outcome.HELD: (DECISION, DECISIONS),
    Outcome.CHANGED: (DECISION, DECISIONS),
    Outcome.FAILED: ("failed", "failed"),
    Outcome.INTERRUPTED: ("was interrupted", "were interrupted"),
    Outcome.NOT_STARTED: ("was not started", "were not started"),
}
"""What is left to do, the most pressing first."""

_RUN_AGAIN = "run the same command again"
_COUNTED = "it waited for a person when the run began, and the run did nothing about it"
_ASK_STATUS = "see what is held now: sitewalk status"
_ASK_PLAN = "see what has changed since its upload: sitewalk plan"


@dataclass(frozen=True, slots=True)
class Attention:
    """Walkthroughs that ended in one way for one reason, and what a person can do about them."""

    outcome: Outcome
    reason: str
    steps: tuple[str, ...]
    walkthroughs: tuple[WalkthroughResult, ...]
    count: int

    @property
    def title(self) -> str:
        """How many, and what is the matter: `2 walkthroughs failed`."""
        return _told(_TITLES[self.outcome], self.count)


@dataclass(frozen=True, slots=True)
class MissingFile:
    """A file that is not on Evercam yet, or not visible there."""

    walkthrough: WalkthroughResult
    recording: RecordingResult
    state: str
    reason: str


def outcome_sentence(results: Results) -> str:
    """What became of the run, in one sentence: `9 of 12 walkthroughs are on Evercam: 3 failed`."""
    counts = results.counts()
    there, total = sum(counts[one] for one in ON_EVERCAM), results.total
    if there == total:
        return _all_there(counts[Outcome.NOTHING], total)
    left: Counter[tuple[str, str]] = Counter()
    for outcome, titles in _TITLES.items():
        left[titles] += counts[outcome]
    if total == 1:
        return f"The walkthrough {left.most_common(1)[0][0][0]}."
    rest = ", ".join(_told(titles, count, "") for titles, count in left.items() if count)
    return f"{there:,} of {counted(total, 'walkthrough')} {_are(there)} on Evercam: {rest}."


def attentions(results: Results) -> tuple[Attention, ...]:
    """What is left to do, the most pressing first; what has the same cause stands together."""
    found: dict[tuple[Outcome, str, tuple[str, ...]], list[WalkthroughResult]] = {}
    for outcome in _TITLES:
        for one in results.walkthroughs:
            if one.outcome is outcome:
                steps = one.next_steps or (_RUN_AGAIN,)
                found.setdefault((outcome, one.reason, steps), []).append(one)
    listed = (Attention(*key, tuple(walks), len(walks)) for key, walks in found.items())
    return (*listed, *only_counted(results))


def only_counted(results: Results) -> tuple[Attention, ...]:
    """What is left to do about walkthroughs of which only the number is known."""
    left = {one: count for one, count in results.others.items() if one not in ON_EVERCAM}
    steps = (_ASK_STATUS, _ASK_PLAN)
    return tuple(Attention(outcome, _COUNTED, steps, (), count) for outcome, count in left.items())


def missing_files(results: Results) -> tuple[MissingFile, ...]:
    """Every file of which something is missing on Evercam, be it only the link to it."""
    return tuple(_missing(results))


def count_files(results: Results) -> int:
    """How many files the run is about."""
    return sum(len(one.recordings) for one in results.walkthroughs)


def missing_line(results: Results) -> str:
    """How many files are missing: `24 of 2,385 files are not on Evercam yet`; empty when none."""
    missing = len(missing_files(results))
    if not missing:
        return ""
    return (
        f"{missing:,} of {counted(count_files(results), 'file')} {_are(missing)} not on Evercam yet"
    )


def _missing(results: Results) -> Iterator[MissingFile]:
    for walkthrough in results.walkthroughs:
        for recording in walkthrough.recordings:
            state = file_state(walkthrough, recording)
            if state != _THERE:
                reason = recording.reason or walkthrough.reason
                yield MissingFile(walkthrough, recording, state, reason)


_THERE = "on Evercam"
_STATES = {RecordingOutcome.PARTIAL: "partly sent", RecordingOutcome.NOT_SENT: "not sent"}


def file_state(walkthrough: WalkthroughResult, recording: RecordingResult) -> str:
    """Where a file is, in words: its bytes may all be there and not be linked yet."""
    if recording.outcome in _STATES:
        return _STATES[recording.outcome]
    linked = walkthrough.outcome in ON_EVERCAM or walkthrough.outcome is Outcome.CHANGED
    return _THERE if linked else "sent, not linked"


def _all_there(before: int, total: int) -> str:
    if not total:
        return "There was no walkthrough to upload."
    if before == total:
        which = "The walkthrough was" if total == 1 else f"All {total:,} walkthroughs were"
        return f"{which} on Evercam already; nothing was sent."
    which = "The walkthrough is" if total == 1 else f"All {total:,} walkthroughs are"
    return f"{which} on Evercam."


def _told(titles: tuple[str, str], count: int, noun: str = "walkthrough") -> str:
    singular, plural = titles
    number = counted(count, noun) if noun else f"{count:,}"
    return f"{number} {singular if count == 1 else plural}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
