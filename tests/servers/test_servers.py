"""Each real server takes an upload whole through a kill, and obeys the settings tests give it."""

import hashlib
import os
from pathlib import Path

import pytest
import requests

from tests.servers import NginxTusd, Tusd, TusServer
from tests.servers.client import PlainClient

pytestmark = pytest.mark.interop

SIZE = 3_000_001


def test_an_upload_survives_a_kill_between_two_patches(
    server: TusServer, client: PlainClient
) -> None:
    body, half = os.urandom(SIZE), SIZE // 2
    file_id = client.create(SIZE)
    assert client.patch(file_id, 0, body[:half]).status_code == 204

    server.kill()
    with pytest.raises(requests.ConnectionError):
        client.offset(file_id)
    server.restart()

    assert client.offset(file_id) == half
    finished = client.patch(file_id, half, body[half:])
    assert (finished.status_code, finished.headers["Upload-Offset"]) == (204, str(SIZE))
    stored = server.data_file(file_id).read_bytes()
    assert hashlib.sha256(stored).digest() == hashlib.sha256(body).digest()


def test_nginx_gives_the_location_the_vendor_gives(tmp_path: Path) -> None:
    with NginxTusd(tmp_path, buffering=False) as server:
        client = PlainClient(server)
        assert client.post(1).headers["Location"].startswith("http://127.0.0.1/files/")


def test_nginx_limits_a_body_but_not_the_upload(tmp_path: Path) -> None:
    with NginxTusd(tmp_path, buffering=False, max_body=1024) as server:
        client = PlainClient(server)
        file_id = client.create(2000)

        assert client.patch(file_id, 0, bytes(2000)).status_code == 413
        assert client.patch(file_id, 0, bytes(1000)).status_code == 204


def test_tusd_refuses_an_upload_over_its_limit(tmp_path: Path) -> None:
    with Tusd(tmp_path, max_size=10) as server:
        client = PlainClient(server)
        assert client.post(11).status_code == 413
        assert client.post(10).status_code == 201


def test_a_rejection_at_the_end_leaves_no_trace_in_tusd(tmp_path: Path) -> None:
    with Tusd(tmp_path, reject_finished=422) as server:
        client = PlainClient(server)
        file_id = client.create(10)

        assert client.patch(file_id, 0, bytes(10)).status_code == 422
        assert client.offset(file_id) == 10
        assert client.patch(file_id, 10, b"").status_code == 204


def test_tusd_gives_up_a_silent_line_and_keeps_its_bytes(tmp_path: Path) -> None:
    # tusd gives its own answer no longer than this: on a busy machine, less would fail.
    with Tusd(tmp_path, network_timeout=5.0) as server:
        client = PlainClient(server)
        file_id = client.create(10)
        with client.begin_patch(file_id, 10, bytes(4)) as patch:
            assert patch.recv(4096).startswith(b"HTTP/1.1 500 ")

        assert client.offset(file_id) == 4
