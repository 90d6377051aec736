"""Work in other processes, by any executor: each walk is created once, whatever is killed."""

import json
import multiprocessing
import pickle
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from runner import apply_manifests
from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus
from runner.ledger.address import LedgerAddress
from runner.report.results import Outcome
from runner.sandbox import Sandbox
from tests.crash.walker import Walker
from tests.postgres.clusters import Cluster, cluster, kill
from tests.postgres.server import Server
from tests.postgres.test_sharing import APPLY, BUILD, _assert_created_once, _claims, _end, _walker
from tests.sites import settings_for
from tests.waiting import until

WALKS = 8


@pytest.fixture
def machine(tmp_path: Path, sandbox: Sandbox, address: LedgerAddress) -> Walker:
    """The coordinator's machine. Its media root has another name than the workers'."""
    return _walker(tmp_path / "coordinator", sandbox, address, WALKS)


@pytest.fixture
def workers(tmp_path: Path, machine: Walker) -> dict[str, str]:
    """The environment of workers, who have the recordings in a place of their own."""
    place = tmp_path / "mounted-there"
    place.symlink_to(machine.site.folder, target_is_directory=True)
    return machine.environment(SITEWALK_MEDIA_ROOT=str(place))


@pytest.fixture
def dask(tmp_path: Path, workers: dict[str, str]) -> Iterator[Cluster]:
    """A cluster of two workers."""
    with cluster(tmp_path / "dask", workers) as made:
        yield made


