"""The summary of a run: its outcome in a sentence, and what is left for people to do."""

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
"""Singular and plural for what is held or changed since its upload; the reason says which."""

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
"""The marks of a timeline, as people say them."""


def counted_words(counts: Mapping[Outcome, int]) -> str:
    """Counts of outcomes in words: `2 done, 1 needs a decision`."""
    counts_by_word = dict.fromkeys(WORDS.values(), 0)
    for outcome, count in counts.items():
        counts_by_word[WORDS[outcome]] += count
    return ", ".join(
        f"{count} {DECISIONS if word == DECISION and count > 1 else word}"
        for word, count in counts_by_word.items()
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
    """Walkthroughs with the same outcome and reason, and what a person can do about them."""

    outcome: Outcome
    reason: str
    steps: tuple[str, ...]
    walkthroughs: tuple[WalkthroughResult, ...]
    count: int

    @property
    def title(self) -> str:
        """The number of walkthroughs and their outcome: `2 walkthroughs failed`."""
        return _counted_title(_TITLES[self.outcome], self.count)


@dataclass(frozen=True, slots=True)
class MissingFile:
    """A file that is not on Evercam yet, or not visible there."""

    walkthrough: WalkthroughResult
    recording: RecordingResult
    state: str
    reason: str


def is_all_there(results: Results) -> bool:
    """Whether nothing is left to do."""
    counts = results.counts()
    return sum(counts[outcome] for outcome in ON_EVERCAM) == results.total


def outcome_sentence(results: Results) -> str:
    """The outcome of a run in a sentence: `9 of 12 walkthroughs are on Evercam: 3 failed`."""
    counts = results.counts()
    there, total = sum(counts[outcome] for outcome in ON_EVERCAM), results.total
    if is_all_there(results):
        return _all_there(counts[Outcome.NOTHING], total)
    left: Counter[tuple[str, str]] = Counter()
    for outcome, titles in _TITLES.items():
        left[titles] += counts[outcome]
    if total == 1:
        return f"The walkthrough {left.most_common(1)[0][0][0]}."
    rest = ", ".join(_counted_title(titles, count, "") for titles, count in left.items() if count)
    return f"{there:,} of {counted(total, 'walkthrough')} {_are(there)} on Evercam: {rest}."


def attentions(results: Results) -> tuple[Attention, ...]:
    """What is left to do, the most pressing first, grouped by outcome, reason and next steps."""
    found: dict[tuple[Outcome, str, tuple[str, ...]], list[WalkthroughResult]] = {}
    for outcome in _TITLES:
        for walkthrough in results.walkthroughs:
            if walkthrough.outcome is outcome:
                steps = walkthrough.next_steps or (_RUN_AGAIN,)
                found.setdefault((outcome, walkthrough.reason, steps), []).append(walkthrough)
    listed = (
        Attention(*key, tuple(walkthroughs), len(walkthroughs))
        for key, walkthroughs in found.items()
    )
    return (*listed, *only_counted(results))


def only_counted(results: Results) -> tuple[Attention, ...]:
    """What is left to do about the walkthroughs in `Results.others`."""
    left = {
        outcome: count for outcome, count in results.others.items() if outcome not in ON_EVERCAM
    }
    steps = (_ASK_STATUS, _ASK_PLAN)
    return tuple(Attention(outcome, _COUNTED, steps, (), count) for outcome, count in left.items())


def missing_files(results: Results) -> tuple[MissingFile, ...]:
    """Every file that is not on Evercam, or is there and not linked yet."""
    return tuple(_missing(results))


def count_files(results: Results) -> int:
    """The number of recordings in the results."""
    return sum(len(walkthrough.recordings) for walkthrough in results.walkthroughs)


def missing_line(results: Results) -> str:
    """The number of missing files: `24 of 2,385 files are not on Evercam yet`; empty for none."""
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
    """The state of a file in words; a file may be sent in full and not be linked yet."""
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


def _counted_title(titles: tuple[str, str], count: int, noun: str = "walkthrough") -> str:
    singular, plural = titles
    number = counted(count, noun) if noun else f"{count:,}"
    return f"{number} {singular if count == 1 else plural}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
