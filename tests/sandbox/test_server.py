import gc
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from runner.sandbox import Fault, Sandbox, SandboxError, serve
from tests.sandbox.client import (
    TIMEOUT,
    TUS,
    Client,
    half_sent_patch,
    message,
    metadata_for,
    struck,
)
from tests.waiting import until

SERVE = """
import sys
from pathlib import Path
from runner.sandbox import serve
serve(Path(sys.argv[1]), on_ready=lambda sandbox: print(sandbox.url, flush=True))
"""


def test_addresses_are_the_guides(sandbox: Sandbox) -> None:
    assert sandbox.url.startswith("http://127.0.0.1:")
    assert sandbox.media_url == sandbox.ingest_url == sandbox.url
    assert sandbox.tus_url == f"{sandbox.url}/files/"


def test_users_are_those_given(tmp_path: Path) -> None:
    users = {"a@example.com": "one", "b@example.com": "two"}
    with Sandbox.start(tmp_path, users=users) as sandbox, requests.Session() as session:
        client = Client(sandbox, session)
        assert (sandbox.username, sandbox.password) == ("a@example.com", "one")
        assert client.login().ok
        assert client.login({"username": "b@example.com", "password": "two"}).ok


def test_a_restart_cuts_connections_and_keeps_everything(client: Client, sandbox: Sandbox) -> None:
    client.create()
    url = client.upload_url(10)
    with half_sent_patch(url, 10, b"abc") as patch:
        until(lambda: sandbox.recordings()[0].offset == 3)
        sandbox.restart()
        assert patch.recv(100) == b""
    assert client.offset(url) == 3
    assert client.patch(url, b"defghij", 3).status_code == 204
    assert client.finish(url).ok  # with the token from before


def test_a_restart_while_clients_connect_leaks_no_socket(sandbox: Sandbox) -> None:
    address = ("127.0.0.1", int(sandbox.url.rpartition(":")[2]))
    enough = threading.Event()

    def knock() -> None:
        while not enough.is_set():
            with suppress(OSError), socket.create_connection(address, timeout=TIMEOUT):
                pass

    with ThreadPoolExecutor() as pool:
        knocking = pool.submit(knock)
        for _ in range(40):
            time.sleep(0.005)
            sandbox.restart()
        enough.set()
        knocking.result()
    gc.collect()  # what leaked would warn now, and a warning is an error


@pytest.mark.parametrize("fault", ["patch:stall@1", "patch:delay+60", "patch:delay-after+60"])
def test_a_restart_does_not_wait_for_a_fault(client: Client, sandbox: Sandbox, fault: str) -> None:
    url = client.upload_url(10)
    sandbox.inject(Fault.parse(fault))
    with half_sent_patch(url, 10, b"0123456789"):
        until(lambda: "delay" in fault or sandbox.recordings()[0].offset == 1)
        sandbox.restart()
    client.offset(url)


def test_a_restart_is_a_crash_for_what_was_only_about_to_happen(
    client: Client, sandbox: Sandbox
) -> None:
    client.login()
    sandbox.inject(Fault.parse("create:delay+60"))
    with ThreadPoolExecutor() as pool:
        creating = pool.submit(client.create)
        until(lambda: struck(sandbox))
        sandbox.restart()
        assert isinstance(creating.exception(), requests.ConnectionError)
    assert sandbox.objects() == ()


def test_a_folder_that_vanishes_is_a_status_and_not_a_crash(client: Client, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "sandbox" / "objects")
    answer = client.create()
    assert answer.status_code == 507
    assert "cannot keep its state: No such file" in message(answer)


def test_another_sandbox_goes_on_in_the_same_folder(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path) as first, requests.Session() as session:
        Client(first, session).create()
    with Sandbox.start(tmp_path) as second, requests.Session() as session:
        assert [each.id for each in second.objects()] == [1000]
        assert Client(second, session).create().json()["id"] == 1001


def test_closing_twice_is_fine(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path) as sandbox:
        sandbox.close()
    with pytest.raises(requests.ConnectionError):
        requests.get(sandbox.url, timeout=TIMEOUT)


def test_a_taken_port_says_what_to_do(sandbox: Sandbox, tmp_path: Path) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    with pytest.raises(SandboxError, match=f"127.0.0.1, port {port}: ") as raised:
        Sandbox.start(tmp_path / "other", port=port)
    assert raised.value.help == "choose another port"


def test_a_folder_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SandboxError, match="cannot keep its state in") as raised:
        Sandbox.start(tmp_path / "file")
    assert raised.value.help == "choose another folder"


def test_serve_runs_until_told_to_stop(tmp_path: Path) -> None:
    seen: list[int] = []

    def look(sandbox: Sandbox) -> None:
        seen.append(requests.get(sandbox.url, timeout=TIMEOUT).status_code)

    serve(tmp_path, on_ready=look, should_stop=lambda: bool(seen))
    assert seen == [404]
    assert "sandbox" not in {thread.name for thread in threading.enumerate()}


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SERVE, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()  # one that was not ended by its test would be waited for, for ever


def test_a_kill_loses_nothing_that_was_written(tmp_path: Path) -> None:
    with served(tmp_path) as (process, address):
        headers = TUS | {"Upload-Length": "10", "Upload-Metadata": metadata_for()}
        made = requests.post(f"{address}/files/", headers=headers, timeout=TIMEOUT)
        with half_sent_patch(made.headers["Location"], 10, b"abc"):
            until(lambda: [path.stat().st_size for path in tmp_path.rglob("*.bin")] == [3])
            process.kill()
    with Sandbox.start(tmp_path) as sandbox, requests.Session() as session:
        client = Client(sandbox, session)
        url = sandbox.tus_url + sandbox.recordings()[0].file_id
        assert client.patch(url, b"defghij", client.offset(url)).status_code == 204
        assert sandbox.recordings()[0].path.read_bytes() == b"abcdefghij"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_serve_in_order(tmp_path: Path) -> None:
    with served(tmp_path) as (process, address):
        with half_sent_patch(f"{address}/files/x", 10, b"abc"):
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=TIMEOUT)
        assert (process.returncode, errors) == (0, "")
