"""The protocol as a model: whatever dies or lies, no walkthrough exists twice."""

import os
import random
from collections import Counter
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from runner.evercam.addresses import Addresses, Credentials
from runner.evercam.client import Evercam
from runner.evercam.http.kept import KeptSessions
from runner.flow.apply import run_and_fold
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold
from runner.ledger.lines import from_lines, to_lines
from runner.ledger.state import Phase as LedgerPhase
from runner.ledger.state import WalkthroughState
from runner.manifest.reading import read_manifest
from runner.plan.model import Plan
from runner.plan.planner import Source, make_plan
from runner.recordings.files import RecordingFile
from runner.recordings.identity import EDGE, identify
from runner.report.fold import results_of_run, states_before
from runner.report.results import Results, with_all_walkthroughs
from runner.report.runs import without_address
from runner.upload.journal import RunJournal
from runner.upload.recording.context import UploadContext, UploadOptions
from runner.upload.recording.same_file import SameFile
from runner.upload.records import Start
from runner.upload.threads import Threads
from runner.upload.walkthrough.context import RunContext
from tests.contract.running import HOLDER
from tests.crash.turns import Turns
from tests.crash.world import (
    DyingJournal,
    FakeSession,
    FastClock,
    Misfortune,
    ProcessDied,
    Waits,
    World,
)
from tests.recordings.files import path_of
from tests.sites import HEAD, TODAY, InlineExecutor, noise, walk

ADDRESSES = Addresses("http://there", "http://there", "http://there/files/")
MANIFEST = HEAD + walk("one", ["a.insv", "b.insv"]) + walk("two", ["c.insv"])
SIZE = 2 * EDGE + 40_000
WRONG = 99_999
"""An upload object that never comes into being."""
CALM = 8
"""Requests without a misfortune are as likely as with one, or no run would get anywhere."""


