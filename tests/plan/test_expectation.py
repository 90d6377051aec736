"""The speed that is expected of the next run is that of the last one."""

import datetime as dt

from runner.base.destination import Destination
from runner.ledger.events import Event, Kind
from runner.plan.text import Expectation, last_speed

DESTINATION = Destination("https://there", "evercam")
AT = dt.datetime(2026, 1, 20, 12, tzinfo=dt.UTC)


def _end(count: int, seconds: float, at: dt.datetime = AT) -> Event:
    data = {"exit_status": 0, "bytes": count, "seconds": seconds}
    return Event(at, "run", DESTINATION, "", Kind.RUN_ENDED, data=data)


def test_the_speed_is_that_of_the_last_run_that_sent_something() -> None:
    later = AT + dt.timedelta(days=2)
    events = [_end(90_000_000, 9), _end(50_000_000, 10, later), _end(0, 60, later)]
    assert last_speed(events) == Expectation(5_000_000, later.astimezone().date())


def test_a_run_of_a_few_bytes_or_no_time_has_no_speed() -> None:
    assert last_speed([_end(900_000, 1), _end(5_000_000, 0)]) is None
    assert last_speed([Event(AT, "run", DESTINATION, "", Kind.RUN_ENDED)]) is None


def test_it_says_where_it_comes_from() -> None:
    assert str(Expectation(2e6)) == "2.0 MB/s"
    assert str(Expectation(2e6, AT.date())) == "2.0 MB/s, the speed of the run of 2026-01-20"
    assert Expectation(2e6).seconds(9_000_000) == 4.5
