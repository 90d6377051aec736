"""The sha256 that is taken after the finish, where several runs write one ledger."""

import multiprocessing
import os
import signal
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from runner.api import Results
from runner.base.errors import ExitStatus
from runner.flow.plan import Request
from runner.flow.program import Entrance, carry_out
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger, read_events
from runner.report.results import Outcome
from runner.sandbox import Sandbox
from runner.upload.journal import ProgressEvent, ProgressListener, StepDone, ignore
from runner.upload.recording.context import UploadOptions
from tests.contract.running import HOLDER
from tests.crash.dying import DIED
from tests.crash.walker import Walker
from tests.crash.warm import begin_warm, end_of, run_warm
from tests.ledger.ledgers import AT
from tests.postgres.pausing import stands_still
from tests.postgres.server import Server
from tests.postgres.test_sharing import _claims
from tests.remote.bucket import digest
from tests.sites import Site, settings_for, walk
from tests.waiting import until

APPLY = ("apply", "manifest.yaml", "--yes", "--progress", "none", "--sha256", "--jobs", "1")
SIZES = {"a.insv": 2_000_000, "b.insv": 100_000}


@pytest.fixture
def machines(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress, server: Server
) -> list[Walker]:
    """Two machines with the same recordings, of which the first died half-way."""
    told = {"SITEWALK_LEDGER": address.text, "SITEWALK_TTL": "2"}
    machines = []
    for name in ("a", "b"):
        site = Site(tmp_path / name / "site").write(walk("one", list(SIZES)))
        for recording, size in SIZES.items():
            site.record(recording, size)
        machines.append(Walker(site, sandbox, told))
    assert run_warm(machines[0], *APPLY, SITEWALK_DIE="bytes:1000000").status == DIED
    until(lambda: not _claims(server, address))
    return machines


def _kinds(address: LedgerAddress) -> list[Kind]:
    return [event.kind for event in read_events(address) if event.walkthrough]


def test_a_worker_that_stands_still_before_its_digest_holds_up_nobody(
    machines: list[Walker], server: Server, address: LedgerAddress, sandbox: Sandbox
) -> None:
    first, other = machines
    process = begin_warm(first, *APPLY, SITEWALK_PAUSE=f"before:{Kind.HASHED}")
    until(lambda: stands_still(process.pid or 0))
    before = len(sandbox.requests())
    assert run_warm(other, *APPLY).status == ExitStatus.DONE
    until(lambda: not _claims(server, address))
    os.kill(process.pid or 0, signal.SIGCONT)
    assert end_of(first, process).status == ExitStatus.DONE
    assert len(sandbox.requests()) == before
    assert len(sandbox.objects()) == 1
    assert _kinds(address)[-2:] == [Kind.FINISHED, Kind.HASHED]


def _apply(
    machine: Walker,
    address: LedgerAddress,
    listener: ProgressListener = ignore,
    executor: Executor | None = None,
) -> Results:
    entrance = Entrance(
        lambda: HOLDER,
        options=UploadOptions(sha256=True),
        running=lambda _planned: nullcontext(listener),
        executor=executor,
    )
    settings = replace(settings_for(machine.sandbox), ledger=address.text)
    return carry_out(Request([machine.site.manifest], settings), entrance)


def test_where_another_run_went_on_with_it_the_digest_is_left(
    machines: list[Walker], address: LedgerAddress, server: Server
) -> None:
    notes = []

    def listen(event: ProgressEvent) -> None:
        if isinstance(event, StepDone) and event.step == "done":
            last = [event for event in read_events(address) if event.walkthrough][-1]
            with Ledger.open(address) as ledger:
                kept: dict[str, dict[str, str]] = {"create": {}, "link": {}}
                place = last.destination
                ledger.append(Event(AT, "another", place, "one", Kind.KEPT, "", kept))
        notes.append(str(event))

    results = _apply(machines[1], address, listen)
    assert results.exit_status is ExitStatus.DONE
    assert any("no sha256: run another wrote of `one` meanwhile" in note for note in notes)
    assert _kinds(address)[-2:] == [Kind.FINISHED, Kind.KEPT]
    assert not _claims(server, address)


@pytest.mark.parametrize("is_there", [False, True])
def test_a_worker_in_another_process_takes_the_digests_of_its_walkthrough(
    machines: list[Walker],
    address: LedgerAddress,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_there: bool,
) -> None:
    """Also of what was all there before, and would not be read otherwise."""
    machine = machines[1]
    if is_there:
        died = run_warm(machine, *APPLY, SITEWALK_DIE=f"after:{Kind.UPLOADED}")
        assert died.status == DIED, died
        until(lambda: not _claims(server, address))
    place = str(machine.site.folder)
    for name, value in machine.environment(SITEWALK_MEDIA_ROOT=place).items():
        monkeypatch.setenv(name, value)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        results = _apply(machine, address, executor=pool)
    (one,) = results.walkthroughs
    assert one.outcome is Outcome.DONE
    assert [recording.sha256 for recording in one.recordings] == [
        digest(machine.site.folder / name) for name in SIZES
    ]
    assert _kinds(address)[-2:] == [Kind.FINISHED, Kind.HASHED]
