"""A client that does each step right, and lets a test do one thing wrong."""

import base64
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypedDict, Unpack
from urllib.parse import urlsplit

import requests

from runner.sandbox import Sandbox
from tests.waiting import PATIENCE

TUS = {"Tus-Resumable": "1.0.0"}
PATCH = TUS | {"Content-Type": "application/offset+octet-stream"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUERY = {
    "date": "20-01-2026",
    "name": "Level 2, 20 January",
    "drawing_id": "6143",
    "uploaded_by": "walker+site@example.com",
}
FINISH = {
    "asset_type": "video",
    "start_position": "0.12,0.88",
    "end_position": "0.90,0.15",
    "target_points_count": 12,
}
FILENAME = "VID_20260120_101500_00_001.insv"
TIMEOUT = PATIENCE


Query = Mapping[str, str] | list[tuple[str, str]]


class Options(TypedDict, total=False):
    """What the tests hand on to requests."""

    params: Query
    headers: Mapping[str, str]
    data: bytes | Iterator[bytes] | Mapping[str, str] | str
    json: object


@dataclass
class Client:
    """Speaks to one sandbox; keeps a session and a token."""

    sandbox: Sandbox
    session: requests.Session = field(default_factory=requests.Session)
    token: str = ""

    def login(self, body: object = None) -> requests.Response:
        right = {"username": self.sandbox.username, "password": self.sandbox.password}
        answer = self.post("/auth/login", json=body or right)
        if answer.ok:
            self.token = answer.json().get("token", "")
        return answer

    def bearer(self) -> dict[str, str]:
        if not self.token:
            self.login()
        return {"Authorization": f"Bearer {self.token}"}

    def create(
        self, query: Query = QUERY, headers: Mapping[str, str] = FORM, data: bytes = b""
    ) -> requests.Response:
        headers = self.bearer() | dict(headers)
        return self.post("/360/evercam/upload", params=query, headers=headers, data=data)

    def finish(
        self,
        url: str,
        changes: Mapping[str, object] | None = None,
        *,
        upload_id: int = 1000,
        query: Query | None = None,
    ) -> requests.Response:
        """Finish with one recording; a change to None takes a key away."""
        entry = {"url": url, "title": FILENAME, "file_extension": "insv"}
        body = FINISH | {"upload": [entry]} | dict(changes or {})
        return self.request(
            "PUT",
            f"{self.sandbox.url}/360/{upload_id}/upload",
            params=query or {"uploaded_by": QUERY["uploaded_by"]},
            json={key: value for key, value in body.items() if value is not None},
            headers=self.bearer(),
        )

    def tus_create(
        self, length: object = 10, metadata: str | None = None, **headers: str
    ) -> requests.Response:
        given = {"Upload-Length": str(length), "Upload-Metadata": metadata or metadata_for()}
        return self.request("POST", self.sandbox.tus_url, headers=TUS | given | headers)

    def upload_url(self, length: int, filename: str = FILENAME) -> str:
        answer = self.tus_create(length, metadata_for(filename))
        assert answer.status_code == 201
        return answer.headers["Location"]

    def patch(
        self, url: str, data: bytes | Iterator[bytes], offset: object = 0, **headers: str
    ) -> requests.Response:
        given = PATCH | {"Upload-Offset": str(offset)} | headers
        return self.request("PATCH", url, data=data, headers=given)

    def offset(self, url: str) -> int:
        answer = self.request("HEAD", url, headers=TUS)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def post(self, path: str, **options: Unpack[Options]) -> requests.Response:
        return self.request("POST", self.sandbox.url + path, **options)

    def request(self, method: str, url: str, **options: Unpack[Options]) -> requests.Response:
        send = self.session.request
        return send(method, url, timeout=TIMEOUT, allow_redirects=False, **options)


def metadata_for(filename: str = FILENAME) -> str:
    return f"filename {base64.b64encode(filename.encode()).decode()},filetype"


def message(answer: requests.Response) -> str:
    """What a refusal of the media or ingest address says."""
    body = answer.json()
    assert set(body) == {"message"}
    return str(body["message"])


@contextmanager
def half_sent_patch(url: str, announced: int, sent: bytes) -> Iterator[socket.socket]:
    """A PATCH whose body never ends, as it stands when a site's uplink stalls."""
    host, path = urlsplit(url).netloc, urlsplit(url).path
    lines = [f"PATCH {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {announced}"]
    lines += [f"{name}: {value}" for name, value in (PATCH | {"Upload-Offset": "0"}).items()]
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=TIMEOUT) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + sent)
        yield connection


def read_answer(connection: socket.socket) -> str:
    """Everything the server still says before it closes the connection."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts).decode()


def struck(sandbox: Sandbox) -> bool:
    """Whether a request has met the last of the faults that were to come."""
    return not sandbox._world.faults._left  # what is under way is in no log yet
