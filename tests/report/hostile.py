"""Results whose every text tries to be something else."""

import datetime as dt

from runner.evercam.addresses import Addresses
from runner.plan.model import Action
from runner.report.results import (
    Outcome,
    RecordingOutcome,
    RecordingResult,
    Results,
    WalkthroughResult,
)
from runner.report.timeline.timeline import Limit, Mark, MarkKind, Timeline, Track

START = dt.datetime(2026, 1, 20, 10, 0, tzinfo=dt.UTC)


def results(text: str, outcome: Outcome = Outcome.FAILED, count: int = 1) -> Results:
    recording = RecordingResult(
        text,
        "7-aa",
        7,
        RecordingOutcome.PARTIAL,
        text,
        None,
        3,
        1,
        START,
        START + dt.timedelta(seconds=4),
    )
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
        started=START,
        ended=START + dt.timedelta(seconds=4),
        retries=2,
    )
    timeline = Timeline(
        0.5,
        (Track(text, text, 1, (1, 0, 2)),),
        (
            Mark(MarkKind.WAITED, text, text, 0.6, 2.0, 3, text),
            Mark(MarkKind.FAILED, text, "", 3.5, 0.0, 1, text),
        ),
        (Limit(0.0, 5e6), Limit(1.0, None)),
    )
    ended = START + dt.timedelta(seconds=4)
    return Results("aa", START, ended, Addresses(), (walkthrough,) * count, timeline=timeline)
