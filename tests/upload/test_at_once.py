"""Recordings of one walkthrough at once: slots, links in order, and one's end beside others."""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from runner.api import Results, Settings, apply_manifests
from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus, OvertakenError
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger, read_events
from runner.report.results import Outcome, RecordingOutcome, WalkthroughResult
from runner.sandbox import Fault, Sandbox
from runner.upload.journal import BytesMoved, ProgressEvent, StepDone
from tests.sites import Site, begin_ledger, settings_for, walk
from tests.waiting import PATIENCE, until

SIZE = 900_000
THREE = ["a.insv", "b.insv", "c.insv"]


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return settings_for(sandbox)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = begin_ledger(Site(tmp_path / "site"))
    for name in (*THREE, "d.insv"):
        site.record(name, SIZE)
    return site.write(walk("one", THREE))


class Meeting:
    """A listener that lets each recording go on only when so many are under way."""

    def __init__(self, count: int, then: Callable[[], None] = lambda: None) -> None:
        self._barrier = threading.Barrier(count, then)
        self._met: dict[str, bool] = defaultdict(bool)

    def __call__(self, event: ProgressEvent) -> None:
        """Wait for the others at the first bytes of a recording."""
        if isinstance(event, BytesMoved) and event.offset and not self._met[event.recording]:
            self._met[event.recording] = True
            self._barrier.wait(PATIENCE)


def _events(site: Site) -> list[Event]:
    return read_events(LedgerAddress(str(site.folder / ".sitewalk" / "ledger.db")))


def _one(results: Results) -> WalkthroughResult:
    return next(walkthrough for walkthrough in results.walkthroughs if walkthrough.id == "one")


def _linked(sandbox: Sandbox) -> dict[str, list[str]]:
    return {
        upload.name: [recording.title for recording in upload.recordings]
        for upload in sandbox.objects()
    }


def _stall(sandbox: Sandbox, *names: str) -> None:
    """Have the server take a part of these, and then read nothing."""
    sandbox.inject(*(Fault.parse(f"patch:stall@100000~{name}") for name in names))


def _moving(sandbox: Sandbox) -> set[str]:
    return {recording.filename for recording in sandbox.recordings() if recording.offset}


def _assert_the_next_run_sends_only_the_rest(
    site: Site, sandbox: Sandbox, settings: Settings, parts: int
) -> None:
    assert apply_manifests([site.manifest], settings).exit_status == ExitStatus.DONE
    patches = [request for request in sandbox.requests() if request.step == "patch"]
    resumed = [request for request in patches if int(request.headers["upload-offset"])]
    ends = [int(request.headers["upload-offset"]) + request.bytes_received for request in resumed]
    assert ends == [SIZE] * parts
    assert _linked(sandbox)["one"] == THREE


