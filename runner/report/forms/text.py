"""The results as text for people: every walkthrough and file, then the run in one line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from runner.base.wording import counted, duration, moment, printable, size, speed
from runner.plan.text import MOST_NAMED
from runner.report.results import (
    Outcome,
    RecordingOutcome,
    RecordingResult,
    Results,
    WalkthroughResult,
)
from runner.report.summary import DECISION, WORDS, counted_words, is_all_there, missing_line
from runner.report.timeline.timeline import unused_rate

_WIDTH = len(DECISION)

_RECORDING_WORDS = {
    RecordingOutcome.SENT: "sent",
    RecordingOutcome.KEPT: "sent before",
    RecordingOutcome.PARTIAL: "partly sent",
    RecordingOutcome.NOT_SENT: "not sent",
}


def results_text(results: Results) -> str:
    """The whole report; what names hold cannot steer a terminal."""
    return "\n".join([*(printable(line) for line in _lines(results)), ""])


def headline(results: Results) -> str:
    """The run in one line: `3 walkthroughs: 2 done, 1 failed; 8.4 GB sent in 3 h 2 min`."""
    total = counted(results.total, "walkthrough")
    words = counted_words(results.counts())
    return f"{total}{': ' if words else ''}{words}; {_sent(results)}"


def _sent(results: Results) -> str:
    if results.killed:  # nobody knows how long it lived
        return f"{size(results.bytes_sent)} confirmed"
    seconds, count = results.seconds, results.bytes_sent
    pace = f" ({speed(count / seconds)})" if count and seconds else ""
    retries = f", {counted(results.retries, 'retry', 'retries')}" if results.retries else ""
    return f"{size(count)} sent in {duration(seconds)}{pace}{retries}"


def notices(results: Results) -> tuple[str, ...]:
    """What has to be known about the run as a whole, besides its headline."""
    found = []
    if results.killed:
        found.append(
            f"The ledger has no end of this run: it was killed, the machine stopped, or it is still"
            f" at work. The last that is known of it is from {moment(results.ended)}."
        )
    elif results.interrupted and is_all_there(results):
        found.append("This run was stopped when all was on Evercam; nothing is left to send.")
    elif results.interrupted:
        found.append("This run was stopped before its end; run the same command again to go on.")
    if results.refused:
        found.append(results.refused)
    unused = unused_rate(results.timeline)
    if unused is not None:
        mean, best = map(speed, unused)
        found.append(
            f"The line carried {best} at its best and {mean} on average. More jobs (--jobs), or on"
            f" Linux --congestion-control bbr with --jobs 1, may fill it."
        )
    if results.rebuilt:
        found.append("This report was rebuilt from the ledger.")
    return tuple(found)


_FEW = 3
"""So many that were done already have a line each; more would hide the others."""

_ORDER = (Outcome.NOTHING, Outcome.DONE)
"""What comes first, as nobody has to look at it; decisions come last, beside the summary."""


def _lines(results: Results) -> Iterator[str]:
    done_already = [each for each in results.walkthroughs if each.outcome is Outcome.NOTHING]
    folds = len(done_already) > _FEW
    if folds:
        yield f"{WORDS[Outcome.NOTHING]:<{_WIDTH}} {counted(len(done_already), 'walkthrough')}"
    listed = [
        each
        for each in sorted(results.walkthroughs, key=_pressing)
        if not folds or each.outcome is not Outcome.NOTHING
    ]
    for alike in _alike(listed):
        yield from _lot(alike) if len(alike) > 1 else _walkthrough(alike[0])
    yield ""
    yield headline(results)
    yield from filter(None, (missing_line(results), *notices(results)))


def _alike(walkthroughs: Iterable[WalkthroughResult]) -> Iterable[list[WalkthroughResult]]:
    """Walkthroughs that wait for the same, in a list each; all others alone."""
    found: dict[object, list[WalkthroughResult]] = defaultdict(list)
    for walkthrough in walkthroughs:
        alone = None if walkthrough.outcome in _TOGETHER else (walkthrough.project, walkthrough.id)
        key = alone, walkthrough.outcome, walkthrough.reason, walkthrough.next_steps
        found[key].append(walkthrough)
    return found.values()


_TOGETHER = frozenset({Outcome.CHANGED, Outcome.NOT_STARTED})
"""The outcomes of which no file tells more than the reason does."""


def _lot(alike: Sequence[WalkthroughResult]) -> Iterator[str]:
    first, margin = alike[0], f"{'':<{_WIDTH}}"
    count = counted(len(alike), "walkthrough")
    yield f"{WORDS[first.outcome]:<{_WIDTH}} {count}: {first.reason}"
    yield from (f"{margin} {each.id}" for each in alike[:MOST_NAMED])
    if len(alike) > MOST_NAMED:
        yield f"{margin} … and {len(alike) - MOST_NAMED:,} more"
    yield from (f"{margin} → {step}" for step in first.next_steps)


def _pressing(walkthrough: WalkthroughResult) -> int:
    if walkthrough.outcome in _ORDER:
        return _ORDER.index(walkthrough.outcome)
    return len(_ORDER) + (WORDS[walkthrough.outcome] == DECISION)


def _walkthrough(walkthrough: WalkthroughResult) -> Iterator[str]:
    word = WORDS[walkthrough.outcome]
    reason = f": {walkthrough.reason}" if walkthrough.reason else ""
    yield f"{word:<{_WIDTH}} {walkthrough.id}{reason}"
    if walkthrough.outcome is Outcome.NOTHING:
        return
    yield from (_recording(recording) for recording in walkthrough.recordings)
    yield from (f"{'':<{_WIDTH}} → {step}" for step in walkthrough.next_steps)


def _recording(recording: RecordingResult) -> str:
    reason = f"  ({recording.reason})" if recording.reason else ""
    word = _RECORDING_WORDS[recording.outcome]
    return f"{'':<{_WIDTH}} {word:<11} {recording.name}  {size(recording.length)}{reason}"
