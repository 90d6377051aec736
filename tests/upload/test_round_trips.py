"""Connections and requests of a run, counted: what a walkthrough costs in round trips."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from runner.api import Results, Settings, apply_manifests
from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus
from runner.evercam.http.kept import KeptSessions
from runner.evercam.http.session import Session
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger, read_events
from runner.report.results import Outcome
from runner.sandbox import Sandbox
from runner.upload.journal import Retrying
from tests.badline import BadLine, Cut, Direction
from tests.sites import Site, begin_ledger, settings_for, walk
from tests.waiting import until

OPENING = 2
"""Round trips of a connection: TCP's, and TLS 1.3's."""

WALKS = 4


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = begin_ledger(Site(tmp_path / "site"))
    names = [f"w{number}" for number in range(WALKS)]
    for name in names:
        site.record(f"{name}.insv")
    return site.write(*(walk(name, [f"{name}.insv"]) for name in names))


@contextmanager
def _lines(sandbox: Sandbox) -> Iterator[tuple[Settings, BadLine, BadLine]]:
    """Settings that lead to the sandbox by a line for Evercam, and one for the tus server."""
    port = int(sandbox.url.rpartition(":")[2])
    settings = settings_for(sandbox)
    with BadLine(port) as ingest, BadLine(port) as tus:
        addresses = replace(
            settings.addresses,
            ingest=ingest.through(sandbox.ingest_url),
            tus=tus.through(sandbox.tus_url),
        )
        yield replace(settings, addresses=addresses, jobs=1), ingest, tus


def test_a_walkthrough_after_the_first_costs_six_round_trips(site: Site, sandbox: Sandbox) -> None:
    with _lines(sandbox) as (settings, ingest, tus):
        assert apply_manifests([site.manifest], settings).exit_status == ExitStatus.DONE
        creates, transfers = len(ingest.passages), len(tus.passages)
    assert creates == WALKS, "each create has a connection of its own, and the finish goes on it"
    assert transfers == 1, "one connection takes one recording after the other"
    requests = [request for request in sandbox.requests() if request.step != "login"]
    assert len(requests) == 4 * WALKS
    # Opened while the create was awaited, the tus server's costs nobody time.
    assert (OPENING * creates + len(requests)) / WALKS == 6


def test_the_tus_connection_is_opened_while_the_create_is_awaited(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _lines(sandbox) as (settings, _, tus):
        whole = Ledger.append

        def append(ledger: Ledger, *events: Event) -> None:
            if Kind.CREATED in {event.kind for event in events}:
                until(lambda: tus.passages)
            whole(ledger, *events)

        monkeypatch.setattr(Ledger, "append", append)
        assert apply_manifests([site.manifest], settings).exit_status == ExitStatus.DONE


def _apply_beside(
    site: Site, monkeypatch: pytest.MonkeyPatch, settings: Settings, see: Callable[[], None]
) -> Results:
    """Apply, and look at the world when the first intent is about to be written."""
    whole, seen = Ledger.append, threading.Event()

    def append(ledger: Ledger, *events: Event) -> None:
        if Kind.CREATING in {event.kind for event in events} and not seen.is_set():
            seen.set()
            see()
        whole(ledger, *events)

    monkeypatch.setattr(Ledger, "append", append)
    return apply_manifests([site.manifest], settings)


def test_token_and_connection_are_there_before_the_intent_is_written(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[list[str | None]] = []
    with _lines(sandbox) as (settings, ingest, _):

        def see() -> None:
            until(lambda: len(ingest.passages) == 1)
            steps.append([request.step for request in sandbox.requests()])

        _apply_beside(site, monkeypatch, settings, see)
    assert steps == [["login"]]


def test_a_create_goes_on_the_connection_that_was_opened_for_it_or_not_at_all(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server closes it while the intent is written: nobody can tell whether it was read."""
    with _lines(sandbox) as (settings, ingest, _):

        def see() -> None:
            until(lambda: len(ingest.passages) == 1)
            ingest.strike(Cut(after=0, how="close", direction=Direction.DOWN))
            until(lambda: ingest.struck)

        results = _apply_beside(site, monkeypatch, settings, see)
        opened = len(ingest.passages)
    assert [result.outcome for result in results.walkthroughs] == [
        Outcome.HELD,
        *[Outcome.DONE] * (WALKS - 1),
    ]
    assert opened == WALKS, "none was opened in its place"
    assert sorted(upload.name for upload in sandbox.objects()) == ["w1", "w2", "w3"]


def test_a_connection_that_cannot_be_opened_leaves_no_intent(site: Site, sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    settings = settings_for(sandbox)
    settings = replace(settings, addresses=replace(settings.addresses, ingest=nobody), jobs=1)
    stop = CancelToken()
    results = apply_manifests(
        [site.manifest],
        settings,
        stop=stop,
        listener=lambda event: stop.request() if isinstance(event, Retrying) else None,
    )
    assert results.exit_status == ExitStatus.INTERRUPTED
    ledger = LedgerAddress(str(site.folder / ".sitewalk" / "ledger.db"))
    assert Kind.CREATING not in {event.kind for event in read_events(ledger)}


def test_a_finish_asks_on_a_new_connection_where_the_kept_one_is_closed(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Ledger.append
    with _lines(sandbox) as (settings, ingest, _):

        def append(ledger: Ledger, *events: Event) -> None:
            whole(ledger, *events)
            if Kind.FINISHING in {event.kind for event in events} and not ingest.struck:
                ingest.strike(Cut(after=0, how="close"))
                until(lambda: ingest.struck)

        monkeypatch.setattr(Ledger, "append", append)
        results = apply_manifests([site.manifest], settings)
        assert results.exit_status == ExitStatus.DONE
        assert len(ingest.passages) == WALKS + 1


def test_a_session_that_lay_idle_for_long_is_closed() -> None:
    now = [0.0]
    with closing(KeptSessions(Session, lambda: now[0])) as kept:
        first = kept.take()
        kept.give(first)
        assert kept.take() is first
        kept.give(first)
        now[0] += 60
        assert kept.take() is not first
