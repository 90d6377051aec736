"""Several machines apply the same manifests: each walkthrough is created once, by one of them."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.ledger.address import LedgerAddress
from runner.sandbox import Sandbox
from tests.crash.walker import LONGEST, Walker
from tests.postgres.pausing import stands_still
from tests.postgres.server import Server
from tests.sites import Site, walk
from tests.waiting import until

APPLY = ("apply", "manifest.yaml", "--yes", "--progress", "none")
BUILD = "tests.postgres.pausing"


@pytest.fixture(autouse=True)
def no_run_outlives_its_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What stands still would do so for ever, where a test fails."""
    begun: list[subprocess.Popen[str]] = []
    begin = Walker.begin

    def beginning(self: Walker, *words: str, **told: str) -> subprocess.Popen[str]:
        begun.append(begin(self, *words, **told))
        return begun[-1]

    monkeypatch.setattr(Walker, "begin", beginning)
    yield
    for process in begun:
        process.kill()
        process.communicate()


def _walker(folder: Path, sandbox: Sandbox, address: LedgerAddress, walks: int = 1) -> Walker:
    """A machine with its own copy of the site."""
    site = Site(folder)
    names = [f"walk-{number}" for number in range(walks)]
    site.write(*(walk(name, [f"{name}.insv"]) for name in names))
    for number, name in enumerate(names):
        site.record(f"{name}.insv", 300_000, seed=number + 1000)
    return Walker(site, sandbox, {"SITEWALK_LEDGER": address.text})


def _assert_created_once(sandbox: Sandbox, walks: int) -> None:
    names = sorted(each.name for each in sandbox.objects())
    assert names == sorted(f"walk-{number}" for number in range(walks))
    assert all(each.recordings for each in sandbox.objects())


def _end(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=LONGEST)
    return process.returncode, out + err


def test_two_machines_share_the_work(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress
) -> None:
    walks = 12
    machines = [_walker(tmp_path / name, sandbox, address, walks) for name in ("a", "b", "c")]
    runs = [machine.begin(*APPLY) for machine in machines]
    ends = [_end(run) for run in runs]
    assert [status for status, _ in ends] == [ExitStatus.DONE] * 3, ends
    _assert_created_once(sandbox, walks)
    sent = sum(each.bytes_received for each in sandbox.requests() if each.step == "patch")
    assert sent == walks * 300_000
    status, said = machines[0].run("status", "--format", "json")
    assert status == ExitStatus.DONE, said


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_a_server_that_goes_away_fails_no_walkthrough(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress, server: Server, how: str
) -> None:
    walks = 10
    machine = _walker(tmp_path / "a", sandbox, address, walks)
    run = machine.begin(*APPLY, "--limit-rate", "1M")
    until(sandbox.objects)
    if how == "restart":
        server.restart()
    else:
        server.kill()
        server.start()
    assert _end(run)[0] == ExitStatus.DONE
    _assert_created_once(sandbox, walks)


def test_machines_share_a_pgbouncer(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress, server: Server, bouncer: int
) -> None:
    through = LedgerAddress(server.url(address.text.rpartition("/")[2], bouncer))
    machines = [_walker(tmp_path / name, sandbox, through, 8) for name in ("a", "b")]
    runs = [machine.begin(*APPLY, "--jobs", "8") for machine in machines]
    assert [_end(run)[0] for run in runs] == [ExitStatus.DONE] * 2
    _assert_created_once(sandbox, 8)


def _claims(server: Server, address: LedgerAddress) -> list[tuple[object, ...]]:
    alive = "SELECT walkthrough FROM claims WHERE until >= clock_timestamp()"
    return server.ask(address.text.rpartition("/")[2], alive)


def _pause(machine: Walker, place: str, ttl: str = "2") -> subprocess.Popen[str]:
    told = {"SITEWALK_PAUSE": place, "SITEWALK_TTL": ttl}
    process = machine.begin(*APPLY, module=BUILD, **told)
    until(lambda: stands_still(process.pid))
    return process


