"""Who may write next is decided by the ledger: versions are taken once, and none is left out."""

import tempfile
import threading
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from runner.base.errors import LedgerError, OvertakenError
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold
from runner.ledger.store import Ledger
from runner.ledger.stream import Stream, Streams
from tests.ledger.ledgers import AT, HERE, event


class Appends(RuleBasedStateMachine):
    """Writers that append, repeat, come late and skip, against a dictionary of lists."""

    written = Bundle("written")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = Ledger.open(LedgerAddress(str(Path(self.folder.name) / "ledger.db")))
        self.kept: dict[str, list[Event]] = defaultdict(list)
        self.strays: list[Event] = []
        self.ids = 0

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    def _event(self, walkthrough: str, version: int | None, kind: Kind = Kind.CREATED) -> Event:
        self.ids += 1
        data = {"upload_id": self.ids}
        return Event(AT, "run", HERE, walkthrough, kind, "", data, version, f"{self.ids:032x}")

    @rule(target=written, walkthrough=st.sampled_from("ab"), is_told=st.booleans())
    def append_the_next(self, walkthrough: str, *, is_told: bool) -> Event:
        following = len(self.kept[walkthrough]) + 1
        one = self._event(walkthrough, following if is_told else None)
        self.ledger.append(one)
        self.kept[walkthrough].append(replace(one, version=following))
        return one

    @rule(one=written)
    def repeat(self, one: Event) -> None:
        """After an acknowledgement that was lost."""
        self.ledger.append(one)

    @rule(one=written)
    def use_an_id_again(self, one: Event) -> None:
        with pytest.raises(LedgerError, match="another event with id"):
            self.ledger.append(replace(one, kind=Kind.ADOPTED))

    @rule(one=written)
    def come_late(self, one: Event) -> None:
        version = one.version or 1
        with pytest.raises(OvertakenError, match="run run wrote of"):
            self.ledger.append(self._event(one.walkthrough, version))

    @rule(walkthrough=st.sampled_from("ab"), more=st.integers(2, 5))
    def skip(self, walkthrough: str, more: int) -> None:
        with pytest.raises(LedgerError, match="lacks events"):
            self.ledger.append(self._event(walkthrough, len(self.kept[walkthrough]) + more))

    @rule(walkthrough=st.sampled_from("ab"))
    def append_two_of_which_one_is_late(self, walkthrough: str) -> None:
        following = len(self.kept[walkthrough]) + 1
        two = [self._event(walkthrough, following), self._event(walkthrough, following)]
        with pytest.raises(OvertakenError):
            self.ledger.append(*two)

    @rule(walkthrough=st.sampled_from("ab"))
    def find_a_stray(self, walkthrough: str) -> None:
        stray = self._event(walkthrough, None, Kind.STRAY)
        self.ledger.append(stray)
        self.strays.append(stray)

    @invariant()
    def each_walkthrough_has_its_events_and_no_others(self) -> None:
        for walkthrough in "ab":
            found = list(self.ledger.events_of(HERE, [walkthrough]))
            assert [one for one in found if one.version is not None] == self.kept[walkthrough]
            state = fold(found).get(walkthrough)
            assert (state.version if state else 0) == len(self.kept[walkthrough])
        strays = [one for one in self.ledger.all_events() if one.kind is Kind.STRAY]
        assert strays == self.strays


def test_a_version_is_taken_once_and_none_is_left_out() -> None:
    run_state_machine_as_test(Appends, settings=settings(max_examples=40, stateful_step_count=12))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(LedgerAddress(str(tmp_path / "ledger.db")))


def test_an_event_without_an_id_is_given_one(tmp_path: Path) -> None:
    address = LedgerAddress(str(tmp_path / "ledger.db"))
    with Ledger.open(address) as ledger:
        ledger.append(replace(event(1), id=""), replace(event(2), id=""))
        ids = {one.id for one in ledger.all_events()}
    assert {len(id_) for id_ in ids} == {32}
    assert len(ids) == 2


def test_of_two_streams_from_one_state_one_goes_on(ledger: Ledger) -> None:
    """Two runs that both planned to create: the intent of the second is refused."""
    intent = Event(AT, "run-1", HERE, "one", Kind.CREATING)
    with ledger:
        first, second = Stream(ledger, 0), Stream(ledger, 0)
        first.append(intent)
        with pytest.raises(OvertakenError, match=r"run run-1 wrote of `one` meanwhile \(creating"):
            second.append(replace(intent, run="run-2"))
        first.append(replace(intent, kind=Kind.CREATED, data={"upload_id": 7}))
        second.append(replace(intent, kind=Kind.STRAY, data={"upload_id": 8}))
        assert (first.version, second.version) == (2, 0)
        state = fold(ledger.all_events())["one"]
    assert (state.upload_id, state.strays, state.version) == (7, (8,), 2)


def test_each_walkthrough_of_a_run_has_a_stream_of_its_own(ledger: Ledger) -> None:
    one, two = (Event(AT, "run", HERE, id_, Kind.CREATING) for id_ in ("one", "two"))
    with ledger:
        ledger.append(one)
        run = Streams(ledger, {(HERE, "one"): 1})
        for event_ in (Event(AT, "run", HERE, "", Kind.RUN_STARTED), one, two, two, one):
            run.append(event_)
        found = [(event_.walkthrough, event_.version) for event_ in ledger.all_events()]
        wanted = [("one", 1), ("", None), ("one", 2), ("two", 1), ("two", 2), ("one", 3)]
        assert found == wanted
        with pytest.raises(OvertakenError):
            Streams(ledger, {(HERE, "one"): 2}).append(one)


def test_threads_of_one_stream_take_turns(ledger: Ledger) -> None:
    intent = Event(AT, "run", HERE, "one", Kind.SENT, "3-a", {"offset": 0})
    with ledger:
        stream = Stream(ledger, 0)
        threads = [threading.Thread(target=stream.append, args=(intent,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [one.version for one in ledger.all_events()] == list(range(1, 9))


def test_a_refused_append_leaves_a_stream_where_it_was(ledger: Ledger) -> None:
    intent = Event(AT, "run", HERE, "one", Kind.CREATING)
    with ledger:
        stream = Stream(ledger, 0)
        ledger.append(replace(intent, id="a" * 32))
        with pytest.raises(OvertakenError):
            stream.append(intent)
        assert stream.version == 0
