"""The sha256 of what an earlier run sent: taken after everything else, and costing nothing else."""

import datetime as dt
import hashlib
import io
import json
import os
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import pytest

from runner.api import Results
from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus, LedgerError, RecordingUnreadableError
from runner.flow.plan import Request, plan_request
from runner.flow.program import Entrance, carry_out
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger, read_events
from runner.pages.report.page import results_html
from runner.plan.model import Action, Choices
from runner.recordings.identity import EDGE
from runner.report.forms.as_json import results_json
from runner.report.forms.notice import end_notice
from runner.report.forms.table import results_csv
from runner.report.forms.text import results_text
from runner.report.overview import overview_of
from runner.report.past_runs import PastRun
from runner.report.results import Outcome, RecordingOutcome
from runner.report.status_forms import Here, status_text
from runner.sandbox import Fault, Sandbox
from runner.upload.journal import BytesMoved, ProgressEvent, ProgressListener, StepDone, ignore
from runner.upload.recording import digest
from runner.upload.recording.chunking import read_block
from runner.upload.recording.context import UploadOptions
from runner.upload.walkthrough import digests
from tests.contract.running import HOLDER
from tests.report.schemas import check_described
from tests.sites import Site, begin_ledger, settings_for, walk

SIZE = 3_000_000
NO_CHOICES = Choices()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = begin_ledger(Site(tmp_path / "site"))
    for name in ("a.insv", "b.insv", "c.insv"):
        site.record(name, SIZE)
    return site.write(walk("one", ["a.insv", "b.insv"]), walk("two", ["c.insv"]))


def _request(site: Site, sandbox: Sandbox, choices: Choices = NO_CHOICES) -> Request:
    return Request([site.manifest], settings_for(sandbox), choices=choices)


def _apply(
    site: Site,
    sandbox: Sandbox,
    stop: CancelToken | None = None,
    listener: ProgressListener = ignore,
    choices: Choices = NO_CHOICES,
) -> Results:
    """One recording after the other, with the sha256 of each."""
    entrance = Entrance(
        lambda: HOLDER,
        stop or CancelToken(),
        options=UploadOptions(sha256=True),
        jobs=1,
        running=lambda _planned: nullcontext(listener),
    )
    return carry_out(_request(site, sandbox, choices), entrance)


def _half_sent(site: Site, sandbox: Sandbox) -> int:
    """End a run in the middle of a.insv; the bytes that are there."""
    stop = CancelToken()

    def at_half(event: ProgressEvent) -> None:
        if isinstance(event, BytesMoved) and event.offset >= SIZE // 2:
            stop.request()

    assert _apply(site, sandbox, stop, at_half).exit_status == ExitStatus.INTERRUPTED
    (sent,) = sandbox.recordings()
    assert sent.offset > 0
    return sent.offset


def _stopping(stop: CancelToken, step: str = "hashing") -> ProgressListener:
    def listen(event: ProgressEvent) -> None:
        if isinstance(event, StepDone) and event.step == step:
            stop.request()

    return listen


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _edit_and_hide_it(path: Path) -> None:
    """Write into the middle of what was sent, and put the time of change back."""
    before = path.stat().st_mtime_ns
    with path.open("r+b") as file:
        file.seek(EDGE + 1000)
        file.write(b"other content")
    os.utime(path, ns=(before, before))


def _ledger(site: Site) -> LedgerAddress:
    return LedgerAddress(str(site.folder / ".sitewalk" / "ledger.db"))


def _status(site: Site, sandbox: Sandbox) -> str:
    return status_text(overview_of(_ledger(site)), Here(settings_for(sandbox).addresses.ingest))


def _planned(site: Site, sandbox: Sandbox) -> dict[str, Action]:
    plan = plan_request(_request(site, sandbox), dt.date(2026, 1, 21)).plan
    return {walkthrough.id: walkthrough.action for walkthrough in plan.walkthroughs}


