import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.sandbox import Limits, Sandbox
from tests.sandbox.client import (
    PATCH,
    TIMEOUT,
    TUS,
    Client,
    half_sent_patch,
    metadata_for,
    read_answer,
)
from tests.waiting import until

MIB = 1024 * 1024


def kept(sandbox: Sandbox) -> int:
    return sandbox.recordings()[-1].offset


def test_options_says_what_the_server_can(client: Client, sandbox: Sandbox) -> None:
    answer = client.request("OPTIONS", sandbox.tus_url)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination"
    assert "Tus-Max-Size" not in answer.headers


def test_create_gives_a_plain_http_location_under_the_host_asked(client: Client) -> None:
    answer = client.tus_create(Host="portal.example.com")
    assert answer.status_code == 201
    base, _, file_id = answer.headers["Location"].rpartition("/")
    assert base == "http://portal.example.com/files"
    assert len(file_id) == 32
    assert answer.headers["Tus-Resumable"] == "1.0.0"


@pytest.mark.parametrize(
    ("metadata", "headers", "status", "code"),
    [
        (None, {"Tus-Resumable": "0.2.2"}, 412, "ERR_UNSUPPORTED_VERSION"),
        (None, {"Authorization": "Bearer x"}, 400, "ERR_UNEXPECTED_AUTHORIZATION"),
        (None, {"Upload-Length": "-1"}, 400, "ERR_INVALID_UPLOAD_LENGTH"),
        ("filetype", {}, 400, "ERR_INVALID_METADATA"),
        (metadata_for() + " dmlkZW8=", {}, 400, "ERR_INVALID_METADATA"),
        (metadata_for() + ",size MTA=", {}, 400, "ERR_INVALID_METADATA"),
        ("filetype," + metadata_for().removesuffix(",filetype"), {}, 400, "ERR_INVALID_METADATA"),
        ("filename a,filetype", {}, 400, "ERR_INVALID_METADATA"),
        ("filename /w==,filetype", {}, 400, "ERR_INVALID_METADATA"),
    ],
)
def test_create_refuses(
    client: Client,
    sandbox: Sandbox,
    metadata: str | None,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = client.tus_create(10, metadata, **headers)
    assert answer.status_code == status
    assert answer.text.startswith(f"{code}: ")
    assert sandbox.recordings() == ()


def test_create_takes_no_body(client: Client, sandbox: Sandbox) -> None:
    headers = TUS | {"Upload-Length": "3", "Upload-Metadata": metadata_for()}
    answer = client.request("POST", sandbox.tus_url, headers=headers, data=b"abc")
    assert answer.status_code == 400
    assert "Content-Length must be 0" in answer.text


def test_max_size_is_said_and_kept(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path, limits=Limits(max_size=10)) as sandbox, requests.Session() as http:
        client = Client(sandbox, http)
        assert client.request("OPTIONS", sandbox.tus_url).headers["Tus-Max-Size"] == "10"
        assert client.tus_create(11).status_code == 413
        assert client.tus_create(10).status_code == 201


def test_head_is_never_cached(client: Client) -> None:
    answer = client.request("HEAD", client.upload_url(10), headers=TUS)
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("0", "10")


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_an_unknown_upload_is_not_found(client: Client, sandbox: Sandbox, method: str) -> None:
    headers = PATCH | {"Upload-Offset": "0", "Content-Length": "0"}
    answer = client.request(method, sandbox.tus_url + "0" * 32, headers=headers)
    assert answer.status_code == 404


@given(data=st.binary(max_size=64), cuts=st.lists(st.integers(0, 64), max_size=4))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_recording_arrives_in_any_pieces(
    client: Client, sandbox: Sandbox, data: bytes, cuts: list[int]
) -> None:
    url = client.upload_url(len(data))
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for begin, end in pairwise(edges):
        answer = client.patch(url, data[begin:end], begin)
        assert answer.status_code == 204
        assert answer.headers["Upload-Offset"] == str(end)
    assert sandbox.recordings()[-1].path.read_bytes() == data


@pytest.mark.parametrize(
    ("offset", "headers", "status", "code"),
    [
        (1, {}, 409, "ERR_MISMATCHED_OFFSET"),
        ("x", {}, 400, "ERR_INVALID_OFFSET"),
        (0, {"Content-Type": "application/octet-stream"}, 415, "ERR_INVALID_CONTENT_TYPE"),
        (0, {"Tus-Resumable": ""}, 412, "ERR_UNSUPPORTED_VERSION"),
        (0, {"Authorization": "Bearer x"}, 400, "ERR_UNEXPECTED_AUTHORIZATION"),
    ],
)
def test_patch_refuses(
    client: Client, offset: object, headers: dict[str, str], status: int, code: str
) -> None:
    url = client.upload_url(3)
    answer = client.patch(url, b"abc", offset, **headers)
    assert answer.status_code == status
    assert answer.text.startswith(f"{code}: ")
    assert answer.headers["Connection"] == "close"
    assert client.offset(url) == 0


def test_patch_refuses_more_than_was_announced(client: Client) -> None:
    url = client.upload_url(3)
    assert client.patch(url, b"abcd").status_code == 413
    assert client.offset(url) == 0


def test_patch_needs_a_length(client: Client) -> None:
    def chunked() -> Iterator[bytes]:
        yield b"abc"

    answer = client.patch(client.upload_url(3), chunked())
    assert "header Content-Length must be" in answer.text


def test_a_finished_upload_takes_another_patch_quietly(client: Client) -> None:
    url = client.upload_url(3)
    assert client.patch(url, b"abc").status_code == 204
    assert client.patch(url, b"", 3).status_code == 204
    assert client.patch(url, b"defg", 3).status_code == 204
    assert client.offset(url) == 3


def test_a_wrong_offset_is_answered_before_the_body_is_read(
    client: Client, sandbox: Sandbox
) -> None:
    url = client.upload_url(1000 * MIB)
    connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)
    connection.putrequest("PATCH", urlsplit(url).path)
    for name, value in (PATCH | {"Upload-Offset": "5", "Content-Length": "1000000"}).items():
        connection.putheader(name, value)
    connection.endheaders()
    with connection.getresponse() as answer:
        assert answer.status == 409
        assert answer.will_close
    connection.close()
    assert sandbox.requests()[-1].bytes_received == 0


