"""A tus client without a line of sitewalk's, so that tests see servers and not ourselves."""

import socket
import ssl

import requests

from tests.servers.process import HOST
from tests.servers.running import TusServer
from tests.waiting import PATIENCE

PATCH_HEAD = """\
PATCH /files/{file_id} HTTP/1.1\r
Host: {host}\r
Tus-Resumable: 1.0.0\r
Upload-Offset: 0\r
Content-Type: application/offset+octet-stream\r
Content-Length: {size}\r
\r
"""


class PlainClient:
    """requests for whole requests, a bare socket for those that stop halfway."""

    def __init__(self, server: TusServer) -> None:
        self._server = server

    def _request(
        self, method: str, url: str, headers: dict[str, str], body: bytes = b""
    ) -> requests.Response:
        """One request on a connection of its own: a server may end an idle one just as we ask."""
        with requests.Session() as session:
            session.trust_env = False  # a REQUESTS_CA_BUNDLE would win over our certificate
            session.verify = str(self._server.ca_file) if self._server.ca_file else True
            all_headers = {"Tus-Resumable": "1.0.0", **headers}
            return session.request(method, url, data=body, headers=all_headers, timeout=PATIENCE)

    def post(self, size: int) -> requests.Response:
        """Ask for an upload of so many bytes."""
        headers = {"Upload-Length": str(size), "Upload-Metadata": "filename YS5pbnN2,filetype"}
        return self._request("POST", self._server.tus_url, headers)

    def create(self, size: int) -> str:
        """Create an upload; give its id."""
        reply = self.post(size)
        assert reply.status_code == 201, reply.text
        return reply.headers["Location"].rpartition("/")[2]

    def patch(self, file_id: str, offset: int, body: bytes) -> requests.Response:
        """Send a whole PATCH."""
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        url = self._server.tus_url + file_id
        return self._request("PATCH", url, headers, body)

    def offset(self, file_id: str) -> int:
        """Ask where to go on."""
        reply = self._request("HEAD", self._server.tus_url + file_id, {})
        assert reply.status_code == 200
        return int(reply.headers["Upload-Offset"])

    def connect(self, port: int | None = None) -> socket.socket:
        """A connection of its own to the server, or to what stands before it at `port`."""
        side = socket.create_connection((HOST, port or self._server.port), timeout=PATIENCE)
        if self._server.ca_file is None:
            return side
        context = ssl.create_default_context(cafile=str(self._server.ca_file))
        return context.wrap_socket(side, server_hostname=HOST)

    def begin_patch(self, file_id: str, size: int, body: bytes) -> socket.socket:
        """Announce a body of `size` bytes at offset 0 and send the beginning of it."""
        side = self.connect()
        side.sendall(patch_head(file_id, size) + body)
        return side


def patch_head(file_id: str, size: int) -> bytes:
    """The head of a PATCH of `size` bytes at offset 0."""
    return PATCH_HEAD.format(file_id=file_id, host=HOST, size=size).encode("ascii")
