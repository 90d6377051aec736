"""Ctrl-C, SIGTERM and a closed terminal: it ends within seconds, reports, and goes on later."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus
from runner.ledger.lock import hold_lock
from runner.sandbox import Sandbox
from tests.badline import BadLine, Direction, Fault, Line, Stall
from tests.contract.running import HOLDER
from tests.crash.walker import Walker
from tests.sites import Site, walk
from tests.waiting import PATIENCE, until

SIZE = 12_000_000
SLOW = 2_000_000  # bytes a second
CRAWL = Line(rate=20_000)
"""A line on which what is left would take many minutes, and yet nothing stalls."""

pytestmark = [
    pytest.mark.slow,  # a minute of whole runs, most of them over a throttled line
    pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals to send"),
]


@pytest.fixture
def walker(sandbox: Sandbox, tmp_path: Path) -> Walker:
    site = Site(tmp_path / "site").write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))
    site.record("a.insv", SIZE)
    site.record("b.insv", SIZE)
    return Walker(site, sandbox)


def _sending(
    sandbox: Sandbox,
    process: subprocess.Popen[str],
    least: int = 500_000,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Wait until bytes of both recordings move."""

    def both_move() -> bool:
        meanwhile()
        assert process.poll() is None, process.communicate()
        return sum(recording.offset >= least for recording in sandbox.recordings()) == 2

    until(both_move)


def _read_what_is_there(terminal: int) -> None:
    """As a terminal does; else what writes to it waits."""
    with contextlib.suppress(BlockingIOError):
        os.read(terminal, 65536)


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_the_first_signal_ends_it_gently(walker: Walker, sandbox: Sandbox, number: str) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    with BadLine(port, Line(rate=SLOW)) as line:
        tus_url = line.through(sandbox.tus_url)
        with walker.begin("apply", "manifest.yaml", "--yes", EVERCAM_TUS_URL=tus_url) as process:
            _sending(sandbox, process)
            line.change(CRAWL)  # only a run that does not wait for its transfers ends in time
            process.send_signal(getattr(signal, number))
            out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == ExitStatus.INTERRUPTED
    assert "interrupted" in out
    assert "Traceback" not in err
    (results,) = walker.site.folder.glob(".sitewalk/runs/*/results.json")
    report = json.loads(results.read_text(encoding="utf-8"))
    assert report["outcome"] == "interrupted"
    assert {walkthrough["outcome"] for walkthrough in report["walkthroughs"]} == {"interrupted"}

    status, err = walker.run("apply", "manifest.yaml", "--yes")
    assert status == ExitStatus.DONE, err
    patches = [request for request in sandbox.requests() if request.step == "patch"]
    resumed = [request for request in patches if int(request.headers["upload-offset"])]
    ends = [int(request.headers["upload-offset"]) + request.bytes_received for request in resumed]
    assert ends == [SIZE, SIZE], "only what the server did not have was sent"
    assert sorted(upload.name for upload in sandbox.objects()) == ["one", "two"]


def test_a_closed_terminal_ends_it_gently(walker: Walker, sandbox: Sandbox) -> None:
    """With bars on it: what draws them must not fail on a terminal that is gone."""
    import pty  # noqa: PLC0415 - Windows has none

    port = int(sandbox.url.rpartition(":")[2])
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    with BadLine(port, Line(rate=SLOW)) as line:
        tus_url = line.through(sandbox.tus_url)
        words = ("apply", "manifest.yaml", "--yes")
        with walker.begin_at(theirs, *words, EVERCAM_TUS_URL=tus_url) as process:
            os.close(theirs)
            _sending(sandbox, process, meanwhile=lambda: _read_what_is_there(ours))
            line.change(CRAWL)
            os.close(ours)
            process.send_signal(signal.SIGHUP)
            process.wait(timeout=PATIENCE)
    assert process.returncode == ExitStatus.INTERRUPTED
    (results,) = walker.site.folder.glob(".sitewalk/runs/*/results.json")
    report = json.loads(results.read_text(encoding="utf-8"))
    assert {walkthrough["outcome"] for walkthrough in report["walkthroughs"]} == {"interrupted"}


@pytest.mark.parametrize(
    "fault",
    [Stall(after=3_000_000), Stall(direction=Direction.DOWN)],
    ids=["sending", "waiting for an answer"],
)
def test_a_signal_ends_a_stalled_transfer(walker: Walker, sandbox: Sandbox, fault: Fault) -> None:
    """A stall is given up after 30 s or a minute; what ends it here is the signal."""
    port = int(sandbox.url.rpartition(":")[2])
    with BadLine(port, faults=[fault, fault]) as line:
        tus_url = line.through(sandbox.tus_url)
        with walker.begin("apply", "manifest.yaml", "--yes", EVERCAM_TUS_URL=tus_url) as process:
            until(lambda: len(line.struck) == 2)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == ExitStatus.INTERRUPTED
    assert out.count(": stopped") == 2, out
    (log,) = walker.site.folder.glob(".sitewalk/runs/*/log.jsonl")
    assert '"waiting"' not in log.read_text(encoding="utf-8"), "no stall was given up"
    status, err = walker.run("apply", "manifest.yaml", "--yes")
    assert status == ExitStatus.DONE, err