def test_every_finish_is_at_the_server_before_anything_is_read_again(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = _half_sent(site, sandbox)
    gate, early = threading.Event(), list[int]()

    def gated(file: BinaryIO, into: memoryview) -> int:
        is_again = str(file.name).endswith("a.insv") and file.tell() < there
        if is_again and not gate.wait(60):
            early.append(file.tell())
        return read_block(file, into)

    def listen(event: ProgressEvent) -> None:
        if isinstance(event, StepDone) and event.step == "hashing":
            assert [bool(walkthrough.recordings) for walkthrough in sandbox.objects()] == [True] * 2
            gate.set()

    for module in ("digest", "chunking"):
        monkeypatch.setattr(f"runner.upload.recording.{module}.read_block", gated)
    results = _apply(site, sandbox, listener=listen)
    assert early == []
    assert gate.is_set()
    assert results.exit_status == ExitStatus.DONE
    taken = {
        recording.name: recording.sha256
        for walkthrough in results.walkthroughs
        for recording in walkthrough.recordings
    }
    assert taken == {name: _sha256(site.folder / name) for name in ("a.insv", "b.insv", "c.insv")}
    kinds = [event.kind for event in read_events(_ledger(site)) if event.run == results.run]
    assert kinds[-2:] == [Kind.HASHED, Kind.RUN_ENDED]
    assert "no sha256" not in results_text(results) + _status(site, sandbox)


def test_a_wish_to_stop_during_the_rest_costs_the_digest_and_nothing_else(
    site: Site, sandbox: Sandbox
) -> None:
    _half_sent(site, sandbox)
    stop = CancelToken()
    results = _apply(site, sandbox, stop, _stopping(stop))
    assert results.exit_status == ExitStatus.INTERRUPTED
    assert {one.outcome for one in results.walkthroughs} == {Outcome.DONE}
    a, b = results.walkthroughs[0].recordings
    assert (a.outcome, a.sha256) == (RecordingOutcome.SENT, None)
    assert b.sha256 == _sha256(site.folder / "b.insv")
    assert b.reason == ""

    words = "no sha256: it was not taken before the run ended"
    assert a.reason == words
    check_described("results", json.loads(json.dumps(results_json(results))))
    for form in (results_text, results_csv, results_html):
        assert words in form(results)
    assert "run the same command again" not in results_text(results)
    assert end_notice(results, "nas", Path("report.html")).title == "sitewalk on nas: done"
    assert f"a.insv: {words}" in _status(site, sandbox)

    before = len(sandbox.requests())
    assert _apply(site, sandbox).exit_status == ExitStatus.DONE
    assert len(sandbox.requests()) == before, "nothing of a finished walkthrough is done again"


def test_what_was_sent_whole_before_its_walkthrough_was_finished_has_a_digest_in_the_end(
    site: Site, sandbox: Sandbox
) -> None:
    _half_sent(site, sandbox)
    stop = CancelToken()
    results = _apply(site, sandbox, stop, _stopping(stop, "sent"))
    one = results.walkthroughs[0]
    assert one.outcome is Outcome.INTERRUPTED
    assert one.recordings[0].outcome is RecordingOutcome.SENT
    assert "no sha256" not in results_text(results), "the next run takes it"

    one = _apply(site, sandbox).walkthroughs[0]
    assert [recording.outcome for recording in one.recordings] == [
        RecordingOutcome.KEPT,
        RecordingOutcome.SENT,
    ]
    assert [recording.sha256 for recording in one.recordings] == [
        _sha256(site.folder / name) for name in ("a.insv", "b.insv")
    ]


def test_a_card_that_is_gone_by_then_costs_the_digest_and_says_so(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _half_sent(site, sandbox)

    def pull_it_out(event: ProgressEvent) -> None:
        if isinstance(event, StepDone) and event.step == "hashing":
            monkeypatch.setattr(digest, "open_recording", _gone)

    results = _apply(site, sandbox, listener=pull_it_out)
    assert results.exit_status == ExitStatus.DONE
    (a, _) = results.walkthroughs[0].recordings
    assert (a.sha256, a.reason) == (None, "no sha256: the card is gone")
    assert "a.insv: no sha256: the card is gone" in _status(site, sandbox)


def _gone(_location: object) -> io.FileIO:
    raise RecordingUnreadableError("the card is gone")


def test_a_defect_while_it_is_read_costs_the_digest_and_is_told(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _half_sent(site, sandbox)

    def broken(*_arguments: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(digests, "whole_sha256", broken)
    results = _apply(site, sandbox)
    assert results.exit_status == ExitStatus.UNEXPECTED
    assert {one.outcome for one in results.walkthroughs} == {Outcome.DONE}
    assert "please report it" in results.walkthroughs[0].next_steps[0]


def test_a_change_that_hides_its_time_is_found_and_needs_a_decision(
    site: Site, sandbox: Sandbox
) -> None:
    _half_sent(site, sandbox)
    _edit_and_hide_it(site.folder / "a.insv")
    results = _apply(site, sandbox)
    assert results.exit_status == ExitStatus.DECISION
    one, two = results.walkthroughs
    assert (one.outcome, two.outcome) == (Outcome.CHANGED, Outcome.DONE)
    why = f"`a.insv` is not what was sent of it: upload {one.upload_id} may hold bytes of two"
    assert one.reason.startswith(why)
    assert any("--refinish one" in step for step in one.next_steps)
    assert any("--again one" in step for step in one.next_steps)
    (a, b) = one.recordings
    assert (a.sha256, a.blake3) == (None, None)
    assert a.reason == "no sha256: it is not what was sent of it"
    assert b.sha256

    check_described("results", json.loads(json.dumps(results_json(results))))
    for form in (results_text, results_csv, results_html, lambda _: _status(site, sandbox)):
        assert "may hold bytes of two versions" in form(results)
    rebuilt = PastRun("", results.run).results(read_events(_ledger(site)))
    assert rebuilt.walkthroughs == results.walkthroughs
    assert _planned(site, sandbox) == {"one": Action.CHANGED, "two": Action.NOTHING}
    assert _apply(site, sandbox).exit_status == ExitStatus.DECISION


def test_a_mixed_walkthrough_under_another_id_is_not_uploaded_a_second_time(
    site: Site, sandbox: Sandbox
) -> None:
    _half_sent(site, sandbox)
    _edit_and_hide_it(site.folder / "a.insv")
    _apply(site, sandbox)
    site.write(walk("uno", ["a.insv", "b.insv"]), walk("two", ["c.insv"]))
    assert _planned(site, sandbox) == {"uno": Action.CHANGED, "two": Action.NOTHING}


def test_a_ledger_that_cannot_keep_the_finding_is_told_of(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _half_sent(site, sandbox)
    _edit_and_hide_it(site.folder / "a.insv")
    append = Ledger.append

    def full(self: Ledger, *events: Event) -> None:
        if any(event.kind is Kind.HASHED for event in events):
            raise LedgerError("the disk is full")
        append(self, *events)

    monkeypatch.setattr(Ledger, "append", full)
    results = _apply(site, sandbox)
    assert results.exit_status == ExitStatus.DECISION
    reason = results.walkthroughs[0].reason
    assert reason.endswith("two versions; the ledger could not keep that: the disk is full")


def test_a_file_that_is_changed_once_it_is_linked_costs_its_digest_only(
    site: Site, sandbox: Sandbox
) -> None:
    _half_sent(site, sandbox)

    def edit(event: ProgressEvent) -> None:
        if isinstance(event, StepDone) and event.step == "hashing":
            with (site.folder / "a.insv").open("r+b") as file:
                file.seek(EDGE + 1000)
                file.write(b"other content")
            os.utime(site.folder / "a.insv", ns=(1, 1))

    results = _apply(site, sandbox, listener=edit)
    assert results.exit_status == ExitStatus.DONE
    (a, _) = results.walkthroughs[0].recordings
    assert (a.sha256, a.reason) == (None, "no sha256: the file was changed after it was sent")


def test_what_runs_sent_without_a_digest_has_one_where_the_walkthrough_is_finished_with_it(
    site: Site, sandbox: Sandbox
) -> None:
    stop = CancelToken()
    entrance = Entrance(
        lambda: HOLDER, stop, jobs=1, running=lambda _: nullcontext(_stopping(stop, "sent"))
    )
    assert carry_out(_request(site, sandbox), entrance).exit_status == ExitStatus.INTERRUPTED
    (a, _) = _apply(site, sandbox).walkthroughs[0].recordings
    assert (a.outcome, a.sha256) == (RecordingOutcome.KEPT, _sha256(site.folder / "a.insv"))


def test_a_mixed_upload_is_linked_again_with_the_file_as_it_is(
    site: Site, sandbox: Sandbox
) -> None:
    _half_sent(site, sandbox)
    _edit_and_hide_it(site.folder / "a.insv")
    _apply(site, sandbox)
    results = _apply(site, sandbox, choices=Choices(refinish=frozenset({"one"})))
    assert results.exit_status == ExitStatus.DONE
    assert len(sandbox.objects()) == len(("one", "two"))
    (linked,) = (upload.recordings for upload in sandbox.objects() if upload.name == "one")
    stored = {stored.file_id: stored.sha256() for stored in sandbox.recordings()}
    assert [stored[one.url.rpartition("/")[2]] for one in linked] == [
        _sha256(site.folder / name) for name in ("a.insv", "b.insv")
    ]
    assert _planned(site, sandbox) == {"one": Action.NOTHING, "two": Action.NOTHING}
    assert "may hold" not in _status(site, sandbox)


def test_nothing_goes_on_reading_after_a_run_whose_tus_server_was_busy(
    site: Site, sandbox: Sandbox
) -> None:
    before = set(threading.enumerate())
    sandbox.inject(Fault.parse("tus_create:status=503x2"))
    assert _apply(site, sandbox).exit_status == ExitStatus.DONE
    left = set(threading.enumerate()) - before
    assert "digest" not in {thread.name for thread in left}


def test_where_nobody_asks_any_more_nothing_is_read_again(site: Site, sandbox: Sandbox) -> None:
    _half_sent(site, sandbox)
    results = carry_out(_request(site, sandbox), Entrance(lambda: HOLDER, jobs=1))
    assert results.exit_status == ExitStatus.DONE
    assert Kind.HASHED not in {event.kind for event in read_events(_ledger(site))}
    assert "no sha256" not in results_text(results) + _status(site, sandbox)
