"""Many workers as a model: whoever stands still, dies or wakes, no walkthrough exists twice."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import runner.ledger.claims
import runner.ledger.fold
from runner.base.errors import UsageError
from runner.evercam.http.session import Answer
from runner.ledger.events import Data, Event, Kind
from runner.ledger.fold import fold
from runner.ledger.mutable_state import MutableWalkthrough
from runner.ledger.resolve import Decision, find_hold, settle_hold
from runner.ledger.state import NOTHING_KNOWN, WalkthroughState
from runner.ledger.state import Phase as LedgerPhase
from runner.ledger.store import Ledger
from runner.manifest.reading import read_manifest
from runner.plan.planner import Source
from runner.recordings.files import RecordingFile
from runner.recordings.identity import identify
from tests.contract.running import HOLDER
from tests.crash.workers import ADDRESSES, HERE, Server, Worker
from tests.crash.world import FastClock, Misfortune, World
from tests.sites import HEAD, TODAY, noise, walk

MANIFEST = read_manifest((HEAD + walk("one", ["a.insv"])).encode(), "manifest.yaml", TODAY).manifest
SIZE = 5000
_MOST = 3
_TO_ITS_END = 10**6
WHICH = st.integers(min_value=0, max_value=2)
"""Of those that are alive, in the order they began."""
LONG = st.sampled_from([300.0, 130.0, 5.0])
"""Seconds: an intent is young, a person may say retry, a claim is over as well."""
WRITTEN = st.sampled_from([Kind.CLAIMED, Kind.CREATING, Kind.CREATED, Kind.FINISHING])


class Watched(World):
    """A world that looks, at each create it obeys, whether the ledger ends with its intent."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._ledger = server.ledger()
        self.sent_without_intent: list[str] = []

    def _upload_object(self, method: str, url: str, options: dict[str, Any]) -> Answer:
        if method == "POST":
            (id_,) = parse_qs(urlsplit(url).query)["name"]
            last = _events(self._ledger, id_)[-1]
            if last.kind is not Kind.CREATING:
                self.sent_without_intent.append(f"{id_}: after {last.kind} of {last.run}")
        return super()._upload_object(method, url, options)


def _events(ledger: Ledger, id_: str) -> list[Event]:
    return [event for event in ledger.events_of(HERE, [id_]) if event.version]


