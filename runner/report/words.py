"""Own the words for what became of walkthroughs: the same in every form of a report."""

from collections.abc import Mapping

from runner.report.results import Outcome
from runner.report.timeline import MarkKind

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
