"""Whole runs on the sandbox: each walkthrough's own end, and the run's."""

import datetime as dt
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.api import Results, Settings, apply_manifests
from runner.base.clock import SystemClock
from runner.base.errors import ExitStatus, LedgerError, UsageError
from runner.evercam.addresses import Addresses, Credentials
from runner.evercam.client import Evercam
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger
from runner.report.forms.as_json import results_from_json, results_json
from runner.report.results import Outcome, RecordingOutcome
from runner.report.timeline.timeline import MarkKind
from runner.sandbox import Fault, Sandbox
from runner.upload.journal import Crashed, ProgressEvent
from tests.sites import Site, begin_ledger, settings_for, walk

SECRET = "a token"


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return settings_for(sandbox)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = begin_ledger(Site(tmp_path / "site")).write(
        walk("one", ["a.insv"]), walk("two", ["b.insv"])
    )
    site.record("a.insv")
    site.record("b.insv")
    return site


def _outcomes(results: Results) -> dict[str, Outcome]:
    return {walkthrough.id: walkthrough.outcome for walkthrough in results.walkthroughs}


def _break_the_ledger(monkeypatch: pytest.MonkeyPatch, *kinds: Kind) -> None:
    whole = Ledger.append

    def append(ledger: Ledger, *events: Event) -> None:
        if any(event.kind in kinds for event in events):
            raise LedgerError("the disk is full")
        whole(ledger, *events)

    monkeypatch.setattr(Ledger, "append", append)


def test_files_of_one_name_in_two_folders_are_not_mixed_up(
    tmp_path: Path, sandbox: Sandbox, settings: Settings
) -> None:
    sites = [Site(tmp_path / name).write(walk(name, ["VID.insv"])) for name in ("east", "west")]
    paths = {site.folder.name: site.record("VID.insv", seed=i) for i, site in enumerate(sites)}
    shared = replace(settings, ledger=str(tmp_path / "ledger.db"), new_ledger=True)
    results = apply_manifests([site.manifest for site in sites], shared)
    assert results.exit_status == ExitStatus.DONE
    stored = {recording.location: recording.path.read_bytes() for recording in sandbox.recordings()}
    received = {upload.name: stored[upload.recordings[0].url] for upload in sandbox.objects()}
    assert received == {name: path.read_bytes() for name, path in paths.items()}


