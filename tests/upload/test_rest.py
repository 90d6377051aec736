"""The digest of what an earlier run sent: it never competes with the sender, and costs no more."""

from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import pytest

from runner.api import Results
from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus, StoppedError
from runner.flow.plan import Request
from runner.flow.program import Entrance, carry_out
from runner.report.results import RecordingOutcome
from runner.sandbox import Sandbox
from runner.upload.journal import BytesMoved, ProgressEvent, ProgressListener, ignore
from runner.upload.recording import same_file
from runner.upload.recording.chunking import read_block
from runner.upload.recording.context import UploadOptions
from tests.contract.running import HOLDER
from tests.sites import Site, begin_ledger, settings_for, walk

SIZE = 3_000_000


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = begin_ledger(Site(tmp_path / "site"))
    for name in ("a.insv", "b.insv"):
        site.record(name, SIZE)
    return site.write(walk("one", ["a.insv", "b.insv"]))


def _apply(
    site: Site,
    sandbox: Sandbox,
    stop: CancelToken | None = None,
    listener: ProgressListener = ignore,
) -> Results:
    """One recording after the other, with the sha256 of each."""
    entrance = Entrance(
        lambda: HOLDER,
        stop or CancelToken(),
        options=UploadOptions(sha256=True),
        jobs=1,
        running=lambda _planned: nullcontext(listener),
    )
    return carry_out(Request([site.manifest], settings_for(sandbox)), entrance)


def _half_sent(site: Site, sandbox: Sandbox) -> None:
    stop = CancelToken()

    def at_half(event: ProgressEvent) -> None:
        if isinstance(event, BytesMoved) and event.offset >= SIZE // 2:
            stop.request()

    assert _apply(site, sandbox, stop, at_half).exit_status == ExitStatus.INTERRUPTED


def test_what_an_earlier_run_sent_is_read_when_all_is_sent(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _half_sent(site, sandbox)
    (sent,) = sandbox.recordings()
    there, early = sent.offset, []

    def noted(file: BinaryIO, into: memoryview) -> int:
        is_of_a = str(file.name).endswith("a.insv")
        if is_of_a and file.tell() < there and not sandbox.recordings()[0].complete:
            early.append(file.tell())
        return read_block(file, into)

    for module in ("digest", "chunking"):
        monkeypatch.setattr(f"runner.upload.recording.{module}.read_block", noted)
    results = _apply(site, sandbox)
    assert there > 0
    assert early == []
    assert results.exit_status == ExitStatus.DONE
    assert all(recording.sha256 for recording in results.walkthroughs[0].recordings)


def test_a_wish_to_stop_during_the_rest_costs_the_digest_and_no_bytes(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _half_sent(site, sandbox)
    stop = CancelToken()

    def asked_to_stop(*_arguments: object) -> None:
        stop.request()
        raise StoppedError

    with monkeypatch.context() as patched:
        patched.setattr(same_file, "compare", asked_to_stop)
        results = _apply(site, sandbox, stop)
    a, b = results.walkthroughs[0].recordings
    assert (a.outcome, a.sha256) == (RecordingOutcome.SENT, None)
    assert b.outcome is RecordingOutcome.NOT_SENT

    results = _apply(site, sandbox)
    a, b = results.walkthroughs[0].recordings
    assert results.exit_status == ExitStatus.DONE
    assert (a.outcome, a.sha256) == (RecordingOutcome.KEPT, None)
    assert b.sha256 is not None
    patches = [request for request in sandbox.requests() if request.step == "patch"]
    assert [int(request.headers["upload-offset"]) > 0 for request in patches] == [
        False,
        True,
        False,
    ]
