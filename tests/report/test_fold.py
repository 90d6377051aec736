"""A run's results are one fold of its events: its own report's, the ledger's and the log's."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from runner.api import Settings, apply_manifests
from runner.base.errors import ExitStatus
from runner.ledger.events import Event, Kind
from runner.ledger.store import LedgerAddress, read_events
from runner.plan.model import Action, Choices
from runner.report.forms.as_json import results_from_json, results_json, walkthrough_json
from runner.report.forms.junit import results_junit
from runner.report.forms.text import headline
from runner.report.results import Outcome, RecordingOutcome, Results
from runner.report.runs import PastRun
from runner.report.summary import attentions, missing_files, outcome_sentence
from runner.sandbox import Fault, Sandbox
from tests.report.schemas import check_described
from tests.sites import InlineExecutor, Site, settings_for, walk


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return settings_for(sandbox)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site").write(
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
    return {one.id: one.outcome for one in results.walkthroughs}


@pytest.mark.parametrize(
    "fault", ["patch:status=503x1", "create:drop-after~two", "finish:status=422~two"]
)
def test_a_rebuilt_report_is_the_runs_own(
    site: Site, sandbox: Sandbox, settings: Settings, fault: str
) -> None:
    sandbox.inject(Fault.parse(fault))
    own = apply_manifests([site.manifest], settings)
    rebuilt = results_of_run(_events(site), own.run)
    assert replace(rebuilt, timeline=own.timeline, rebuilt=False) == own
    assert sum(rebuilt.timeline.totals()) == own.bytes_sent
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
    ends = [n for n, one in enumerate(events) if (one.kind, one.walkthrough) == (kind, walkthrough)]
    return events[: ends[0] + 1]


DEATHS = [
    (Kind.CREATING, Outcome.HELD, RecordingOutcome.NOT_SENT),
    (Kind.CREATED, Outcome.INTERRUPTED, RecordingOutcome.NOT_SENT),
    (Kind.TUS_CREATED, Outcome.INTERRUPTED, RecordingOutcome.PARTIAL),
    (Kind.UPLOADED, Outcome.INTERRUPTED, RecordingOutcome.SENT),
    (Kind.FINISHING, Outcome.INTERRUPTED, RecordingOutcome.SENT),
    (Kind.FINISHED, Outcome.DONE, RecordingOutcome.SENT),
]


@pytest.mark.parametrize(("kind", "outcome", "fate"), DEATHS)
def test_a_killed_run_is_told_from_what_it_had_written(
    site: Site, settings: Settings, kind: Kind, outcome: Outcome, fate: RecordingOutcome
) -> None:
    site.write(walk("one", ["a.insv"]))
    own = apply_manifests([site.manifest], settings)
    results = results_of_run(_killed_after(_events(site), kind, "one"), own.run)
    (told,) = results.walkthroughs
    (recording,) = told.recordings
    assert (told.outcome, recording.outcome, recording.name) == (outcome, fate, "a.insv")
    assert (told.date, told.drawing, told.drawing_id) == (dt.date(2026, 1, 20), "level-2", 6143)
    assert (results.killed, results.interrupted) == (True, True)
    assert recording.bytes_sent == (400_000 if fate is RecordingOutcome.SENT else 0)
    if outcome is not Outcome.DONE:
        assert told.next_steps


@pytest.mark.parametrize(
    "fault", ["patch:cut@200000", "create:drop-after~two", "finish:status=422"]
)
def test_whenever_a_run_dies_its_report_is_whole(
    site: Site, sandbox: Sandbox, settings: Settings, fault: str
) -> None:
    sandbox.inject(Fault.parse(fault))
    own = apply_manifests([site.manifest], settings)
    apply_manifests([site.manifest], settings)
    events = _events(site)
    for run in dict.fromkeys(event.run for event in events):
        first = next(number for number, event in enumerate(events) if event.run == run)
        for number in range(first, len(events)):
            results = results_of_run(events[: number + 1], run)
            assert results.total == len(("one", "two"))
            told = json.loads(json.dumps(results_json(results)))
            check_described("results", told)
            names = {one.name for walk in results.walkthroughs for one in walk.recordings}
            assert names <= {"a.insv", "b.insv", "c.insv"}
            assert results.others or len(names) == len(("a.insv", "b.insv", "c.insv"))
            assert results.bytes_sent <= own.bytes_sent


def test_files_whose_turn_never_came_are_missed(site: Site, settings: Settings) -> None:
    site.write(walk("one", ["a.insv", "b.insv"]))
    own = apply_manifests([site.manifest], settings)
    results = results_of_run(_killed_after(_events(site), Kind.TUS_CREATED, "one"), own.run)
    fates = {one.name: one.outcome for one in results.walkthroughs[0].recordings}
    assert fates == {"a.insv": RecordingOutcome.PARTIAL, "b.insv": RecordingOutcome.NOT_SENT}


def test_a_run_that_dies_while_it_resumes_has_begun(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    site.write(walk("one", ["a.insv", "b.insv"]))
    sandbox.inject(Fault.parse("patch:status=403~b.insv"))
    apply_manifests([site.manifest], settings)
    own = apply_manifests([site.manifest], settings)
    events = _events(site)
    first = next(n for n, one in enumerate(events) if one.run == own.run and one.walkthrough)
    (told,) = results_of_run(events[: first + 1], own.run).walkthroughs
    fates = {one.name: one.outcome for one in told.recordings}
    assert told.outcome is Outcome.INTERRUPTED
    assert fates == {"a.insv": RecordingOutcome.KEPT, "b.insv": RecordingOutcome.PARTIAL}


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
    own = apply_manifests([site.manifest], settings, executor=InlineExecutor())
    results = results_of_run(_killed_after(_events(site), Kind.FINISHED, "three"), own.run)
    assert _outcomes(results) == {"three": Outcome.DONE, "four": Outcome.NOT_STARTED}
    assert results.others == {Outcome.NOTHING: 2}
    assert [one.name for one in missing_files(results)[0].walkthrough.recordings] == ["e.insv"]


def test_a_ledger_of_an_older_program_is_told_as_far_as_it_goes(
    site: Site, settings: Settings
) -> None:
    own = apply_manifests([site.manifest], settings)
    fewer = {"addresses", "walkthroughs", "drawing", "recordings", "refused", "interrupted"}
    fewer |= {"started", "ended"}
    older = [
        replace(one, data={k: v for k, v in one.data.items() if k not in fewer})
        if one.kind in {Kind.RUN_STARTED, Kind.RUN_ENDED, Kind.CREATING}
        else one
        for one in _events(site)
    ]
    results = results_of_run(older, own.run)
    assert _outcomes(results) == {"one": Outcome.DONE, "two": Outcome.DONE}
    assert results.addresses.ingest == own.addresses.ingest
    assert {one.drawing for one in results.walkthroughs} == {"drawing 6143"}
    assert results.bytes_sent == own.bytes_sent


def test_a_walkthrough_uploaded_again_on_purpose_is_a_new_one(
    site: Site, settings: Settings
) -> None:
    first = apply_manifests([site.manifest], settings)
    again = apply_manifests([site.manifest], settings, Choices(again=frozenset({"two"})))
    events = [one for one in _events(site) if one.kind is not Kind.RUN_ENDED]
    told = {one.id: one for one in results_of_run(events, again.run).walkthroughs}
    assert told["two"].planned is Action.CREATE
    assert told["two"].upload_id != first.walkthroughs[1].upload_id


def _of_an_older_program(own: Results, event: Event) -> Event:
    """The event as it was when the frame of a run held its results."""
    walkthroughs = {
        Kind.RUN_STARTED: [
            replace(one, outcome=Outcome.NOT_STARTED, reason="", recordings=())
            if one.outcome is not Outcome.NOTHING
            else one
            for one in own.walkthroughs
        ],
        Kind.RUN_ENDED: own.walkthroughs,
    }.get(event.kind)
    if walkthroughs is None:
        return event
    kept = [
        {"id": one.id, "outcome": "nothing"}
        if one.outcome is Outcome.NOTHING
        else walkthrough_json(one)
        for one in walkthroughs
    ]
    data = {key: value for key, value in event.data.items() if key != "others"}
    return replace(event, data={**data, "walkthroughs": kept})


def test_results_that_an_older_program_kept_in_the_frame_are_read(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    sandbox.inject(Fault.parse("finish:status=422~two"))
    apply_manifests([site.manifest], settings)
    own = apply_manifests([site.manifest], settings)
    events = [
        _of_an_older_program(own, event) if event.run == own.run else event
        for event in _events(site)
    ]
    told, two = results_of_run(events, own.run).walkthroughs
    assert two == own.walkthroughs[1]
    assert (told.id, told.outcome) == ("one", Outcome.NOTHING)
    assert told.reason == own.walkthroughs[0].reason
    killed = results_of_run(_killed_after_run(events, own.run, Kind.FINISHED), own.run)
    assert _outcomes(killed) == {"one": Outcome.NOTHING, "two": Outcome.DONE}


def _killed_after_run(events: list[Event], run: str, kind: Kind) -> list[Event]:
    last = next(n for n, one in enumerate(events) if (one.run, one.kind) == (run, kind))
    return events[: last + 1]
