"""The status of a ledger: what is held, how a person settles it, and the last runs."""

import datetime as dt
import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from runner.base.clock import CancelToken, SystemClock
from runner.base.destination import Destination
from runner.base.errors import UsageError
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold
from runner.ledger.lock import Holder, hold_lock
from runner.ledger.resolve import Decision, find_hold, settle_hold
from runner.ledger.state import Phase
from runner.ledger.store import Ledger
from runner.report.overview import overview_of
from runner.report.status import Status, read_status
from runner.report.status_forms import Here, status_text

AT = dt.datetime(2026, 1, 21, 8, tzinfo=dt.UTC)
INTENT: dict[str, Any] = {
    "name": "Level 2",
    "date": "2026-01-20",
    "drawing_id": 6143,
    "uploaded_by": None,
}
INGEST = "https://ingest2.evercam.io"
HERE = Destination(INGEST, "evercam")
WHO: dict[str, Any] = {
    "user": "ana",
    "host": "site-laptop",
    "pid": 7,
    "command": "sitewalk apply week.yaml",
}

BEN = Holder("ben", "office", 9, AT.isoformat(), "sitewalk resolve two")


def _read(address: LedgerAddress, only: Collection[tuple[str, str]] | None = None) -> Status:
    """What people are shown; the same as of a fold of everything."""
    overview, everything = overview_of(address, only), read_status(address, only)
    here = Here(INGEST, dict.fromkeys(only or (), "manifest.yaml"))
    assert status_text(overview, here) == status_text(everything, here)
    assert overview.needs_decision == everything.needs_decision
    return overview


def _event(walkthrough: str, kind: Kind, *, where: Destination = HERE, **data: Any) -> Event:
    return Event(AT, "run-1", where, walkthrough, kind, "", data)