def test_the_second_signal_ends_it_at_once(walker: Walker, sandbox: Sandbox) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    with BadLine(port, Line(rate=SLOW)) as line:
        tus_url = line.through(sandbox.tus_url)
        with walker.begin("apply", "manifest.yaml", "--yes", EVERCAM_TUS_URL=tus_url) as process:
            _sending(sandbox, process)
            line.change(CRAWL)
            for _ in range(2):
                process.send_signal(signal.SIGINT)
                time.sleep(0.02)
            process.communicate(timeout=PATIENCE)
    assert process.returncode == ExitStatus.INTERRUPTED
    status, err = walker.run("apply", "manifest.yaml", "--yes")
    assert status == ExitStatus.DONE, err


def test_a_reader_that_goes_away_harms_nothing(walker: Walker, sandbox: Sandbox) -> None:
    with walker.begin("apply", "manifest.yaml", "--yes") as process:
        assert process.stdout is not None
        process.stdout.close()
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == ExitStatus.DONE, err
    assert all(recording.complete for recording in sandbox.recordings())


def test_one_run_at_a_time_says_who_runs(walker: Walker, sandbox: Sandbox) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    with BadLine(port, Line(rate=SLOW)) as line:
        tus_url = line.through(sandbox.tus_url)
        with walker.begin("apply", "manifest.yaml", "--yes", EVERCAM_TUS_URL=tus_url) as process:
            _sending(sandbox, process)
            line.change(CRAWL)  # it runs for as long as we need
            status, err = walker.run("apply", "manifest.yaml", "--yes")
            assert status == ExitStatus.DECISION
            assert f"process {process.pid}" in err
            assert walker.run("plan", "manifest.yaml")[0] == ExitStatus.DONE
            assert walker.run("status")[0] == ExitStatus.DONE
            process.kill()
            process.communicate()
    status, err = walker.run("apply", "manifest.yaml", "--yes")
    assert status == ExitStatus.DONE, err


def test_a_second_run_can_wait_for_the_first(walker: Walker, sandbox: Sandbox) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    with BadLine(port, Line(rate=2 * SLOW)) as line:
        tus_url = line.through(sandbox.tus_url)
        with walker.begin("apply", "manifest.yaml", "--yes", EVERCAM_TUS_URL=tus_url) as first:
            _sending(sandbox, first)
            status, err = walker.run("apply", "manifest.yaml", "--wait")
            first.communicate(timeout=PATIENCE)
    # Nobody was asked by the second: when its turn came, nothing was left to send.
    assert (first.returncode, status) == (ExitStatus.DONE, ExitStatus.DONE), err
    assert len(sandbox.objects()) == 2


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_waiting(walker: Walker, number: str) -> None:
    ledger = walker.site.folder / ".sitewalk" / "ledger.db"
    with hold_lock(ledger, lambda: HOLDER, CancelToken()):
        words = ("apply", "manifest.yaml", "--yes", "--wait")
        with walker.begin(*words) as process:
            assert process.stderr is not None
            assert "waiting: another run holds the ledger" in process.stderr.readline()
            process.send_signal(getattr(signal, number))
            _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == ExitStatus.INTERRUPTED, err
    assert "error: stopped" in err


def test_a_file_that_changed_between_two_runs_is_begun_anew(
    walker: Walker, sandbox: Sandbox
) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    with BadLine(port, Line(rate=SLOW)) as line:
        tus_url = line.through(sandbox.tus_url)
        with walker.begin("apply", "manifest.yaml", "--yes", EVERCAM_TUS_URL=tus_url) as process:
            _sending(sandbox, process)
            process.kill()
            process.communicate()
    half_sent = {recording.file_id for recording in sandbox.recordings()}
    changed = walker.site.record("a.insv", SIZE, seed=77).read_bytes()

    status, err = walker.run("apply", "manifest.yaml", "--yes")

    assert status == ExitStatus.DONE, err
    assert "abandoned: a.insv" in err
    (upload,) = [item for item in sandbox.objects() if item.name == "one"]
    linked = upload.recordings[0].url.rpartition("/")[2]
    assert linked not in half_sent
    (stored,) = [item for item in sandbox.recordings() if item.file_id == linked]
    assert stored.sha256() == hashlib.sha256(changed).hexdigest()


def test_without_a_stderr_the_work_is_done_all_the_same(walker: Walker, sandbox: Sandbox) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", '"$PYTHON" -m runner apply manifest.yaml --yes 2>&-'],
        cwd=walker.site.folder,
        env=walker.environment(PYTHON=sys.executable),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == ExitStatus.DONE
    assert "2 walkthroughs: 2 done" in done.stdout
    assert all(recording.complete for recording in sandbox.recordings())