class Workers(RuleBasedStateMachine):
    """Up to three workers, who begin, go on, stand still and die; and a person who settles."""

    folder: ClassVar[Path]
    has_key: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.clock = FastClock()
        self.server = Server(self.clock)
        if not self.has_key:
            self.server.forget_the_key()
        self.ledger = self.server.ledger()
        self.world = Watched(self.server)
        self.workers: list[Worker] = []
        self.runs = 0
        assert MANIFEST is not None
        path = self.folder / "a.insv"
        path.write_bytes(noise(SIZE, 1))
        with path.open("rb") as file:
            recording = RecordingFile("a.insv", path, identify(file, SIZE))
        self.source = Source(MANIFEST, {"a.insv": recording})

    def teardown(self) -> None:
        try:
            self.all_go_on_to_their_end()
            self.settle_and_finish()
        finally:
            while self.workers:
                self.workers.pop().die()

    def all_go_on_to_their_end(self) -> None:
        """Who has stood still for longest wakes last."""
        while self.workers:
            self._go_on(self.workers[-1], _TO_ITS_END)
        self.nothing_is_created_twice()

    def settle_and_finish(self) -> None:
        """A calm run, and a person where it takes one, end the job: the walk is there once."""
        self.time_passes(300.0)
        self.a_person_settles()
        self.a_worker_begins()
        self._go_on(self.workers[-1], _TO_ITS_END)
        assert self._state().phase is LedgerPhase.FINISHED
        assert len(self.world.objects) == 1
        (sent,) = self.world.links[next(iter(self.world.objects))]
        assert bytes(self.world.uploads[sent]) == noise(SIZE, 1)

    @precondition(lambda self: len(self.workers) < _MOST)
    @rule()
    def a_worker_begins(self) -> None:
        self.runs += 1
        worker = Worker(f"run-{self.runs}", self.source, self.server, self.world, self.clock)
        self.workers.append(worker)

    @precondition(lambda self: self.workers)
    @rule(which=WHICH, steps=st.integers(min_value=1, max_value=12))
    def a_worker_goes_on(self, which: int, steps: int) -> None:
        """Until it stands still again, at any of its appends and requests."""
        self._go_on(self._worker(which), steps)

    @precondition(lambda self: self.workers)
    @rule(which=WHICH, kind=WRITTEN)
    def a_worker_goes_on_to_an_event(self, which: int, kind: Kind) -> None:
        """What chance alone does seldom: it stands still just after this is written."""
        worker = self._worker(which)
        while not worker.is_over:
            self._go_on(worker, 1)
            last = _events(self.ledger, "one")[-1:]
            if last and (last[0].kind, last[0].run) == (kind, worker.run):
                return

    @precondition(lambda self: self.workers)
    @rule(which=WHICH)
    def a_worker_ends(self, which: int) -> None:
        self._go_on(self._worker(which), _TO_ITS_END)

    @precondition(lambda self: self.workers)
    @rule(which=WHICH)
    def a_worker_dies(self, which: int) -> None:
        worker = self._worker(which)
        self.workers.remove(worker)
        worker.die()

    def _worker(self, which: int) -> Worker:
        return self.workers[which % len(self.workers)]

    def _go_on(self, worker: Worker, steps: int) -> None:
        while steps and not worker.is_over:
            worker.step()
            steps -= 1
        if worker.is_over:
            self.workers.remove(worker)
            if worker.defect is not None:
                raise worker.defect
            self._ended_with_cause(worker)

    def _ended_with_cause(self, worker: Worker) -> None:
        """Who wrote last, and lost nothing, has brought it to its end."""
        last = [event for event in _events(self.ledger, "one") if event.run == worker.run][-1:]
        is_last = last == _events(self.ledger, "one")[-1:]
        if last and is_last and worker.is_lucky:
            ends = {Kind.FINISHED, Kind.HASHED}
            assert last[0].kind in ends, f"it ended with {last[0].kind}"

    @precondition(lambda self: self.workers)
    @rule(which=WHICH)
    def a_write_is_kept_and_its_answer_lost(self, which: int) -> None:
        self._worker(which).lose_a_word()

    @precondition(lambda self: self.workers)
    @rule(which=WHICH, how=st.sampled_from([Misfortune.LOST_AFTER, Misfortune.LOST_BEFORE]))
    def an_answer_is_lost(self, which: int, how: Misfortune) -> None:
        self._worker(which).lose_an_answer(how)

    @precondition(lambda self: self.workers)
    @rule(which=WHICH)
    def a_claim_is_renewed(self, which: int) -> None:
        self._worker(which).beat()

    @rule(seconds=LONG)
    def time_passes(self, seconds: float) -> None:
        self.clock.seconds += seconds

    @rule()
    def a_person_settles(self) -> None:
        """Truly: by what is on the dashboard at that moment, if the program lets them."""
        if self._state().phase is LedgerPhase.HELD:
            found = next(iter(self.world.objects), None)
            hold = find_hold(self.ledger, "one", ADDRESSES.ingest)
            try:
                settle_hold(self.ledger, hold, Decision(found, "by hand", HOLDER), self.clock)
            except UsageError:
                assert found is None  # not yet: the request may be under way

    def _state(self) -> WalkthroughState:
        return fold(self.ledger.events_of(HERE, ["one"])).get("one", NOTHING_KNOWN)

    @invariant()
    def nothing_is_created_twice(self) -> None:
        kinds = [event.kind for event in _events(self.ledger, "one")]
        again = kinds.count(Kind.RELEASED) + kinds.count(Kind.RENEWED)
        assert len(self.world.objects) <= 1 + again
        assert not self.world.sent_without_intent


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workers, "folder", tmp_path, raising=False)


SETTINGS = settings(
    max_examples=3 * settings().max_examples,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_whoever_stands_still_no_walkthrough_exists_twice() -> None:
    run_state_machine_as_test(Workers, settings=SETTINGS)


# Finding it is enough; there is no need for the smallest example.
QUICK = settings(SETTINGS, phases=[Phase.generate], max_examples=600, print_blob=False)


def _assert_found() -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Workers, settings=QUICK)


@pytest.mark.slow
def test_the_model_finds_versions_that_are_no_unique_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workers, "has_key", False)
    _assert_found()


@pytest.mark.slow
def test_the_model_finds_an_intent_that_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_held(state: MutableWalkthrough, data: Data, _at: dt.datetime) -> None:
        state.intent = data

    changes = vars(runner.ledger.fold)["_OF_A_WALKTHROUGH"]
    monkeypatch.setitem(changes, Kind.CREATING, not_held)
    _assert_found()


def test_the_model_finds_a_worker_that_believes_its_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "runner.upload.walkthrough.job.as_it_is_now", lambda planned, _before, _now: planned
    )
    _assert_found()


@pytest.mark.slow
def test_the_model_finds_an_intent_without_an_age(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.upload.intent.LONGEST_INTENT", float("inf"))
    _assert_found()


@pytest.mark.slow
def test_the_model_finds_appends_without_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    append, number = Ledger._append, iter(range(10**6))

    def nameless(self: Ledger, transaction: Any, event: Event) -> None:
        append(self, transaction, replace(event, id=f"{next(number):032x}"))

    monkeypatch.setattr(Ledger, "_append", nameless)
    _assert_found()


@pytest.mark.slow
def test_the_model_holds_without_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims decide who begins, and versions what is safe: all believe to have each claim."""
    where = "WHERE claims.until < clock_timestamp() OR claims.token = excluded.token"
    assert where in runner.ledger.claims._TAKE
    mine = runner.ledger.claims._TAKE.replace(where, "")
    monkeypatch.setattr(runner.ledger.claims, "_TAKE", mine)
    run_state_machine_as_test(Workers, settings=settings(SETTINGS, max_examples=100))
