"""Each real server takes an upload whole through a kill, as far as its own rules allow."""

import hashlib
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.servers import NginxTusd, ResumableUpload, Tusd, TusNode, TusServer

pytestmark = pytest.mark.interop

SIZE = 3_000_001
VERSION = {"Tus-Resumable": "1.0.0"}
SERVERS: dict[str, Callable[[Path], TusServer]] = {
    "tusd": Tusd,
    "tus-node": TusNode,
    "resumable-upload": ResumableUpload,
    "nginx-streaming": partial(NginxTusd, buffering=False),
    "nginx-buffering": partial(NginxTusd, buffering=True),
}


@pytest.fixture(params=SERVERS.values(), ids=list(SERVERS))
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TusServer]:
    with request.param(tmp_path) as running:
        yield running


def session_for(server: TusServer) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a REQUESTS_CA_BUNDLE would win over our certificate
    session.headers.update(VERSION)
    session.verify = str(server.ca_file) if server.ca_file else True
    return session


@pytest.fixture
def session(server: TusServer) -> Iterator[requests.Session]:
    with session_for(server) as session:
        yield session


def create(session: requests.Session, server: TusServer, size: int) -> str:
    metadata = {"Upload-Length": str(size), "Upload-Metadata": "filename YS5pbnN2,filetype"}
    reply = session.post(server.tus_url, headers=metadata, timeout=10)
    assert reply.status_code == 201, reply.text
    return reply.headers["Location"].rpartition("/")[2]


def patch(
    session: requests.Session, server: TusServer, file_id: str, offset: int, body: bytes
) -> requests.Response:
    kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    return session.patch(server.tus_url + file_id, data=body, headers=kind, timeout=30)


def offset_of(session: requests.Session, server: TusServer, file_id: str) -> int:
    reply = session.head(server.tus_url + file_id, timeout=30)
    assert reply.status_code == 200
    return int(reply.headers["Upload-Offset"])


def test_an_upload_survives_a_kill_between_two_patches(
    server: TusServer, session: requests.Session
) -> None:
    body, half = os.urandom(SIZE), SIZE // 2
    file_id = create(session, server, SIZE)
    assert patch(session, server, file_id, 0, body[:half]).status_code == 204

    server.kill()
    with pytest.raises(requests.ConnectionError):
        session.head(server.tus_url + file_id, timeout=10)
    server.restart()

    assert offset_of(session, server, file_id) == half
    finished = patch(session, server, file_id, half, body[half:])
    assert (finished.status_code, finished.headers["Upload-Offset"]) == (204, str(SIZE))
    stored = server.data_file(file_id).read_bytes()
    assert hashlib.sha256(stored).digest() == hashlib.sha256(body).digest()


def test_a_patch_at_the_wrong_offset_is_refused(
    server: TusServer, session: requests.Session
) -> None:
    file_id = create(session, server, SIZE)

    assert patch(session, server, file_id, 7, b"x").status_code == 409
    assert offset_of(session, server, file_id) == 0


def test_nginx_gives_the_location_the_vendor_gives(tmp_path: Path) -> None:
    with NginxTusd(tmp_path, buffering=False) as server, session_for(server) as session:
        reply = session.post(server.tus_url, headers={"Upload-Length": "1"}, timeout=10)

        assert reply.headers["Location"].startswith("http://127.0.0.1/files/")


def test_nginx_limits_a_body_but_not_the_upload(tmp_path: Path) -> None:
    with (
        NginxTusd(tmp_path, buffering=False, max_body=1024) as server,
        session_for(server) as session,
    ):
        file_id = create(session, server, 2000)

        assert patch(session, server, file_id, 0, bytes(2000)).status_code == 413
        assert patch(session, server, file_id, 0, bytes(1000)).status_code == 204


def test_tusd_refuses_what_its_settings_refuse(tmp_path: Path) -> None:
    with (
        Tusd(tmp_path, max_size=10, reject_finished=422) as server,
        session_for(server) as session,
    ):
        too_large = session.post(server.tus_url, headers={"Upload-Length": "11"}, timeout=10)
        file_id = create(session, server, 10)

        assert too_large.status_code == 413
        assert patch(session, server, file_id, 0, bytes(10)).status_code == 422
        assert offset_of(session, server, file_id) == 10
        assert patch(session, server, file_id, 10, b"").status_code == 204