class Runs(RuleBasedStateMachine):
    """Runs of one manifest, each of which may go wrong in its own ways, and people who settle."""

    folder: ClassVar[Path]
    dropped: ClassVar[frozenset[Kind]] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.journal = DyingJournal(self.dropped)
        self.clock = FastClock()
        self.runs = 0
        reading = read_manifest(MANIFEST.encode(), "manifest.yaml", TODAY)
        assert reading.manifest is not None
        self.files = {name: self._record(name) for name in ("a.insv", "b.insv", "c.insv")}
        self.contents = {name: [path_of(file).read_bytes()] for name, file in self.files.items()}
        self.source = Source(reading.manifest, self.files)

    def teardown(self) -> None:
        self.run_undisturbed()

    def _record(self, name: str) -> RecordingFile:
        path = self.folder / name
        path.write_bytes(noise(SIZE, sum(name.encode())))
        with path.open("rb") as file:
            return RecordingFile(name, path, identify(file, SIZE))

    @rule(
        misfortunes=st.lists(
            st.sampled_from([*Misfortune, *[Misfortune.NONE] * CALM]), max_size=25
        ),
        dies_in=st.none() | st.integers(min_value=1, max_value=20),
        dies_before=st.booleans(),
        order=st.integers(min_value=0, max_value=99),
    )
    def run(
        self,
        misfortunes: list[Misfortune],
        dies_in: int | None,
        order: int = 0,
        *,
        dies_before: bool,
    ) -> None:
        self.journal.dies_in, self.journal.dies_before = dies_in, dies_before
        turns = Turns(random.Random(order))  # noqa: S311 - repeatable
        met = iter(misfortunes)
        stop = Waits(self.clock)
        log: list[str] = []
        journal = RunJournal(
            self.journal, lambda event: log.extend(to_lines([without_address(event)]))
        )
        self.runs += 1
        context = RunContext(
            run=f"run-{self.runs}",
            evercam=Evercam(ADDRESSES, Credentials("a", "b"), lambda: FakeSession(self.world, met)),
            journal=journal,
            uploads=UploadContext(
                ADDRESSES.tus,
                stop,
                UploadOptions(retry_for=60, sha256=True),
                self.clock,
                random.Random(1),  # noqa: S311 - jitter
            ),
            uploader="a",
            listener=turns.switch,
            slots=turns,
            tus=KeptSessions(lambda: FakeSession(self.world, met, turns.switch)),
        )
        files = {
            ("evercam", walkthrough.id, name): self.files[name]
            for walkthrough in self.source.manifest.walkthroughs
            for name in walkthrough.files
        }
        plan, states, results = self.plan(), self.states(), None
        try:
            threads = Threads(files, states, context, InlineExecutor())
            results = run_and_fold(plan, states, context, threads, Start(HOLDER))
        except ProcessDied:
            pass
        finally:
            self.journal.dies_in = None
        if plan.is_pending and journal.events and not self.dropped:
            self._results_are_one_fold(plan, results, journal, log)

    def _results_are_one_fold(
        self, plan: Plan, results: Results | None, journal: RunJournal, log: list[str]
    ) -> None:
        """Live, from the ledger and from the log; only a live run knows walks without work."""
        run = journal.events[0].run
        run_events = [event for event in self.journal.events if event in journal.events]
        from_ledger = results_of_run(run_events, states_before(self.journal.events, run))
        assert results_of_run(list(from_lines("\n".join(log)))) == from_ledger
        if results is not None:
            assert with_all_walkthroughs(from_ledger, plan) == results
            assert from_ledger.counts() == results.counts()

    @rule(requests=st.integers(min_value=0, max_value=8))
    def run_and_die_inside_a_request(self, requests: int) -> None:
        """What chance alone seldom does: half of a recording arrives, and no more is known."""
        misfortunes = [*[Misfortune.NONE] * requests, Misfortune.CRASH_INSIDE]
        self.run(misfortunes, None, requests, dies_before=False)

    @rule(name=st.sampled_from(["a.insv", "b.insv", "c.insv"]))
    def somebody_writes_into_the_middle(self, name: str) -> None:
        """Neither length nor ends change, so that it is the same recording for the plan."""
        path = path_of(self.files[name])
        before, content = path.stat().st_mtime_ns, bytearray(path.read_bytes())
        for place in (EDGE, SIZE - EDGE - 1):  # in both halves, or no mixture would show
            content[place] ^= 1 + len(self.contents[name]) % 200
        path.write_bytes(content)
        os.utime(path, ns=(before + 1, before + 1))
        self.contents[name].append(bytes(content))

    @rule()
    def a_person_settles_what_is_held(self) -> None:
        for (_, id_), state in self.states().items():
            if state.phase is LedgerPhase.HELD:
                self._settle_truly(id_)

    @rule()
    def a_person_adopts_a_wrong_number(self) -> None:
        for (_, id_), state in self.states().items():
            if state.phase is LedgerPhase.HELD:
                self._settle(id_, Kind.ADOPTED, upload_id=WRONG)

    @rule()
    def a_person_corrects_what_was_adopted(self) -> None:
        for (_, id_), state in self.states().items():
            if state.phase is LedgerPhase.CREATED and state.is_adopted:
                self._settle_truly(id_)

    def _settle_truly(self, id_: str) -> None:
        found = [number for number, name in self.world.objects.items() if name == id_]
        if found:
            self._settle(id_, Kind.ADOPTED, upload_id=found[0])
        else:
            self._settle(id_, Kind.RELEASED)

    def _settle(self, id_: str, kind: Kind, **data: int) -> None:
        where = ADDRESSES.destination("evercam")
        self.journal.append(Event(self.clock.now(), "by hand", where, id_, kind, "", data))

    @invariant()
    def no_walkthrough_exists_twice(self) -> None:
        assert all(count == 1 for count in Counter(self.world.objects.values()).values())

    def states(self) -> dict[tuple[str, str], WalkthroughState]:
        return {("evercam", id_): state for id_, state in fold(self.journal.events).items()}

    def plan(self) -> Plan:
        return make_plan([self.source], self.states(), ADDRESSES)

    def run_undisturbed(self) -> None:
        """Settle and run without misfortune: everything must be there, once and whole."""
        self.a_person_settles_what_is_held()
        self.a_person_corrects_what_was_adopted()
        self.run([], None, dies_before=False)
        assert sorted(self.world.objects.values()) == ["one", "two"]
        for id_, name in self.world.objects.items():
            whole = [bytes(self.world.uploads[upload]) for upload in self.world.links[id_]]
            wanted = ["a.insv", "b.insv"] if name == "one" else ["c.insv"]
            for file, sent in zip(wanted, whole, strict=True):
                assert sent in self.contents[file], "a mixture of what the file has been"
        before = self.world.asked
        self.run([], None, dies_before=False)
        assert self.world.asked == before


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runs, "folder", tmp_path, raising=False)


SETTINGS = settings(
    max_examples=3 * settings().max_examples // 2,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_whatever_dies_no_walkthrough_exists_twice() -> None:
    run_state_machine_as_test(Runs, settings=SETTINGS)


# Finding it is enough; there is no need for the smallest example.
QUICK = settings(SETTINGS, phases=[Phase.generate], max_examples=300, print_blob=False)


def test_the_model_finds_a_ledger_without_the_intent() -> None:
    class Careless(Runs):
        dropped = frozenset({Kind.CREATING, Kind.HELD})

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Careless, settings=QUICK)


def test_the_model_finds_a_run_that_goes_on_with_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "runner.upload.recording.content.find_proof", lambda *_arguments: SameFile.TIME
    )
    runs = Runs()
    runs.run_and_die_inside_a_request(requests=len(("login", "create", "tus_create", "tus_create")))
    for name in ("a.insv", "b.insv"):
        runs.somebody_writes_into_the_middle(name)
    with pytest.raises(AssertionError, match="a mixture"):
        runs.run_undisturbed()