@pytest.fixture
def pool(workers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[ProcessPoolExecutor]:
    """Two processes that share nothing with this one but their environment."""
    for name, value in workers.items():
        monkeypatch.setenv(name, value)
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as executor:
        yield executor


def test_a_pool_of_processes_does_the_work(
    machine: Walker, pool: ProcessPoolExecutor, address: LedgerAddress
) -> None:
    settings = replace(settings_for(machine.sandbox), ledger=address.text)
    told: list[str] = []
    results = apply_manifests(
        [machine.site.manifest],
        settings,
        listener=lambda event: told.append(getattr(event, "step", "")),
        executor=pool,
    )
    assert results.exit_status is ExitStatus.DONE
    assert {walk.outcome for walk in results.walkthroughs} == {Outcome.DONE}
    assert results.bytes_sent == WALKS * 300_000
    assert told.count("created") == told.count("done") == WALKS
    _assert_created_once(machine.sandbox, WALKS)
    assert len({event["pid"] for event in _log(machine, "claimed")}) == 2
    assert len(_log(machine, "finished")) == WALKS


class _Mailbox(Executor):
    """Keeps what it is given as it would travel, and loses it."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.letters.append(pickle.dumps((fn, args, kwargs)))
        future: Future[Any] = Future()
        future.set_exception(ConnectionError("the post is on strike"))
        return future


def test_no_secret_and_no_folder_travels(
    machine: Walker, address: LedgerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(machine.site.folder)
    settings = settings_for(machine.sandbox)
    mailbox, folder = _Mailbox(), machine.site.folder
    results = apply_manifests(
        [Path("manifest.yaml")],
        replace(settings, ledger=address.text, media_root=folder, notify="ntfys://elses-secret"),
        executor=mailbox,
    )
    assert len(mailbox.letters) == WALKS
    everything = b"".join(mailbox.letters)
    assert settings.credentials.password
    for never in (settings.credentials.password, address.text, "elses-secret", str(folder)):
        assert never.encode() not in everything
    assert all(len(letter) < 4000 for letter in mailbox.letters)
    assert all(b"WalkthroughTask" in letter and b".insv" in letter for letter in mailbox.letters)
    # What was lost is said, and done by the next run.
    assert results.exit_status is ExitStatus.FAILED
    assert {walk.outcome for walk in results.walkthroughs} == {Outcome.NOT_STARTED}
    assert "the post is on strike" in results.walkthroughs[0].reason
    assert machine.run(*APPLY)[0] == ExitStatus.DONE
    _assert_created_once(machine.sandbox, WALKS)


def test_a_stop_reaches_processes_and_the_rest_is_done_later(
    machine: Walker, pool: ProcessPoolExecutor, address: LedgerAddress, server: Server
) -> None:
    settings = replace(settings_for(machine.sandbox), ledger=address.text, limit_rate="20k")
    stop = CancelToken()

    def stop_once_bytes_move(_event: object) -> None:
        if machine.sandbox.objects():
            stop.request()

    manifests = [machine.site.manifest]
    first = apply_manifests(
        manifests, settings, listener=stop_once_bytes_move, stop=stop, executor=pool
    )
    assert first.exit_status is ExitStatus.INTERRUPTED
    assert not _claims(server, address)
    then = apply_manifests(manifests, replace(settings, limit_rate="unlimited"), executor=pool)
    assert then.exit_status is ExitStatus.DONE
    _assert_created_once(machine.sandbox, WALKS)


def _log(machine: Walker, kind: str) -> list[dict[str, object]]:
    """What the logs of the coordinator's runs hold of a kind of events."""
    files = machine.site.folder.glob(".sitewalk/runs/*/log.jsonl")
    lines = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [{**line, **line.get("data", {})} for line in lines if line.get("kind") == kind]


def _apply(
    machine: Walker, cluster: Cluster, *more: str, module: str = BUILD
) -> subprocess.Popen[str]:
    return machine.begin(
        *APPLY, "--executor", f"dask={cluster.address}", *more, module=module, SITEWALK_TTL="4"
    )


def test_a_cluster_does_the_work(machine: Walker, dask: Cluster) -> None:
    status, said = _end(_apply(machine, dask, module="runner"))
    assert status == ExitStatus.DONE, said
    _assert_created_once(machine.sandbox, WALKS)
    assert len(_log(machine, "finished")) == WALKS


def test_killed_workers_cost_waiting(machine: Walker, dask: Cluster) -> None:
    process = _apply(machine, dask, "--limit-rate", "300k")
    for worker in range(2):
        until(lambda: machine.sandbox.objects() or process.poll() is not None)
        dask.begin_worker()
        kill(dask.workers[worker])
    status, said = _end(process)
    assert status in {ExitStatus.DONE, ExitStatus.DECISION}, said  # killed within a create: held
    if status == ExitStatus.DONE:
        _assert_created_once(machine.sandbox, WALKS)
    names = [each.name for each in machine.sandbox.objects()]
    assert len(names) == len(set(names))


def test_a_worker_that_is_ended_gently_hands_its_work_on(machine: Walker, dask: Cluster) -> None:
    process = _apply(machine, dask, "--limit-rate", "300k")
    until(machine.sandbox.objects)
    kill(dask.workers[0], signal.SIGTERM)
    status, said = _end(process)
    assert status == ExitStatus.DONE, said
    _assert_created_once(machine.sandbox, WALKS)


def test_a_killed_scheduler_costs_another_run(machine: Walker, dask: Cluster) -> None:
    process = _apply(machine, dask, "--limit-rate", "100k")
    until(machine.sandbox.objects)
    assert dask.scheduler
    kill(dask.scheduler)
    status, said = _end(process)
    assert status in {ExitStatus.FAILED, ExitStatus.DECISION}, said
    status, said = machine.run(*APPLY)
    assert status == ExitStatus.DONE, said
    _assert_created_once(machine.sandbox, WALKS)


def test_ctrl_c_at_the_coordinator_stops_all_workers(
    machine: Walker, dask: Cluster, server: Server, address: LedgerAddress
) -> None:
    process = _apply(machine, dask, "--limit-rate", "20k")
    until(lambda: len(machine.sandbox.objects()) == 2)
    process.send_signal(signal.SIGINT)
    status, said = _end(process)
    assert status == ExitStatus.INTERRUPTED, said
    assert not _claims(server, address)
    assert len(machine.sandbox.objects()) < WALKS
    assert _end(_apply(machine, dask))[0] == ExitStatus.DONE
    _assert_created_once(machine.sandbox, WALKS)


def test_two_coordinators_share_the_work(
    tmp_path: Path, machine: Walker, dask: Cluster, address: LedgerAddress
) -> None:
    other = _walker(tmp_path / "other", machine.sandbox, address, WALKS)
    runs = [_apply(each, dask) for each in (machine, other)]
    ends = [_end(run) for run in runs]
    assert [status for status, _ in ends] == [ExitStatus.DONE] * 2, ends
    _assert_created_once(machine.sandbox, WALKS)
    sent = sum(each.bytes_received for each in machine.sandbox.requests() if each.step == "patch")
    assert sent == WALKS * 300_000


def test_a_worker_without_the_recordings_says_so(
    tmp_path: Path, machine: Walker, workers: dict[str, str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with cluster(tmp_path / "dask", {**workers, "SITEWALK_MEDIA_ROOT": str(empty)}, 1) as there:
        status, said = _end(_apply(machine, there))
    assert status == ExitStatus.FAILED
    assert f"`walk-0.insv` cannot be found below {empty}" in said
    assert not machine.sandbox.objects()


def test_a_worker_with_another_ledger_refuses(
    machine: Walker, workers: dict[str, str], server: Server, tmp_path: Path
) -> None:
    elsewhere = server.new_database()
    assert machine.run("ledger", "init", elsewhere)[0] == ExitStatus.DONE
    with cluster(tmp_path / "dask", {**workers, "SITEWALK_LEDGER": elsewhere}, 1) as there:
        status, said = _end(_apply(machine, there))
    assert status == ExitStatus.FAILED
    assert "SITEWALK_LEDGER names another ledger here" in said
    assert not machine.sandbox.objects()


def test_a_worker_whose_login_is_refused_ends_the_run(
    tmp_path: Path, machine: Walker, workers: dict[str, str]
) -> None:
    """Each further attempt might lock the account."""
    with cluster(tmp_path / "dask", {**workers, "EVERCAM_PASSWORD": "of-yesterday"}, 1) as there:
        status, said = _end(_apply(machine, there))
    assert status == ExitStatus.REFUSED, said
    refused = [each for each in machine.sandbox.requests() if each.status in {401, 403}]
    assert len(refused) < WALKS
    assert not machine.sandbox.objects()


def test_a_cluster_is_reached_over_tls_with_the_certificates_of_its_own_settings(
    tmp_path: Path, machine: Walker, workers: dict[str, str]
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    here = authority.issue_cert("127.0.0.1")
    here.private_key_and_cert_chain_pem.write_to_path(tmp_path / "here.pem")
    settings = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(tmp_path / "ca.pem")}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        settings[f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT"] = str(tmp_path / "here.pem")
    machine.settings.update(settings)
    with cluster(tmp_path / "dask", {**workers, **settings}, 1, "tls") as there:
        status, said = _end(_apply(machine, there))
    assert status == ExitStatus.DONE, said
    _assert_created_once(machine.sandbox, WALKS)
