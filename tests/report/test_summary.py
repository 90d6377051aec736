"""A report begins with the outcome of the run and what is left to do, in words."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from runner.report.results import Outcome, RecordingOutcome, Results, WalkthroughResult
from runner.report.summary import (
    attentions,
    file_state,
    missing_files,
    missing_line,
    outcome_sentence,
)
from tests.report.hostile import results


def _run(
    *outcomes: Outcome, recording_outcome: RecordingOutcome = RecordingOutcome.SENT
) -> Results:
    return replace(results("a"), walkthroughs=tuple(_walks(outcomes, recording_outcome)))


def _walks(
    outcomes: Iterable[Outcome], recording_outcome: RecordingOutcome
) -> Iterable[WalkthroughResult]:
    for number, outcome in enumerate(outcomes):
        (walk,) = results(str(outcome), outcome).walkthroughs
        file = replace(walk.recordings[0], outcome=recording_outcome, reason="")
        yield replace(walk, id=f"walk-{number}", recordings=(file,))


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([], "There was no walkthrough to upload."),
        ([Outcome.DONE], "The walkthrough is on Evercam."),
        ([Outcome.DONE, Outcome.NOTHING], "All 2 walkthroughs are on Evercam."),
        ([Outcome.NOTHING] * 2, "All 2 walkthroughs were on Evercam already; nothing was sent."),
        ([Outcome.NOTHING], "The walkthrough was on Evercam already; nothing was sent."),
        ([Outcome.HELD], "The walkthrough needs a decision."),
        (
            [Outcome.DONE, Outcome.FAILED, Outcome.FAILED, Outcome.CHANGED],
            "1 of 4 walkthroughs is on Evercam: 1 needs a decision, 2 failed.",
        ),
        (
            [Outcome.DONE, Outcome.FAILED, Outcome.CHANGED, Outcome.HELD],
            "1 of 4 walkthroughs is on Evercam: 2 need a decision, 1 failed.",
        ),
    ],
)
def test_the_run_in_a_sentence(outcomes: list[Outcome], said: str) -> None:
    assert outcome_sentence(_run(*outcomes)) == said


def test_walkthroughs_with_one_cause_stand_together_and_decisions_come_first() -> None:
    listed = attentions(
        _run(*[Outcome.FAILED] * 3, Outcome.DONE, Outcome.INTERRUPTED, Outcome.HELD)
    )
    assert [(attention.title, attention.steps) for attention in listed] == snapshot(
        [
            ("1 walkthrough needs a decision", ("held",)),
            ("3 walkthroughs failed", ("failed",)),
            ("1 walkthrough was interrupted", ("interrupted",)),
        ]
    )


def test_nobody_is_left_without_a_next_step() -> None:
    run = _run(Outcome.NOT_STARTED)
    bare = replace(run, walkthroughs=(replace(run.walkthroughs[0], next_steps=()),))
    assert [attention.steps for attention in attentions(bare)] == [("run the same command again",)]


@pytest.mark.parametrize(
    ("outcome", "recording_outcome", "state"),
    [
        (Outcome.DONE, RecordingOutcome.SENT, "on Evercam"),
        (Outcome.NOTHING, RecordingOutcome.KEPT, "on Evercam"),
        (Outcome.CHANGED, RecordingOutcome.KEPT, "on Evercam"),
        (Outcome.FAILED, RecordingOutcome.SENT, "sent, not linked"),
        (Outcome.INTERRUPTED, RecordingOutcome.PARTIAL, "partly sent"),
        (Outcome.HELD, RecordingOutcome.NOT_SENT, "not sent"),
    ],
)
def test_a_file_is_on_evercam_when_its_walkthrough_is_linked(
    outcome: Outcome, recording_outcome: RecordingOutcome, state: str
) -> None:
    run = _run(outcome, recording_outcome=recording_outcome)
    assert file_state(run.walkthroughs[0], run.walkthroughs[0].recordings[0]) == state
    assert [missing.state for missing in missing_files(run)] == [state] * (state != "on Evercam")


def test_a_missing_file_has_a_reason() -> None:
    (missing,) = missing_files(_run(Outcome.HELD, recording_outcome=RecordingOutcome.NOT_SENT))
    assert missing.reason == "held"


def test_missing_files_are_counted_in_a_line() -> None:
    assert missing_line(_run(Outcome.DONE, Outcome.FAILED)) == "1 of 2 files is not on Evercam yet"
    assert missing_line(_run(Outcome.HELD, Outcome.FAILED)) == "2 of 2 files are not on Evercam yet"
    assert not missing_line(_run(Outcome.DONE))