def _wake(process: subprocess.Popen[str]) -> tuple[int, str]:
    os.kill(process.pid, signal.SIGCONT)
    return _end(process)


def test_who_stood_still_before_the_intent_sends_nothing(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress
) -> None:
    paused, other = (_walker(tmp_path / name, sandbox, address) for name in ("a", "b"))
    process = _pause(paused, "before:creating")
    assert other.run(*APPLY, module=BUILD)[0] == ExitStatus.DONE
    status, said = _wake(process)
    assert status == ExitStatus.FAILED
    assert "goes no further with it" in said
    _assert_created_once(sandbox, 1)


def test_an_intent_is_taken_over_by_nobody(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress
) -> None:
    paused, other = (_walker(tmp_path / name, sandbox, address) for name in ("a", "b"))
    process = _pause(paused, "after:creating")
    assert other.run(*APPLY, module=BUILD)[0] == ExitStatus.DECISION
    assert not sandbox.objects()
    assert _wake(process)[0] == ExitStatus.DONE
    _assert_created_once(sandbox, 1)


def test_an_old_intent_is_not_sent_after_a_person_said_retry(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress, server: Server
) -> None:
    paused, other = (_walker(tmp_path / name, sandbox, address) for name in ("a", "b"))
    process = _pause(paused, "after:creating")
    retry = ("resolve", "walk-0", "--retry", "--yes")
    status, said = other.run(*retry)
    assert status == ExitStatus.USAGE
    assert "is at work on" in said or "was about to be created" in said
    until(lambda: not _claims(server, address))
    status, said = other.run(*retry)
    assert (status, "was about to be created" in said) == (ExitStatus.USAGE, True)
    assert other.run(*retry, module=BUILD)[0] == ExitStatus.DONE
    assert other.run(*APPLY, module=BUILD)[0] == ExitStatus.DONE
    status, said = _wake(process)
    assert status == ExitStatus.FAILED, said
    _assert_created_once(sandbox, 1)


def test_a_number_that_comes_back_to_an_overtaken_worker_is_kept(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress, server: Server
) -> None:
    paused, other = (_walker(tmp_path / name, sandbox, address) for name in ("a", "b"))
    process = _pause(paused, "before:created")
    until(lambda: not _claims(server, address))
    assert other.run("resolve", "walk-0", "--retry", "--yes", module=BUILD)[0] == ExitStatus.DONE
    assert other.run(*APPLY, module=BUILD)[0] == ExitStatus.DONE
    status, said = _wake(process)
    assert status == ExitStatus.DECISION, said
    first = _first(sandbox)
    assert f"look on the dashboard whether the walk is there twice, as upload {first}" in said
    with other.begin("status") as shown:
        out, _ = shown.communicate(timeout=LONGEST)
    assert f"upload {first} was created for it as well" in out


def test_status_says_who_holds_what_from_anywhere(
    tmp_path: Path, address: LedgerAddress, sandbox: Sandbox
) -> None:
    paused, other = (_walker(tmp_path / name, sandbox, address) for name in ("a", "b"))
    process = _pause(paused, "after:tus_created", ttl="180")
    with other.begin("status", "--format", "json") as shown:
        (claim,) = json.loads(shown.communicate(timeout=LONGEST)[0])["claims"]
    assert (claim["id"], claim["pid"]) == ("walk-0", process.pid)
    assert claim["command"] == f"sitewalk {' '.join(APPLY)}"
    with other.begin("status") as shown:
        assert f"(process {process.pid}, run " in shown.communicate(timeout=LONGEST)[0]
    assert _wake(process)[0] == ExitStatus.DONE


