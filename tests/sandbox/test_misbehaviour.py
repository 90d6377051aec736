import time
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from runner.sandbox import Fault, Sandbox
from tests.sandbox.client import FORM, QUERY, TIMEOUT, TUS, Client, half_sent_patch, struck
from tests.waiting import until


@pytest.mark.parametrize(
    ("kind", "done"), [("status", 0), ("status-after", 1), ("drop-before", 0), ("drop-after", 1)]
)
def test_before_leaves_the_work_undone_and_after_has_done_it(
    client: Client, sandbox: Sandbox, kind: str, done: int
) -> None:
    client.login()
    sandbox.inject(Fault.parse(f"create:{kind}"))
    if kind.startswith("drop"):
        with pytest.raises(requests.ConnectionError):
            client.create()
        assert sandbox.requests()[-1].status is None
    else:
        assert client.create().status_code == 500
    assert len(sandbox.objects()) == done
    assert client.create().status_code == 201


@pytest.mark.parametrize("step", ["login", "create", "tus_create", "patch", "head", "finish"])
def test_every_step_can_be_dropped_and_is_fine_afterwards(
    client: Client, sandbox: Sandbox, step: str
) -> None:
    sandbox.inject(Fault.parse(f"{step}:drop-after"))
    with pytest.raises(requests.ConnectionError):
        walk_through(client)
    client.token = ""
    walk_through(client)


def walk_through(client: Client) -> None:
    upload_id = client.create().json()["id"]
    url = client.upload_url(3)
    client.patch(url, b"abc")
    assert client.offset(url) == 3
    assert client.finish(url, upload_id=upload_id).ok


def test_a_status_comes_with_retry_after(client: Client, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("login", "status", status=503, seconds=2.5))
    answer = client.login()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "3"
    assert "the sandbox was asked to misbehave: login:status" in answer.text


def test_a_refused_patch_does_not_read_its_body(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(10)
    sandbox.inject(Fault("patch", "status", status=503))
    with half_sent_patch(url, 10, b"") as patch:
        assert patch.recv(20).startswith(b"HTTP/1.1 503 ")
    assert client.offset(url) == 0


@pytest.mark.parametrize(
    ("step", "ask"),
    [
        ("create", Client.create),
        ("tus_create", Client.tus_create),
        ("finish", lambda client: client.finish(client.upload_url(0))),
    ],
)
def test_garbage_is_an_unreadable_success(
    client: Client, sandbox: Sandbox, step: str, ask: Callable[[Client], requests.Response]
) -> None:
    client.create()
    sandbox.inject(Fault.parse(f"{step}:garbage"))
    answer = ask(client)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize("kind", ["delay", "delay-after"])
def test_a_delayed_answer_is_late_and_right(client: Client, sandbox: Sandbox, kind: str) -> None:
    client.login()
    sandbox.inject(Fault.parse(f"create:{kind}+0.2"))
    begin = time.monotonic()
    assert client.create().status_code == 201
    assert time.monotonic() - begin >= 0.2


@pytest.mark.parametrize("kind", ["delay", "delay-after"])
def test_a_delayed_create_happens_although_its_client_has_left(
    client: Client, sandbox: Sandbox, kind: str
) -> None:
    token = client.bearer()["Authorization"]
    sandbox.inject(Fault.parse(f"create:{kind}+0.2"))
    leaving = HTTPConnection(urlsplit(sandbox.url).netloc, timeout=TIMEOUT)
    leaving.putrequest("POST", f"/360/evercam/upload?{urlencode(QUERY)}")
    for name, value in (FORM | {"Authorization": token, "Content-Length": "0"}).items():
        leaving.putheader(name, value)
    leaving.endheaders()
    until(lambda: struck(sandbox))
    leaving.close()
    until(sandbox.objects)


def test_a_cut_keeps_exactly_what_it_says(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(1_000_000)
    sandbox.inject(Fault("patch", "cut", times=2, after_bytes=123_457))
    for begin in (0, 123_457):
        with pytest.raises(requests.ConnectionError):
            client.patch(url, bytes(1_000_000 - begin), begin)
    assert client.offset(url) == 2 * 123_457
    assert client.patch(url, bytes(1_000_000 - 2 * 123_457), 2 * 123_457).status_code == 204


def test_a_stall_reads_no_further_until_somebody_asks(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(1_000_000)
    sandbox.inject(Fault("patch", "stall", after_bytes=1000))
    with half_sent_patch(url, 1_000_000, bytes(500_000)) as patch:
        until(lambda: sandbox.recordings()[0].offset == 1000)
        patch.settimeout(0.3)
        with pytest.raises(TimeoutError):
            patch.recv(1)
        assert client.offset(url) == 1000


def test_a_stall_of_some_seconds_goes_on_by_itself(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(100_000)
    sandbox.inject(Fault("patch", "stall", after_bytes=1000, seconds=0.1))
    data = bytes(range(250)) * 400
    assert client.patch(url, data).status_code == 204
    assert sandbox.recordings()[0].path.read_bytes() == data


def test_a_patch_can_acknowledge_more_than_is_kept(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(10)
    sandbox.inject(Fault("patch", "lie-offset", after_bytes=4))
    assert client.patch(url, b"0123456789").headers["Upload-Offset"] == "10"
    assert client.offset(url) == 6
    assert client.patch(url, b"6789", 6).status_code == 204


def test_a_head_can_go_back(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(10)
    client.patch(url, b"012345")
    sandbox.inject(Fault("head", "lie-offset", after_bytes=2))
    assert [client.offset(url), client.offset(url)] == [4, 4]
    assert client.patch(url, b"456789", 4).status_code == 204


def test_a_redirect_names_another_address(client: Client, sandbox: Sandbox) -> None:
    client.login()
    sandbox.inject(Fault("create", "redirect"), Fault("head", "redirect", status=307))
    answer = client.create()
    assert (answer.status_code, answer.headers["Location"]) == (302, sandbox.url + "/elsewhere")
    url = client.upload_url(10)
    assert client.request("HEAD", url, headers=TUS).status_code == 307
    assert sandbox.objects() == ()


@pytest.mark.parametrize("step", ["create", "finish", "tus_create", "patch", "head"])
def test_a_fault_can_be_meant_for_one_name(client: Client, sandbox: Sandbox, step: str) -> None:
    name = "Level 2" if step in ("create", "finish") else "VID_2026"
    sandbox.inject(Fault.parse(f"{step}:drop-before~nowhere"))
    walk_through(client)
    sandbox.clear_faults()
    sandbox.inject(Fault.parse(f"{step}:drop-before~{name}"))
    with pytest.raises(requests.ConnectionError):
        walk_through(client)