def test_an_unknown_create_holds_one_walkthrough_and_the_other_goes_on(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    sandbox.inject(Fault.parse("create:drop-after~one"))
    results = apply_manifests([site.manifest], settings)
    assert _outcomes(results) == {"one": Outcome.HELD, "two": Outcome.DONE}
    assert results.exit_status == ExitStatus.DECISION
    before = len(sandbox.requests())
    assert apply_manifests([site.manifest], settings).exit_status == ExitStatus.DECISION
    assert len(sandbox.requests()) == before


def test_a_login_that_fails_holds_nothing(site: Site, sandbox: Sandbox, settings: Settings) -> None:
    sandbox.inject(Fault.parse("login:status=503x3"))
    results = apply_manifests([site.manifest], settings)
    assert results.exit_status == ExitStatus.DONE
    assert len(sandbox.objects()) == 2


def test_a_hold_that_cannot_be_written_is_a_hold_all_the_same(
    site: Site, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.inject(Fault.parse("create:drop-after~one"))
    with monkeypatch.context() as broken:
        _break_the_ledger(broken, Kind.HELD)
        assert _outcomes(apply_manifests([site.manifest], settings))["one"] is Outcome.HELD
    assert _outcomes(apply_manifests([site.manifest], settings))["one"] is Outcome.HELD
    assert len(sandbox.objects()) == 2


def test_a_disk_that_is_full_at_the_end_does_not_cost_the_results(
    site: Site, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.inject(Fault.parse("create:status=422~one"))
    _break_the_ledger(monkeypatch, Kind.FAILED, Kind.RUN_ENDED)
    results = apply_manifests([site.manifest], settings)
    assert _outcomes(results) == {"one": Outcome.FAILED, "two": Outcome.DONE}
    assert results.exit_status == ExitStatus.FAILED


def test_a_disk_that_is_full_from_the_start_sends_nothing(
    site: Site, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break_the_ledger(monkeypatch, *Kind)
    with pytest.raises(LedgerError, match="the disk is full"):
        apply_manifests([site.manifest], settings)
    assert sandbox.requests() == ()


def test_an_intent_that_cannot_be_written_creates_nothing(
    site: Site, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break_the_ledger(monkeypatch, Kind.CREATING)
    results = apply_manifests([site.manifest], settings)
    assert _outcomes(results) == {"one": Outcome.FAILED, "two": Outcome.FAILED}
    assert sandbox.objects() == ()


def test_a_number_that_cannot_be_written_is_told_for_adoption(
    site: Site, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break_the_ledger(monkeypatch, Kind.CREATED)
    results = apply_manifests([site.manifest], settings)
    assert set(_outcomes(results).values()) == {Outcome.HELD}
    numbers = {upload.name: upload.id for upload in sandbox.objects()}
    for walkthrough in results.walkthroughs:
        assert f"adopt upload {numbers[walkthrough.id]}" in walkthrough.next_steps[0]


def test_a_lost_ledger_is_not_begun_anew_beside_its_reports(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    (site.folder / ".sitewalk" / "ledger.db").unlink()
    report = site.folder / ".sitewalk" / "runs" / "20260121T080000Z-1" / "results.json"
    report.parent.mkdir(parents=True)
    report.write_text("{}", encoding="utf-8")
    with pytest.raises(LedgerError, match="is gone") as caught:
        apply_manifests([site.manifest], settings)
    assert "sitewalk ledger import" in caught.value.help
    assert sandbox.requests() == ()


def _break_evercam(monkeypatch: pytest.MonkeyPatch, method: str, before: str) -> None:
    """A defect of ours, met by the first walkthrough, `before` or after the request.

    Before a create it comes when nothing but the request is left to do.
    """
    whole = getattr(Evercam, method)
    met: list[str] = []

    def broken(evercam: Evercam, *arguments: Any) -> Any:
        if not met:
            met.append(method)
            if method == "create" and before == "before":
                arguments[1]()
            if before == "after":
                whole(evercam, *arguments)
            raise KeyError(SECRET)
        return whole(evercam, *arguments)

    monkeypatch.setattr(Evercam, method, broken)


def test_a_defect_costs_one_walkthrough_and_is_told_without_its_text(
    site: Site, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[ProgressEvent] = []
    with monkeypatch.context() as broken, ThreadPoolExecutor(1) as one_by_one:
        _break_evercam(broken, "finish", "before")
        results = apply_manifests(
            [site.manifest], settings, listener=events.append, executor=one_by_one
        )
    assert _outcomes(results) == {"one": Outcome.FAILED, "two": Outcome.DONE}
    assert results.exit_status == ExitStatus.UNEXPECTED
    first = results.walkthroughs[0]
    assert first.reason == "unexpected error: KeyError"
    assert [recording.outcome for recording in first.recordings] == [RecordingOutcome.SENT]
    (broke,) = [event for event in events if isinstance(event, Crashed)]
    assert "in _try_to_finish" in broke.where
    assert SECRET not in broke.where
    (mark,) = results.timeline.marks
    assert (mark.kind, mark.walkthrough, mark.reason) == (MarkKind.FAILED, "one", first.reason)
    assert results_from_json(results_json(results)) == results

    assert apply_manifests([site.manifest], settings).exit_status == ExitStatus.DONE
    assert sorted(upload.name for upload in sandbox.objects()) == ["one", "two"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_defect_between_the_intent_and_the_answer_is_a_hold(
    site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    with monkeypatch.context() as broken, ThreadPoolExecutor(1) as one_by_one:
        _break_evercam(broken, "create", when)
        results = apply_manifests([site.manifest], settings, executor=one_by_one)
    assert _outcomes(results) == {"one": Outcome.HELD, "two": Outcome.DONE}
    assert "--adopt" in " ".join(results.walkthroughs[0].next_steps)
    assert [mark.kind for mark in results.timeline.marks] == [MarkKind.HELD]
    again = apply_manifests([site.manifest], settings)
    assert _outcomes(again) == {"one": Outcome.HELD, "two": Outcome.NOTHING}


def test_a_refusal_that_cannot_be_written_says_what_the_next_run_will(
    site: Site, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.inject(Fault.parse("create:status=422~one"))
    with monkeypatch.context() as broken:
        _break_the_ledger(broken, Kind.REFUSED)
        results = apply_manifests([site.manifest], settings)
    assert _outcomes(results) == {"one": Outcome.HELD, "two": Outcome.DONE}
    assert "no upload was created" in results.walkthroughs[0].reason
    assert _outcomes(apply_manifests([site.manifest], settings))["one"] is Outcome.HELD


def test_repeated_requests_of_every_kind_are_counted(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    faults = ("create:status=429~one", "finish:status=503~one", "tus_create:status=503~a.insv")
    sandbox.inject(*map(Fault.parse, faults))
    results = apply_manifests([site.manifest], settings)
    assert results.exit_status == ExitStatus.DONE
    assert [walkthrough.all_retries for walkthrough in results.walkthroughs] == [len(faults), 0]
    assert results.retries == len(faults)


def test_a_yes_that_nobody_understands_lets_the_other_creates_wait(
    site: Site, sandbox: Sandbox, settings: Settings
) -> None:
    sandbox.inject(Fault.parse("create:garbage~one"))
    with ThreadPoolExecutor(1) as executor:
        results = apply_manifests([site.manifest], settings, executor=executor)
    assert _outcomes(results) == {"one": Outcome.HELD, "two": Outcome.NOT_STARTED}
    held, waiting = results.walkthroughs
    assert "502 Bad Gateway" in held.reason, "what the server said is quoted"
    assert "502 Bad Gateway" in waiting.reason
    assert len(sandbox.objects()) == 1, "the second create was not sent"


class _RefusesTunnels(socketserver.StreamRequestHandler):
    """A proxy that wants a login."""

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")


def test_a_proxy_that_refuses_ends_the_run_at_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _RefusesTunnels) as proxy:
        threading.Thread(target=proxy.serve_forever).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.server_address[1]}")
        settings = Settings(Addresses(*(f"https://{name}.test" for name in ("media", "in", "tus"))))
        settings = replace(settings, credentials=Credentials("user", "password"))
        with ThreadPoolExecutor(1) as executor:
            results = apply_manifests([site.manifest], settings, executor=executor)
        proxy.shutdown()
    assert _outcomes(results) == {"one": Outcome.FAILED, "two": Outcome.NOT_STARTED}
    assert all("wants a login (407)" in walkthrough.reason for walkthrough in results.walkthroughs)
    assert any("NTLM" in step for step in results.walkthroughs[0].next_steps)


def test_certificates_that_cannot_be_read_are_refused_before_anything_is_sent(
    site: Site, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/ca.pem")
    addresses = replace(settings.addresses, tus="https://127.0.0.1:9/files/")
    with pytest.raises(UsageError, match=r"REQUESTS_CA_BUNDLE names .*ca.pem"):
        apply_manifests([site.manifest], replace(settings, addresses=addresses))
    assert sandbox.requests() == ()


def test_certificates_are_not_read_where_all_stays_on_this_machine(
    site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/ca.pem")
    assert apply_manifests([site.manifest], settings).exit_status == ExitStatus.DONE


class SetClock(SystemClock):
    """A machine's clock that is set, by hours, each time somebody looks at it."""

    def __init__(self, hours: int) -> None:
        self._hours = hours
        self._looks = 0

    def now(self) -> dt.datetime:
        """A moment further off each time."""
        self._looks += 1
        return super().now() + dt.timedelta(hours=self._looks * self._hours)


@pytest.mark.parametrize("hours", [-500_000, 500_000])
def test_a_clock_that_is_set_during_a_run_changes_no_duration(
    site: Site, settings: Settings, hours: int
) -> None:
    results = apply_manifests([site.manifest], settings, clock=SetClock(hours // 100))
    moments: list[tuple[dt.datetime | None, dt.datetime | None]]
    moments = [(results.started, results.ended)]
    for walkthrough in results.walkthroughs:
        moments += [(one.started, one.ended) for one in walkthrough.recordings]
    assert len(moments) == 3
    for started, ended in moments:
        assert started is not None
        assert ended is not None
        assert dt.timedelta() <= ended - started < dt.timedelta(hours=1)