def test_plan_says_who_is_at_work_and_how_far(
    tmp_path: Path, address: LedgerAddress, sandbox: Sandbox, server: Server
) -> None:
    busy, other = (_walker(tmp_path / name, sandbox, address, 2) for name in ("a", "b"))
    other.site.write(walk("walk-0", ["walk-0.insv"]))
    process = busy.begin(*APPLY, "--limit-rate", "20k", module=BUILD, SITEWALK_TTL="180")
    moved = "SELECT count(*) FROM claims WHERE progress <> '{}'"
    until(lambda: server.ask(address.text.rpartition("/")[2], moved) == [(2,)])
    _, said = other.run("plan", "manifest.yaml")
    (told,) = (line for line in said.splitlines() if line.startswith("at work on"))
    assert "at work on walk-0: " in told
    assert f"(process {process.pid}, run " in told
    assert re.search(r" since .*, \d+ %$", told)
    process.send_signal(signal.SIGINT)
    assert _end(process)[0] == ExitStatus.INTERRUPTED
    assert "at work on" not in other.run("plan", "manifest.yaml")[1]


def test_another_is_waited_for_as_long_as_it_takes(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress, server: Server
) -> None:
    paused, patient, other = (_walker(tmp_path / name, sandbox, address) for name in "abc")
    process = _pause(paused, "after:tus_created", ttl="180")
    waiting = patient.begin(*APPLY, "--wait", module=BUILD, SITEWALK_WAIT="0")
    planned = "SELECT count(*) FROM events WHERE kind = 'run_started'"
    until(lambda: server.ask(address.text.rpartition("/")[2], planned) == [(2,)])
    status, said = _end(other.begin(*APPLY, module=BUILD, SITEWALK_WAIT="0"))
    assert (status, "another worker is at it: " in said) == (ExitStatus.FAILED, True)
    assert waiting.poll() is None
    assert _wake(process)[0] == ExitStatus.DONE
    status, said = _end(waiting)
    assert status == ExitStatus.DONE, said
    assert re.search(r"done as upload \d+ by run ", said)
    _assert_created_once(sandbox, 1)


def test_one_recording_under_two_ids_is_sent_once(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress
) -> None:
    paused, other = (_walker(tmp_path / name, sandbox, address) for name in ("a", "b"))
    other.site.write(walk("another", ["walk-0.insv"]))
    process = _pause(paused, "after:claimed")
    late = _pause(other, "before:run_started")  # planned while nothing was sent
    assert _wake(process)[0] == ExitStatus.DONE
    status, said = _wake(late)
    assert status == ExitStatus.DECISION
    assert f"walk-0.insv was sent before, as `walk-0` (upload {_first(sandbox)})" in said
    steps = json.loads(next(other.site.folder.glob(_RESULTS)).read_text(encoding="utf-8"))
    (told,) = steps["walkthroughs"]
    assert (told["outcome"], "--again another" in told["next_steps"][1]) == ("changed", True)
    _assert_created_once(sandbox, 1)


def test_one_recording_under_two_ids_is_begun_by_one(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress
) -> None:
    paused, other = (_walker(tmp_path / name, sandbox, address) for name in ("a", "b"))
    other.site.write(walk("another", ["walk-0.insv"]))
    process = _pause(paused, "after:claimed", ttl="180")
    status, said = _end(other.begin(*APPLY))
    assert status == ExitStatus.DECISION
    assert "walk-0.insv is sent as `walk-0` meanwhile, by " in said
    assert f"(process {process.pid}, run " in said
    assert _wake(process)[0] == ExitStatus.DONE
    _assert_created_once(sandbox, 1)


def test_ctrl_c_at_one_worker_stops_all_of_its_run(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress
) -> None:
    machines = [_walker(tmp_path / name, sandbox, address, 2) for name in ("a", "b")]
    slow = ("--limit-rate", "10k", "--jobs", "1")
    told = {"SITEWALK_RUN": "cafe0001"}
    runs = [machine.begin(*APPLY, *slow, module=BUILD, **told) for machine in machines]
    until(lambda: len(sandbox.objects()) == 2)
    runs[0].send_signal(signal.SIGINT)
    assert [_end(run)[0] for run in runs] == [ExitStatus.INTERRUPTED] * 2
    assert machines[0].run(*APPLY)[0] == ExitStatus.DONE
    _assert_created_once(sandbox, 2)


