"""Workers of one run, by way of their claims: a wish to stop, a lost claim, one rate limit."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from runner.base.clock import CancelToken
from runner.ledger.address import LedgerAddress
from runner.ledger.claim import OwnedError, TakenError, read_claims
from runner.ledger.claims import Claims, Timing
from runner.ledger.events import Event, Kind
from runner.ledger.lock import Holder
from runner.ledger.store import Ledger
from runner.ledger.stream import Streams
from tests.ledger.ledgers import AT, HERE
from tests.postgres.server import Server
from tests.waiting import until

QUICK = Timing(ttl=60, beat=30, wait=0, look=0.1)

Worker = tuple[Claims, CancelToken]
Hire = Callable[..., Worker]


@pytest.fixture
def hire(address: LedgerAddress) -> Iterator[Hire]:
    """Begin a worker of a run, on a host."""
    with contextlib.ExitStack() as stack:

        def hire(run: str, host: str = "") -> Worker:
            ledger = stack.enter_context(Ledger.open(address))
            stop = CancelToken()
            holder = Holder("me", host or f"host-of-{run}", 1, AT.isoformat(), "apply")
            claims = Claims(ledger.database, Streams(ledger, {}), run, holder, stop, QUICK)
            return stack.enter_context(claims), stop

        yield hire


def test_a_wish_to_stop_reaches_all_workers_of_the_run_and_no_others(hire: Hire) -> None:
    (_, coordinator), (one, one_stop), (late, late_stop), (other, other_stop) = (
        hire(run) for run in ("run", "run", "run", "other")
    )
    with (
        one.claim(HERE, "walk-1", [], wait=False) as claimed,
        other.claim(HERE, "walk-2", [], wait=False),
    ):
        coordinator.request()
        until(lambda: one_stop.requested)
        assert claimed.stop.requested
        assert not claimed.is_lost
        with late.claim(HERE, "walk-3", [], wait=False):  # begun after the wish
            until(lambda: late_stop.requested)
        assert not other_stop.requested


def test_a_wish_of_the_last_moment_is_passed_on(address: LedgerAddress, hire: Hire) -> None:
    worker, stop = hire("run")
    with Ledger.open(address) as ledger, worker.claim(HERE, "walk", [], wait=False):
        holder = Holder("me", "laptop", 1, AT.isoformat(), "apply")
        coordinator = CancelToken()
        streams = Streams(ledger, {})
        with Claims(ledger.database, streams, "run", holder, coordinator, QUICK):
            coordinator.request()
        until(lambda: stop.requested)


def test_a_lost_claim_stops_its_own_work_only(
    address: LedgerAddress, hire: Hire, server: Server
) -> None:
    worker, stop = hire("run")
    with (
        worker.claim(HERE, "walk-1", [], wait=False) as lost,
        worker.claim(HERE, "walk-2", [], wait=False) as kept,
    ):
        database = address.text.rpartition("/")[2]
        server.ask(database, "UPDATE claims SET token = 'theirs' WHERE walkthrough = 'walk-1'")
        until(lambda: lost.is_lost)
        assert lost.stop.requested
        assert not kept.stop.requested
        assert not stop.requested
    (left,) = server.ask(database, "SELECT walkthrough, token FROM claims")
    assert left == ("walk-1", "theirs")  # another's is not released


def test_a_claim_that_ran_out_and_that_nobody_took_is_not_lost(
    address: LedgerAddress, hire: Hire, server: Server
) -> None:
    worker, _ = hire("run")
    with worker.claim(HERE, "walk-1", [], wait=False) as claimed:
        database = address.text.rpartition("/")[2]
        server.ask(database, "UPDATE claims SET until = now() - interval '1 minute'")
        with worker.claim(HERE, "walk-2", [], wait=False):
            until(lambda: worker.share == 1.0)
        assert not claimed.is_lost


def test_the_workers_of_a_run_and_of_a_host_share_the_limit(hire: Hire) -> None:
    one, _ = hire("run", "a")
    two, _ = hire("run", "b")
    beside, _ = hire("another", "a")
    far, _ = hire("another", "c")
    with contextlib.ExitStack() as held:

        def claim(worker: Claims, *names: str) -> None:
            for name in names:
                held.enter_context(worker.claim(HERE, name, [], wait=False))

        claim(one, "walk-1")
        until(lambda: one.share == 1.0)
        claim(two, "walk-2", "walk-3", "walk-4")
        until(lambda: (one.share, two.share) == (1 / 4, 3 / 4))
        claim(beside, "walk-5")  # on the host of one, and not of two
        until(lambda: (one.share, two.share, beside.share) == (1 / 5, 3 / 4, 1 / 2))
        claim(far, "walk-6")  # of the run of beside, on a host of its own
        until(lambda: (one.share, beside.share, far.share) == (1 / 5, 1 / 3, 1 / 2))
    until(lambda: (one.share, two.share) == (1.0, 1.0))


def test_a_recording_is_given_to_one_walkthrough(address: LedgerAddress, hire: Hire) -> None:
    first, second = hire("first")[0], hire("second")[0]
    with first.claim(HERE, "walk-1", ["a", "b"], wait=False):
        with pytest.raises(TakenError):
            second.claim(HERE, "walk-1", ["a"], wait=False).__enter__()
        with (
            pytest.raises(OwnedError) as owned,
            second.claim(HERE, "walk-2", ["b", "c"], wait=True),
        ):
            pass
        assert (owned.value.identity, owned.value.owner) == ("b", "walk-1")
        assert owned.value.claim is not None
        assert owned.value.claim.run == "first"
    with Ledger.open(address) as ledger:
        assert not read_claims(ledger.database)
        assert ledger.senders(HERE, ["b", "c"]) == {"walk-1"}
        # Nothing was written of walk-1, as the second run knew: it may go on.
        with second.claim(HERE, "walk-2", ["b"], wait=False):
            pass
        ledger.append(Event(AT, "first", HERE, "walk-2", Kind.CREATED, "", {"upload_id": 7}))
        with pytest.raises(OwnedError) as owned, first.claim(HERE, "walk-3", ["b"], wait=False):
            pass
        assert (owned.value.upload_id, owned.value.claim) == (7, None)