@pytest.mark.parametrize("count", [1, 65_536, 3 * MIB + 1])
def test_what_arrived_before_a_cut_is_kept(client: Client, sandbox: Sandbox, count: int) -> None:
    url = client.upload_url(10 * MIB)
    with half_sent_patch(url, 10 * MIB, bytes(count)):
        pass
    until(lambda: sandbox.requests()[-1].step == "patch")
    assert sandbox.requests()[-1].status is None
    assert client.offset(url) == count
    assert client.patch(url, bytes(10 * MIB - count), count).status_code == 204


def test_a_head_stops_the_running_patch(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(10)
    with half_sent_patch(url, 10, b"abc") as patch:
        until(lambda: kept(sandbox) == 3)
        assert client.offset(url) == 3
        answer = read_answer(patch)
    assert answer.startswith("HTTP/1.1 400 ")
    assert "ERR_UPLOAD_INTERRUPTED" in answer


def test_the_newer_of_two_patches_wins(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(10)
    with half_sent_patch(url, 10, b"abc") as patch:
        until(lambda: kept(sandbox) == 3)
        assert client.patch(url, b"defghij", 3).status_code == 204
        assert "ERR_UPLOAD_INTERRUPTED" in read_answer(patch)
    assert sandbox.recordings()[0].path.read_bytes() == b"abcdefghij"


def test_many_at_once_leave_the_upload_whole(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(10)
    with half_sent_patch(url, 10, b"abc"):
        until(lambda: kept(sandbox) == 3)
        threads = [
            threading.Thread(target=requests.head, args=(url,), kwargs={"headers": TUS})
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    heads = [entry.status for entry in sandbox.requests() if entry.step == "head"]
    assert heads == [200] * 8
    assert client.patch(url, b"defghij", 3).status_code == 204


def test_silence_ends_a_patch_and_keeps_its_bytes(tmp_path: Path) -> None:
    limits = Limits(read_timeout=0.1)
    with Sandbox.start(tmp_path, limits=limits) as sandbox, requests.Session() as http:
        client = Client(sandbox, http)
        url = client.upload_url(10)
        with half_sent_patch(url, 10, b"abc") as patch:
            answer = read_answer(patch)
        assert answer.startswith("HTTP/1.1 500 ")
        assert "ERR_READ_TIMEOUT" in answer
        assert client.offset(url) == 3


def test_delete_forgets_an_upload(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(10)
    assert client.request("DELETE", url, headers=TUS).status_code == 204
    assert client.request("HEAD", url, headers=TUS).status_code == 404
    assert sandbox.recordings() == ()


def test_delete_stops_the_running_patch(client: Client, sandbox: Sandbox) -> None:
    url = client.upload_url(10)
    with half_sent_patch(url, 10, b"abc") as patch:
        until(lambda: kept(sandbox) == 3)
        assert client.request("DELETE", url, headers=TUS).status_code == 204
        assert "ERR_UPLOAD_INTERRUPTED" in read_answer(patch)