def test_a_second_ctrl_c_leaves_at_once_and_the_others_stop_all_the_same(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress, server: Server
) -> None:
    paused, other = (_walker(tmp_path / name, sandbox, address, 2) for name in ("a", "b"))
    told = {"SITEWALK_RUN": "cafe0002", "SITEWALK_TTL": "180"}
    slow = ("--limit-rate", "10k", "--jobs", "1")
    runs = [machine.begin(*APPLY, *slow, module=BUILD, **told) for machine in (paused, other)]
    until(lambda: len(sandbox.objects()) == 2)
    runs[0].send_signal(signal.SIGINT)
    wishes = "SELECT count(*) FROM claims WHERE stop"
    until(lambda: server.ask(address.text.rpartition("/")[2], wishes) != [(0,)] or _ended(runs))
    runs[0].send_signal(signal.SIGINT)
    assert [_end(run)[0] for run in runs] == [ExitStatus.INTERRUPTED] * 2


_RESULTS = ".sitewalk/runs/*/results.json"


def _first(sandbox: Sandbox) -> int:
    return min(each.id for each in sandbox.objects())


def _ended(runs: list[subprocess.Popen[str]]) -> bool:
    return any(run.poll() is not None for run in runs)


def test_a_lost_claim_ends_the_transfer_and_the_other_is_waited_for(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress, server: Server
) -> None:
    machine = _walker(tmp_path / "a", sandbox, address)
    process = machine.begin(*APPLY, "--limit-rate", "60k", module=BUILD, SITEWALK_TTL="180")
    until(sandbox.objects)
    database = address.text.rpartition("/")[2]
    theirs = "UPDATE claims SET token = 'theirs', run = 'theirs', until = now() + '4 s'"
    server.ask(database, theirs)
    # Another worker had it, and came to nothing: the run takes it up again, where it was.
    status, said = _end(process)
    assert status == ExitStatus.DONE, said
    kinds = [kind for (kind,) in server.ask(database, _KINDS)]
    assert kinds.count("claimed") == 2
    assert kinds.count("finished") == 1
    assert "failed" not in kinds
    _assert_created_once(sandbox, 1)


_KINDS = "SELECT kind FROM events WHERE walkthrough <> '' ORDER BY seq"


def test_workers_of_one_run_share_the_rate(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress
) -> None:
    """Two workers of one run send no faster than one may; a slow machine makes them slower."""
    machines = [_walker(tmp_path / name, sandbox, address, 4) for name in ("a", "b")]
    slow = ("--limit-rate", "200k", "--jobs", "2")
    told = {"SITEWALK_RUN": "cafe0003"}
    runs = [machine.begin(*APPLY, *slow, module=BUILD, **told) for machine in machines]
    for run in runs:  # what the other worker of a run did is left to whoever gathers its results
        _end(run)
    assert sum(each.step == "finish" for each in sandbox.requests()) == 4
    begun = min(each.at for each in sandbox.requests() if each.step == "patch")
    ended = max(each.at for each in sandbox.requests() if each.step == "finish")
    assert 4 * 300_000 / (ended - begun).total_seconds() < 1.5 * 200_000


def test_a_run_whose_claims_are_told_to_stop_stops(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress, server: Server
) -> None:
    machine = _walker(tmp_path / "a", sandbox, address)
    process = machine.begin(*APPLY, "--limit-rate", "10k", module=BUILD)
    until(sandbox.objects)
    server.ask(address.text.rpartition("/")[2], "UPDATE claims SET stop = true")
    assert _end(process)[0] == ExitStatus.INTERRUPTED
    assert not _claims(server, address)
    assert machine.run(*APPLY)[0] == ExitStatus.DONE
    _assert_created_once(sandbox, 1)