@pytest.fixture(autouse=True)
def _in_madrid(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clocks of the person who reads it."""
    monkeypatch.setenv("TZ", "CET-1")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def address(tmp_path: Path) -> LedgerAddress:
    address = LedgerAddress(str(tmp_path / "ledger.db"))
    with Ledger.open(address) as ledger:
        ledger.append(
            _event("", Kind.RUN_STARTED, **WHO),
            _event("one", Kind.CREATING, **INTENT),
            _event("one", Kind.CREATED, upload_id=999),
            _event("one", Kind.FINISHING, recordings={}),
            _event("one", Kind.FINISHED, status=200),
            _event("two", Kind.CREATING, **INTENT),
            _event("two", Kind.HELD, reason="no answer in time"),
            _event("", Kind.RUN_ENDED, exit_status=5),
        )
    return address


def test_what_is_held_says_what_to_look_for(address: LedgerAddress) -> None:
    text = status_text(_read(address), Here(INGEST)).partition("\n")[2]
    assert text == snapshot("""\

last runs:
  2026-01-21 09:00 +01:00  run-1  ana on site-laptop: sitewalk apply week.yaml (exit 5)

https://ingest2.evercam.io/360/evercam
done      one (Level 2), upload 999 since 2026-01-21 09:00 +01:00
held      two (Level 2) since 2026-01-21 09:00 +01:00
          no answer in time
          look on the dashboard for: Level 2, 2026-01-20, drawing 6143
          if it is on the dashboard: sitewalk resolve two --adopt UPLOAD_ID
          if it is not: sitewalk resolve two --retry
2 walkthroughs: 1 done, 1 held
""")


def test_no_next_steps_are_shown_while_a_run_is_at_work(address: LedgerAddress) -> None:
    assert address.path is not None
    holder = Holder("ben", "office", 9, AT.isoformat(), "sitewalk apply")
    with hold_lock(address.path, lambda: holder, CancelToken()):
        text = status_text(_read(address), Here(INGEST))
    assert "running now: ben on office (process 9)" in text
    assert "sitewalk resolve" not in text


def test_next_steps_name_a_manifest_that_is_elsewhere(address: LedgerAddress) -> None:
    manifests = {("evercam", "two"): "week 4/manifest.yaml"}
    text = status_text(_read(address, manifests), Here(INGEST, manifests))
    assert "sitewalk resolve two --manifest 'week 4/manifest.yaml' --retry" in text
    assert "one, upload" not in text


def test_no_ledger_is_no_error(tmp_path: Path) -> None:
    text = status_text(_read(LedgerAddress(str(tmp_path / "none.db"))), Here(INGEST))
    assert text == f"there is no ledger at {tmp_path / 'none.db'}\n\nno runs yet\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("adopt", "phase"), [(1234, Phase.CREATED), (None, Phase.NEW)])
def test_a_hold_is_settled_by_an_event(
    address: LedgerAddress, adopt: int | None, phase: Phase
) -> None:
    with Ledger.open(address) as ledger:
        hold = find_hold(ledger, "two", INGEST)
        assert (hold.destination, hold.name) == (HERE, "Level 2")
        settle_hold(ledger, hold, Decision(adopt, "by-hand", BEN), SystemClock())
        settled = fold(ledger.events(HERE))["two"]
    run = read_status(address).runs[-1]
    assert (run.user, run.host, run.command, run.exit_status) == ("ben", "office", BEN.command, 0)
    assert (settled.phase, settled.upload_id) == (phase, adopt)


def test_only_what_is_held_can_be_settled(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger, pytest.raises(UsageError, match="`one` is not held"):
        find_hold(ledger, "one", INGEST)


def test_the_same_id_held_twice_is_not_guessed(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(_event("two", Kind.CREATING, **INTENT, where=Destination(INGEST, "other")))
        with pytest.raises(UsageError, match="is held for") as caught:
            find_hold(ledger, "two", INGEST)
        assert "--manifest" in caught.value.help
        assert find_hold(ledger, "two", INGEST, "other").destination == Destination(INGEST, "other")
        with pytest.raises(UsageError, match=f"not at {INGEST}/360/third"):
            find_hold(ledger, "two", INGEST, "third")


def test_an_adopted_number_can_be_corrected_until_it_is_finished(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        for number in (99999, 1000):
            hold = find_hold(ledger, "two", INGEST)
            settle_hold(ledger, hold, Decision(number, "by-hand", BEN), SystemClock())
        assert fold(ledger.events(HERE))["two"].upload_id == 1000
        hold = find_hold(ledger, "two", INGEST)
        with pytest.raises(UsageError, match="upload 999 is that of `one`"):
            settle_hold(ledger, hold, Decision(999, "by-hand", BEN), SystemClock())
        ledger.append(_event("two", Kind.FINISHING, recordings={}))
        ledger.append(_event("two", Kind.FINISHED, status=200))
        with pytest.raises(UsageError, match="`two` is not held"):
            find_hold(ledger, "two", INGEST)


def test_an_adopted_number_is_shown_with_the_ways_to_correct_it(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(_event("two", Kind.ADOPTED, upload_id=99999))
        ledger.append(_event("two", Kind.FAILED, reason="there is no upload object 99999"))
    manifests = {("evercam", "two"): "week.yaml"}
    shown = status_text(_read(address, manifests), Here(INGEST, manifests)).split("\n\n")[2]
    assert shown == snapshot("""\
https://ingest2.evercam.io/360/evercam
under way two (Level 2), upload 99999 since 2026-01-21 09:00 +01:00
          failed 2026-01-21 09:00 +01:00: there is no upload object 99999
          the number was told by hand, and no finish has shown yet that it is right
          look on the dashboard for: Level 2, 2026-01-20, drawing 6143
          if it is there as another upload: sitewalk resolve two --adopt UPLOAD_ID
          if it is not there at all: sitewalk resolve two --retry
1 walkthrough: 1 under way
""")


def test_what_was_adopted_and_is_not_there_is_created_after_all(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(_event("two", Kind.ADOPTED, upload_id=99999))
        hold = find_hold(ledger, "two", INGEST)
        settle_hold(ledger, hold, Decision(None, "by-hand", BEN), SystemClock())
        settled = fold(ledger.events(HERE))["two"]
    assert (settled.phase, settled.upload_id, settled.is_adopted) == (Phase.NEW, None, False)


def test_what_is_held_at_another_address_says_how_to_get_there(address: LedgerAddress) -> None:
    shown = status_text(_read(address), Here("http://127.0.0.1:8360"))
    assert shown.split("\n\n")[2].splitlines()[-2] == snapshot(
        "first set EVERCAM_INGEST_URL to https://ingest2.evercam.io; "
        "commands use http://127.0.0.1:8360 now"
    )


def test_what_is_held_goes_before_what_was_adopted(address: LedgerAddress) -> None:
    other = Destination(INGEST, "other")
    with Ledger.open(address) as ledger:
        ledger.append(_event("two", Kind.CREATING, **INTENT, where=other))
        ledger.append(_event("two", Kind.ADOPTED, upload_id=5, where=other))
        assert find_hold(ledger, "two", INGEST).destination == HERE
        assert find_hold(ledger, "two", INGEST, "other").state.upload_id == 5


@pytest.mark.parametrize("project", ["evercam", "other"])
def test_an_upload_of_another_walkthrough_is_not_adopted(
    address: LedgerAddress, project: str
) -> None:
    destination = Destination(INGEST, project)
    with Ledger.open(address) as ledger:
        ledger.append(_event("four", Kind.CREATED, upload_id=1004, where=destination))
        hold = find_hold(ledger, "two", INGEST)
        with pytest.raises(UsageError, match="upload 1004 is that of `four`"):
            settle_hold(ledger, hold, Decision(1004, "by-hand", BEN), SystemClock())
        assert find_hold(ledger, "two", INGEST) == hold


def test_a_hold_at_another_address_is_named(address: LedgerAddress) -> None:
    with (
        Ledger.open(address) as ledger,
        pytest.raises(UsageError, match="not at http://") as caught,
    ):
        find_hold(ledger, "two", "http://127.0.0.1:8360")
    assert "EVERCAM_INGEST_URL" in caught.value.help


def test_a_failure_is_shown_with_its_reason_until_it_is_mended(address: LedgerAddress) -> None:
    failed = [
        _event("three", Kind.CREATING, **INTENT),
        _event("three", Kind.CREATED, upload_id=1001),
        _event("three", Kind.FAILED, reason="the server answered 422: no such drawing"),
    ]
    with Ledger.open(address) as ledger:
        ledger.append(*failed)
    shown = status_text(_read(address, {("evercam", "three")}), Here(INGEST)).split("\n\n")[2]
    assert shown == snapshot("""\
https://ingest2.evercam.io/360/evercam
under way three (Level 2), upload 1001 since 2026-01-21 09:00 +01:00
          failed 2026-01-21 09:00 +01:00: the server answered 422: no such drawing
to go on with what is not finished: sitewalk apply MANIFEST
1 walkthrough: 1 under way
""")
    with Ledger.open(address) as ledger:
        ledger.append(_event("three", Kind.FINISHING, recordings={}))
        ledger.append(_event("three", Kind.FINISHED, status=200))
    assert "failed" not in status_text(_read(address, {("evercam", "three")}), Here(INGEST))


def test_an_upload_object_that_nobody_goes_on_with_is_shown(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(_event("one", Kind.STRAY, upload_id=1003))
    shown = status_text(_read(address), Here(INGEST))
    assert "          upload 1003 was created for it as well" in shown
    assert "done      one (Level 2), upload 999" in shown


def test_what_a_failure_says_cannot_steer_the_terminal(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(_event("one", Kind.FAILED, reason="`a\x1b[31m.insv` is gone\nfinished"))
    shown = status_text(_read(address), Here(INGEST))
    assert r"`a\x1b[31m.insv` is gone\nfinished" in shown
    assert "\x1b" not in shown


def test_what_is_done_is_counted_whatever_came_after_it(address: LedgerAddress) -> None:
    """However a walkthrough came to its end: `_read` compares with a fold of everything."""
    there = Destination(INGEST, "another")
    finish = (_event("x", Kind.FINISHING, recordings={}), _event("x", Kind.FINISHED, status=200))
    kept: dict[str, Any] = {"create": {"name": "Kept"}, "link": {}}
    ways: list[tuple[Event, ...]] = [
        finish,
        (*finish, _event("x", Kind.KEPT, **kept, **WHO)),
        (*finish, _event("x", Kind.HASHED, mixed=True), _event("x", Kind.FAILED, reason="mixed")),
        (*finish, _event("x", Kind.CLAIMED)),
        (*finish, finish[0]),  # asked for once more, and not answered
        (*finish, _event("x", Kind.STRAY, upload_id=7)),
        (*finish, _event("x", Kind.RENEWED)),
        finish[1:],  # nobody asked for it
        (_event("x", Kind.FAILED, reason="no answer"),),
        (_event("x", Kind.REFUSED, reason="no"),),
    ]
    begun = (_event("x", Kind.CREATING, **INTENT), _event("x", Kind.CREATED, upload_id=1))
    hashed = (*finish, *[_event("x", Kind.HASHED, sha256="ab")] * 2)
    with Ledger.open(address) as ledger:
        for place, ends in ((HERE, ways), (there, 3 * [*ways, hashed])):
            for number, end in enumerate(ends):
                events = (*begun, *end)
                id_ = f"walk-{number}"
                ledger.append(*(replace(e, walkthrough=id_, destination=place) for e in events))
        ledger.append(_event("claimed", Kind.CLAIMED), _event("left", Kind.ELSEWHERE))
    told = _read(address)
    assert told.done == {HERE: 0, there: 6}  # few that are done are named, and so are strays
    assert _read(address, [("another", "walk-1"), ("evercam", "walk-2")]).done == {}


@pytest.mark.slow
def test_of_a_year_what_is_new_is_on_the_first_screen(address: LedgerAddress) -> None:
    begun = (_event("x", Kind.CREATING, **INTENT), _event("x", Kind.CREATED, upload_id=1))
    finish = (_event("x", Kind.FINISHING, recordings={}), _event("x", Kind.FINISHED, status=200))
    with Ledger.open(address) as ledger:
        for number in range(999):
            events = begun if number in {400, 700} else (*begun, *finish)
            ledger.append(*(replace(event, walkthrough=f"w{number}") for event in events))
    text = status_text(_read(address), Here(INGEST)).partition("\n")[2]
    assert text == snapshot("""\

last runs:
  2026-01-21 09:00 +01:00  run-1  ana on site-laptop: sitewalk apply week.yaml (exit 5)

https://ingest2.evercam.io/360/evercam
done      998 walkthroughs
under way w400 (Level 2), upload 1 since 2026-01-21 09:00 +01:00
under way w700 (Level 2), upload 1 since 2026-01-21 09:00 +01:00
held      two (Level 2) since 2026-01-21 09:00 +01:00
          no answer in time
          look on the dashboard for: Level 2, 2026-01-20, drawing 6143
          if it is on the dashboard: sitewalk resolve two --adopt UPLOAD_ID
          if it is not: sitewalk resolve two --retry
to go on with what is not finished: sitewalk apply MANIFEST
1,001 walkthroughs: 998 done, 2 under way, 1 held
""")
    assert len(text.splitlines()) < 24


def test_the_last_runs_are_shown_of_all_destinations(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        for number in range(12):
            at = AT + dt.timedelta(hours=number + 1)
            place = Destination(INGEST, f"project-{number % 3}")
            start = Event(at, f"run-{number}", place, "", Kind.RUN_STARTED, "", WHO)
            ledger.append(start)
            if number % 4:
                end = {"exit_status": number % 4}
                ledger.append(Event(at, f"run-{number}", place, "", Kind.RUN_ENDED, "", end))
    _read(address)
