"""A stand-in for Evercam's own three steps, so that apply can run beside a real tus server.

It answers at once and keeps nothing: what is measured is the transfer and the program around it.
`python evercam.py HOST PORT` serves until it is ended.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class _Steps(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer on a kept connection would wait 40 ms

    def do_POST(self) -> None:
        self._answer({"token": "t"} if self.path.endswith("/auth/login") else {"id": 1})

    def do_GET(self) -> None:
        self._answer({})

    def do_PUT(self) -> None:
        self._answer({})

    def _answer(self, told: object) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


class StandIn:
    """Login, create and finish on a loopback port while its `with` block lasts."""

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Steps)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


if __name__ == "__main__":
    ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), _Steps).serve_forever()
