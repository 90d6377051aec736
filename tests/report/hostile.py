"""Results whose every text tries to be something else."""

import datetime as dt

from runner.evercam.addresses import Addresses
from runner.plan.model import Action
from runner.report.results import Fate, Outcome, RecordingResult, Results, WalkthroughResult

START = dt.datetime(2026, 1, 20, 10, 0, tzinfo=dt.UTC)


def results(text: str, outcome: Outcome = Outcome.FAILED, count: int = 1) -> Results:
    recording = RecordingResult(text, "7-aa", 7, Fate.PARTIAL, text, None, 3, 1)
    walkthrough = WalkthroughResult(
        project="evercam",
        id=text,
        name=text,
        date=START.date(),
        drawing=text,
        drawing_id=6143,
        planned=Action.CREATE,
        outcome=outcome,
        reason=text,
        recordings=(recording,),
        next_steps=(text,),
        upload_id=7,
    )
    return Results("aa", START, START, Addresses(), (walkthrough,) * count)
