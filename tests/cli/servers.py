"""Servers for notices: one that takes mail, and one that takes JSON."""

import email
import email.policy
import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from email.message import EmailMessage


class _Mail(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs to hand a message over."""

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            match line.split()[0].upper():
                case b"DATA":
                    self._say("354 go on")
                    self._take()
                    self._say("250 taken")
                case b"QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _take(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        raw = b"".join(line.removeprefix(b".") if line[:2] == b".." else line for line in lines)
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self.server.messages.append(message)  # type: ignore[attr-defined] # of MailServer


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps the messages it took."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.messages: list[EmailMessage] = []

    @property
    def url(self) -> str:
        """Where it takes mail, as Apprise writes it."""
        port = self.server_address[1]
        return f"mailto://127.0.0.1:{port}/?from=camera@example.com&to=lead@example.com"


class _Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.held.wait()
        server.taken.append(json.loads(body))
        self.send_response(server.status)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


class HookServer(http.server.ThreadingHTTPServer):
    """Keeps the JSON it took; answers with `status`, and only while it is not `held`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.taken: list[dict[str, Any]] = []
        self.status = 200
        self.held = threading.Event()
        self.held.set()

    @property
    def url(self) -> str:
        """Where it takes JSON, as Apprise writes it: with secrets in two places."""
        return f"json://me:hunter2@127.0.0.1:{self.server_address[1]}/hook-s3cret"


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """Serve while this is open."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
