"""What commands read of a ledger does not grow with what is finished in it."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.base.clock import SystemClock
from runner.evercam.addresses import Addresses
from runner.flow.plan import measured_speed, plan_manifests
from runner.flow.states import read_states
from runner.ledger.address import LedgerAddress
from runner.ledger.database import Row
from runner.ledger.events import Event, Kind
from runner.ledger.lock import Holder
from runner.ledger.resolve import Decision, find_hold, settle_hold
from runner.ledger.store import Ledger
from runner.ledger.table import entry_of, event_of
from runner.plan.text import Expectation
from runner.report.overview import overview_of
from runner.settings import Settings
from tests.ledger.ledgers import AT
from tests.sites import TODAY, Site, walk

HERE = Addresses().destination("evercam")
BEN = Holder("ben", "office", 9, AT.isoformat(), "sitewalk resolve held --adopt 99999")


def _events(count: int) -> Iterator[Event]:
    """So many finished walks, each in a run of its own, and one that is held."""
    for number in range(count):
        at, run, id_ = AT + dt.timedelta(hours=number), f"run-{number}", f"done-{number}"
        yield Event(at, run, HERE, "", Kind.RUN_STARTED)
        yield Event(at, run, HERE, id_, Kind.CREATING)
        yield Event(at, run, HERE, id_, Kind.CREATED, "", {"upload_id": 1000 + number})
        yield Event(at, run, HERE, id_, Kind.FINISHING)
        yield Event(at, run, HERE, id_, Kind.FINISHED)
        yield Event(at, run, HERE, "", Kind.RUN_ENDED, "", {"bytes": 10**9, "seconds": 100})
    yield Event(AT, "run", HERE, "held", Kind.CREATING)


def _overview(address: LedgerAddress, _site: Site) -> None:
    status = overview_of(address)
    assert [known.id for known in status.walkthroughs] == ["held"]
    assert status.needs_decision


def _overview_of_some(address: LedgerAddress, _site: Site) -> None:
    wanted = [("evercam", "held"), ("evercam", "done-7")]
    assert {known.id for known in overview_of(address, wanted).walkthroughs} == {"held", "done-7"}


def _plan(address: LedgerAddress, site: Site) -> None:
    settings = Settings(ledger=address.text)
    planned = plan_manifests([site.manifest], settings, TODAY)
    assert [one.upload_id for one in planned.plan.walkthroughs] == [None, 1007]
    assert read_states(address, settings, planned.sources).keys() == {("evercam", "done-7")}


def _speed(address: LedgerAddress, _site: Site) -> None:
    found = measured_speed(address, [HERE])
    assert isinstance(found, Expectation)
    assert found.seconds(10**7) == pytest.approx(1)


def _adopt(address: LedgerAddress, _site: Site) -> None:
    with Ledger.open(address) as ledger:
        hold = find_hold(ledger, "held", HERE.ingest)
        settle_hold(ledger, hold, Decision(99_999, "by-hand", BEN), SystemClock())


@pytest.mark.parametrize("command", [_overview, _overview_of_some, _plan, _speed, _adopt])
def test_as_many_events_are_read_beside_sixty_finished_walks_as_beside_six_hundred(
    command: Callable[[LedgerAddress, Site], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path).write(walk("new", ["a.insv"]), walk("done-7", ["b.insv"]))
    site.record("a.insv")
    site.record("b.insv")
    read: list[int] = []

    def counting(decode: Callable[[Row], object]) -> Callable[[Row], object]:
        def counted(row: Row) -> object:
            read[-1] += 1
            return decode(row)

        return counted

    for decode in (event_of, entry_of):
        monkeypatch.setattr(f"runner.ledger.reader.{decode.__name__}", counting(decode))
    for count in (60, 600):
        address = LedgerAddress(str(tmp_path / f"ledger-{count}.db"))
        with Ledger.open(address) as ledger:
            ledger.fill(list(_events(count)))
        read.append(0)
        command(address, site)
    assert read[0] == read[1] > 0
