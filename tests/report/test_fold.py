"""Results are one fold of a run's events, whether it is live, in the ledger or in a log."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from runner.api import Settings, apply_manifests
from runner.base.errors import ExitStatus
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.store import read_events
from runner.plan.model import Action, Choices
from runner.report.forms.as_json import results_from_json, results_json, walkthrough_json
from runner.report.forms.junit import results_junit
from runner.report.forms.text import headline
from runner.report.past_runs import PastRun
from runner.report.results import Outcome, RecordingOutcome, Results
from runner.report.summary import attentions, missing_files, outcome_sentence
from runner.sandbox import Fault, Sandbox
from tests.report.schemas import check_described
from tests.sites import InlineExecutor, Site, begin_ledger, settings_for, walk


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return settings_for(sandbox)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = begin_ledger(Site(tmp_path / "site")).write(
        walk("one", ["a.insv", "b.insv"], name="Level 1"), walk("two", ["c.insv"])
    )
    for name in ("a.insv", "b.insv", "c.insv"):
        site.record(name, 400_000)
    return site


def _events(site: Site) -> list[Event]:
    return read_events(LedgerAddress(str(site.folder / ".sitewalk" / "ledger.db")))


def results_of_run(events: list[Event], run: str) -> Results:
    """The results as `report` has them from a ledger with these events."""
    return PastRun("", run).results(events)


def _outcomes(results: Results) -> dict[str, Outcome]:
    return {walkthrough.id: walkthrough.outcome for walkthrough in results.walkthroughs}


@pytest.mark.parametrize(
    "fault", ["patch:status=503x1", "create:drop-after~two", "finish:status=422~two"]
)
def test_a_rebuilt_report_equals_that_of_the_live_run(
    site: Site, sandbox: Sandbox, settings: Settings, fault: str
) -> None:
    sandbox.inject(Fault.parse(fault))
    live = apply_manifests([site.manifest], settings)
    rebuilt = results_of_run(_events(site), live.run)
    assert replace(rebuilt, timeline=live.timeline, rebuilt=False) == live
    assert sum(rebuilt.timeline.totals()) == live.bytes_sent
    assert (rebuilt.rebuilt, rebuilt.killed) == (True, False)


def test_what_was_done_before_the_run_is_counted(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    sandbox.inject(Fault.parse("finish:status=422~two"))
    apply_manifests([site.manifest], settings)
    second = apply_manifests([site.manifest], settings)
    assert _outcomes(second) == {"one": Outcome.NOTHING, "two": Outcome.DONE}
    rebuilt = results_of_run(_events(site), second.run)
    assert rebuilt.walkthroughs == second.walkthroughs[1:]
    assert rebuilt.counts() == second.counts()
    assert headline(rebuilt) == headline(second)
    assert results_from_json(results_json(rebuilt)) == rebuilt


def test_what_waits_for_a_person_is_counted_and_asked_about(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    sandbox.inject(Fault.parse("create:drop-after~two"), Fault.parse("patch:status=403~a.insv"))
    apply_manifests([site.manifest], settings)
    second = apply_manifests([site.manifest], settings)
    rebuilt = results_of_run(_events(site), second.run)
    assert rebuilt.exit_status is second.exit_status is ExitStatus.DECISION
    assert outcome_sentence(rebuilt) == outcome_sentence(second)
    (attention,) = attentions(rebuilt)
    assert attention.title == "1 walkthrough needs a decision"
    assert "sitewalk status" in attention.steps[0]
    assert 'failures="1"' in results_junit(rebuilt)


def _killed_after(events: list[Event], kind: Kind, walkthrough: str) -> list[Event]:
    """The events as they are when the run dies just after one of them."""
    ends = [
        number
        for number, event in enumerate(events)
        if (event.kind, event.walkthrough) == (kind, walkthrough)
    ]
    return events[: ends[0] + 1]


DEATHS = [
    (Kind.CREATING, Outcome.HELD, RecordingOutcome.NOT_SENT),
    (Kind.CREATED, Outcome.INTERRUPTED, RecordingOutcome.NOT_SENT),
    (Kind.TUS_CREATED, Outcome.INTERRUPTED, RecordingOutcome.PARTIAL),
    (Kind.UPLOADED, Outcome.INTERRUPTED, RecordingOutcome.SENT),
    (Kind.FINISHING, Outcome.INTERRUPTED, RecordingOutcome.SENT),
    (Kind.FINISHED, Outcome.DONE, RecordingOutcome.SENT),
]


@pytest.mark.parametrize(("kind", "outcome", "recording_outcome"), DEATHS)
def test_a_killed_run_is_reported_from_its_events(
    site: Site,
    settings: Settings,
    kind: Kind,
    outcome: Outcome,
    recording_outcome: RecordingOutcome,
) -> None:
    site.write(walk("one", ["a.insv"]))
    live = apply_manifests([site.manifest], settings)
    results = results_of_run(_killed_after(_events(site), kind, "one"), live.run)
    (walkthrough,) = results.walkthroughs
    (recording,) = walkthrough.recordings
    assert (walkthrough.outcome, recording.outcome, recording.name) == (
        outcome,
        recording_outcome,
        "a.insv",
    )
    assert (walkthrough.date, walkthrough.drawing, walkthrough.drawing_id) == (
        dt.date(2026, 1, 20),
        "level-2",
        6143,
    )
    assert (results.killed, results.interrupted) == (True, True)
    assert recording.bytes_sent == (400_000 if recording_outcome is RecordingOutcome.SENT else 0)
    if outcome is not Outcome.DONE:
        assert walkthrough.next_steps


@pytest.mark.parametrize(
    "fault", ["patch:cut@200000", "create:drop-after~two", "finish:status=422"]
)
def test_whenever_a_run_dies_its_report_is_whole(
    site: Site, sandbox: Sandbox, settings: Settings, fault: str
) -> None:
    sandbox.inject(Fault.parse(fault))
    live = apply_manifests([site.manifest], settings)
    apply_manifests([site.manifest], settings)
    events = _events(site)
    for run in dict.fromkeys(event.run for event in events):
        first = next(number for number, event in enumerate(events) if event.run == run)
        for number in range(first, len(events)):
            results = results_of_run(events[: number + 1], run)
            assert results.total == len(("one", "two"))
            data = json.loads(json.dumps(results_json(results)))
            check_described("results", data)
            names = {
                recording.name
                for walkthrough in results.walkthroughs
                for recording in walkthrough.recordings
            }
            assert names <= {"a.insv", "b.insv", "c.insv"}
            assert results.others or len(names) == len(("a.insv", "b.insv", "c.insv"))
            assert results.bytes_sent <= live.bytes_sent


def test_files_whose_turn_never_came_are_missed(site: Site, settings: Settings) -> None:
    site.write(walk("one", ["a.insv", "b.insv"]))
    live = apply_manifests([site.manifest], replace(settings, jobs=1))
    results = results_of_run(_killed_after(_events(site), Kind.TUS_CREATED, "one"), live.run)
    outcomes = {
        recording.name: recording.outcome for recording in results.walkthroughs[0].recordings
    }
    assert outcomes == {"a.insv": RecordingOutcome.PARTIAL, "b.insv": RecordingOutcome.NOT_SENT}


def test_a_run_that_dies_while_it_resumes_has_begun(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    site.write(walk("one", ["a.insv", "b.insv"]))
    sandbox.inject(Fault.parse("patch:status=403~b.insv"))
    apply_manifests([site.manifest], settings)
    live = apply_manifests([site.manifest], settings)
    events = _events(site)
    first = next(
        number for number, event in enumerate(events) if event.run == live.run and event.walkthrough
    )
    (walkthrough,) = results_of_run(events[: first + 1], live.run).walkthroughs
    outcomes = {recording.name: recording.outcome for recording in walkthrough.recordings}
    assert walkthrough.outcome is Outcome.INTERRUPTED
    assert outcomes == {"a.insv": RecordingOutcome.KEPT, "b.insv": RecordingOutcome.PARTIAL}


def test_walkthroughs_whose_turn_never_came_are_missed(site: Site, settings: Settings) -> None:
    apply_manifests([site.manifest], settings)
    site.write(
        walk("one", ["a.insv", "b.insv"], name="Level 1"),
        walk("two", ["c.insv"]),
        walk("three", ["d.insv"]),
        walk("four", ["e.insv"]),
    )
    site.record("d.insv")
    site.record("e.insv")
    live = apply_manifests([site.manifest], settings, executor=InlineExecutor())
    results = results_of_run(_killed_after(_events(site), Kind.FINISHED, "three"), live.run)
    assert _outcomes(results) == {"three": Outcome.DONE, "four": Outcome.NOT_STARTED}
    assert results.others == {Outcome.NOTHING: 2}
    assert [recording.name for recording in missing_files(results)[0].walkthrough.recordings] == [
        "e.insv"
    ]


def test_a_ledger_of_an_older_program_is_reported_as_far_as_it_goes(
    site: Site, settings: Settings
) -> None:
    live = apply_manifests([site.manifest], settings)
    fewer = {"addresses", "walkthroughs", "drawing", "recordings", "refused", "interrupted"}
    fewer |= {"started", "ended"}
    older = [
        replace(event, data={key: value for key, value in event.data.items() if key not in fewer})
        if event.kind in {Kind.RUN_STARTED, Kind.RUN_ENDED, Kind.CREATING}
        else event
        for event in _events(site)
    ]
    results = results_of_run(older, live.run)
    assert _outcomes(results) == {"one": Outcome.DONE, "two": Outcome.DONE}
    assert results.addresses.ingest == live.addresses.ingest
    assert {walkthrough.drawing for walkthrough in results.walkthroughs} == {"drawing 6143"}
    assert results.bytes_sent == live.bytes_sent


def test_a_walkthrough_uploaded_again_on_purpose_is_a_new_one(
    site: Site, settings: Settings
) -> None:
    first = apply_manifests([site.manifest], settings)
    again = apply_manifests([site.manifest], settings, Choices(again=frozenset({"two"})))
    events = [event for event in _events(site) if event.kind is not Kind.RUN_ENDED]
    results = results_of_run(events, again.run)
    walkthroughs = {walkthrough.id: walkthrough for walkthrough in results.walkthroughs}
    assert walkthroughs["two"].planned is Action.CREATE
    assert walkthroughs["two"].upload_id != first.walkthroughs[1].upload_id


def _of_an_older_program(live: Results, event: Event) -> Event:
    """The event as an older program wrote it, whose run events held the results."""
    walkthroughs = {
        Kind.RUN_STARTED: [
            replace(walkthrough, outcome=Outcome.NOT_STARTED, reason="", recordings=())
            if walkthrough.outcome is not Outcome.NOTHING
            else walkthrough
            for walkthrough in live.walkthroughs
        ],
        Kind.RUN_ENDED: live.walkthroughs,
    }.get(event.kind)
    if walkthroughs is None:
        return event
    kept = [
        {"id": walkthrough.id, "outcome": "nothing"}
        if walkthrough.outcome is Outcome.NOTHING
        else walkthrough_json(walkthrough)
        for walkthrough in walkthroughs
    ]
    data = {key: value for key, value in event.data.items() if key != "others"}
    return replace(event, data={**data, "walkthroughs": kept})


def test_results_in_the_run_events_of_an_older_program_are_read(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    sandbox.inject(Fault.parse("finish:status=422~two"))
    apply_manifests([site.manifest], settings)
    live = apply_manifests([site.manifest], settings)
    events = [
        _of_an_older_program(live, event) if event.run == live.run else event
        for event in _events(site)
    ]
    before, now = results_of_run(events, live.run).walkthroughs
    assert now == live.walkthroughs[1]
    assert (before.id, before.outcome) == ("one", Outcome.NOTHING)
    assert before.reason == live.walkthroughs[0].reason
    killed = results_of_run(_killed_after_run(events, live.run, Kind.FINISHED), live.run)
    assert _outcomes(killed) == {"one": Outcome.NOTHING, "two": Outcome.DONE}


def _killed_after_run(events: list[Event], run: str, kind: Kind) -> list[Event]:
    last = next(
        number for number, event in enumerate(events) if (event.run, event.kind) == (run, kind)
    )
    return events[: last + 1]