def test_recordings_of_one_walkthrough_are_sent_at_once(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    results = apply_manifests([site.manifest], settings, listener=Meeting(3))
    assert results.exit_status == ExitStatus.DONE
    assert _linked(sandbox) == {"one": THREE}


def test_one_job_sends_one_recording_after_the_other(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    site.write(walk("one", ["b.insv", "a.insv"]), walk("two", ["c.insv"]))
    one_job = replace(settings, jobs=1)
    assert apply_manifests([site.manifest], one_job).exit_status == ExitStatus.DONE
    steps = [request.step for request in sandbox.requests()]
    one = ["create", "tus_create", "patch", "tus_create", "patch", "finish"]
    assert steps == ["login", *one, "create", "tus_create", "patch", "finish"]
    assert [recording.filename for recording in sandbox.recordings()] == [
        "b.insv",
        "a.insv",
        "c.insv",
    ]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_more_walkthroughs_than_slots_all_come_to_their_end(
    site: Site, sandbox: Sandbox, settings: Settings, jobs: int
) -> None:
    names = [f"{letter}{number}.insv" for number in range(4) for letter in "xyz"]
    for seed, name in enumerate(names):
        site.record(name, 8000, seed=seed)
    walks = [walk(f"w{number}", names[3 * number : 3 * number + 3]) for number in range(4)]
    site.write(*walks)
    results = apply_manifests([site.manifest], replace(settings, jobs=jobs))
    assert results.exit_status == ExitStatus.DONE
    assert sum(map(len, _linked(sandbox).values())) == len(names)


def test_links_keep_the_manifests_order_whichever_is_done_first(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    sent: list[str] = []

    def last_first(event: ProgressEvent) -> None:
        if isinstance(event, StepDone) and event.step == "sent":
            sent.append(event.detail)
        if isinstance(event, BytesMoved) and event.recording == "a.insv" and event.offset:
            until(lambda: len(sent) >= 2)

    results = apply_manifests([site.manifest], settings, listener=last_first)
    assert results.exit_status == ExitStatus.DONE
    assert sent[-1] == "a.insv"
    assert _linked(sandbox) == {"one": THREE}


def test_two_that_fail_at_once_fail_one_walkthrough(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    site.write(walk("one", THREE), walk("two", ["d.insv"]))
    sandbox.inject(*(Fault.parse(f"patch:status=422~{name}") for name in ("a.insv", "b.insv")))
    results = apply_manifests([site.manifest], replace(settings, jobs=4))
    assert _one(results).outcome is Outcome.FAILED
    assert "422" in _one(results).reason
    assert [result.outcome for result in results.walkthroughs] == [Outcome.FAILED, Outcome.DONE]
    assert "one" not in {upload.name for upload in sandbox.objects() if upload.recordings}, (
        "nothing is linked that is not whole"
    )
    sandbox.clear_faults()  # of a file that was stopped before it met its own
    assert apply_manifests([site.manifest], settings).exit_status == ExitStatus.DONE
    assert _linked(sandbox) == {"one": THREE, "two": ["d.insv"]}


def test_what_is_under_way_beside_a_failure_notes_how_far_it_is(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    _stall(sandbox, "b.insv", "c.insv")
    sandbox.inject(Fault.parse("patch:status=422~a.insv"))

    def last(event: ProgressEvent) -> None:
        if isinstance(event, BytesMoved) and event.recording == "a.insv":
            until(lambda: _moving(sandbox) == {"b.insv", "c.insv"})

    results = apply_manifests([site.manifest], settings, listener=last)
    a, *others = _one(results).recordings
    assert _one(results).outcome is Outcome.FAILED
    assert "422" in a.reason
    assert [other.outcome for other in others] == [RecordingOutcome.PARTIAL] * 2
    assert {other.reason for other in others} == {
        "stopped, as another recording of the walkthrough failed"
    }
    for other in others:
        kinds = [event.kind for event in _events(site) if event.recording == other.identity]
        assert kinds[-2:] == [Kind.SENT, Kind.STOPPED]
    _assert_the_next_run_sends_only_the_rest(site, sandbox, settings, parts=2)


def test_two_that_are_stopped_at_once_note_how_far_they_are(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    stop = CancelToken()
    listener = Meeting(3, then=stop.request)
    results = apply_manifests([site.manifest], settings, listener=listener, stop=stop)
    assert results.exit_status == ExitStatus.INTERRUPTED
    assert _one(results).outcome is Outcome.INTERRUPTED
    for recording in _one(results).recordings:
        assert (recording.outcome, recording.reason) == (RecordingOutcome.PARTIAL, "stopped")
        events = [event for event in _events(site) if event.recording == recording.identity]
        assert [event.kind for event in events[-2:]] == [Kind.SENT, Kind.STOPPED]
        assert events[-2].data["offset"] > 0
    _assert_the_next_run_sends_only_the_rest(site, sandbox, settings, parts=3)


def test_one_walkthrough_is_held_while_the_recordings_of_another_go_on(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    site.write(walk("one", THREE), walk("two", ["d.insv"]))
    sandbox.inject(Fault.parse("create:drop-after~two"))
    results = apply_manifests([site.manifest], settings, listener=Meeting(3))
    assert [result.outcome for result in results.walkthroughs] == [Outcome.DONE, Outcome.HELD]
    assert _linked(sandbox) == {"one": THREE, "two": []}


def test_an_append_that_is_overtaken_stops_all_recordings_of_the_walkthrough(
    site: Site, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stall(sandbox, "a.insv", "b.insv")
    whole, is_overtaken = Ledger.append, threading.Event()

    def append(ledger: Ledger, *events: Event) -> None:
        if is_overtaken.is_set() and any(event.walkthrough for event in events):
            raise OvertakenError("another run wrote of it")
        whole(ledger, *events)

    def last(event: ProgressEvent) -> None:
        if isinstance(event, BytesMoved) and event.recording == "c.insv":
            until(lambda: {"a.insv", "b.insv"} <= _moving(sandbox))
            is_overtaken.set()

    monkeypatch.setattr(Ledger, "append", append)
    results = apply_manifests([site.manifest], settings, listener=last)
    assert _one(results).outcome is Outcome.FAILED
    assert "another run wrote of it" in _one(results).reason
    assert "finish" not in {request.step for request in sandbox.requests()}
    complete = {recording.filename for recording in sandbox.recordings() if recording.complete}
    assert complete <= {"c.insv"}


def test_events_of_recordings_at_once_are_numbered_without_a_gap(
    site: Site, settings: Settings
) -> None:
    apply_manifests([site.manifest], settings, listener=Meeting(3))
    versions = [event.version for event in _events(site) if event.walkthrough]
    assert all(before is not None and after == before + 1 for before, after in pairwise(versions))
