"""The local server behind the pick page: on loopback, behind a token, until the page is closed.

Another site that is open in the same browser can send requests to loopback, and can let its name
lead there. So the address holds a random token, only the server's own name is answered, and what
changes something has to come from its own page.
"""

import hmac
import http.server
import json
import secrets
import socketserver
import threading
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from runner.base.clock import CancelToken, Clock
from runner.base.errors import DecisionError, SitewalkError
from runner.pages.pick.visits import GRACE, Handlers, OpenPages
from runner.problems.problem import InvalidManifestError

MAX_BODY = 200_000
"""Ten thousand target points; a page sends a few hundred bytes."""


_FRAMES = "frames?"

_POLL = 0.1

_REQUEST_TIMEOUT = 30
"""Seconds a client may take to send a request."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class PickServer:
    """Listens on a free port of loopback until its page is closed or says that it is done."""

    def __init__(self, handlers: Handlers, clock: Clock, grace: float = GRACE) -> None:
        self.handlers = handlers
        self.token = secrets.token_urlsafe(24)
        self._ticket: str | None = secrets.token_urlsafe(24)
        self.pages = OpenPages(clock, grace)
        self.done = threading.Event()
        self.one_at_a_time = threading.Lock()
        self._http = _Server(self)

    @property
    def entrance(self) -> str:
        """An address that leads to the page once: a browser's command line is no secret."""
        return f"{self.origin}/{self._ticket}"

    def admits(self, ticket: str) -> bool:
        """Whether this is the entrance's ticket, which is worth nothing from then on."""
        with self.one_at_a_time:
            mine, is_it = self._ticket, False
            if mine is not None and hmac.compare_digest(ticket.encode(), mine.encode()):
                self._ticket, is_it = None, True
        return is_it

    @property
    def origin(self) -> str:
        """The scheme, host and port that a browser says requests come from."""
        return f"http://{self.host}"

    @property
    def host(self) -> str:
        """The only name this server answers to."""
        return f"127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        """The page's address; whoever has it can set positions."""
        return f"{self.origin}/{self.token}/"

    def serve(self, stop: CancelToken) -> None:
        """Answer requests until the page is gone or done, or `stop` is requested."""
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": _POLL})
        thread.start()
        try:
            while not (stop.requested or self.done.wait(_POLL) or self.pages.are_gone):
                continue
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    """Not http.server's own class, which asks the name server for this machine's name first."""

    daemon_threads = True
    request_queue_size = 16

    def __init__(self, owner: PickServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, _request: Any, _client: Any) -> None:
        """Ignore clients that went away."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server
    server_version = "sitewalk"
    sys_version = ""
    timeout = _REQUEST_TIMEOUT

    def do_GET(self) -> None:
        """Answer with the page, or lead to it."""
        if self._is_for_us() and self.server.owner.admits(self.path.removeprefix("/")):
            self._answer(HTTPStatus.SEE_OTHER, "", "text/plain", self.server.owner.url)
            return
        path = self._path()
        if path == "":
            self._page()
        elif path is not None and path.startswith(_FRAMES):
            key = unquote(path.removeprefix(_FRAMES))
            self._answer_json(HTTPStatus.OK, list(self.server.owner.handlers.frames(key)))
        elif path is not None:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Do what the page asks for."""
        path = self._path()
        if path is None or not self._is_from_own_page():
            return
        if path == "save":
            self._save()
        elif path == "closed":
            with self.server.owner.one_at_a_time:
                self.server.owner.pages.closed()
            self._answer_json(HTTPStatus.OK, {})
        elif path == "done":
            self._answer_json(HTTPStatus.OK, {})
            self.server.owner.done.set()
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _path(self) -> str | None:
        """The path after the token; None once a wrong host or token was refused."""
        owner = self.server.owner
        if not self._is_for_us():
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        _, token, *rest = f"{self.path}//".split("/", 3)
        if not hmac.compare_digest(token.encode(), owner.token.encode()):
            self._refuse(HTTPStatus.NOT_FOUND)
            return None
        return rest[0]

    def _is_for_us(self) -> bool:
        return self.headers.get_all("Host") == [self.server.owner.host]

    def _is_from_own_page(self) -> bool:
        is_json = self.headers.get_content_type() == "application/json"
        is_own = self.headers.get_all("Origin") == [self.server.owner.origin]
        if not (is_json and is_own):
            self._refuse(HTTPStatus.FORBIDDEN)
        return is_json and is_own

    def _page(self) -> None:
        owner = self.server.owner
        try:
            with owner.one_at_a_time:
                owner.pages.opened()
                page = owner.handlers.page()
        except SitewalkError as error:
            text = f"{_message(error)}\n{error.help}\n"
            self._answer(_status_of(error), text, "text/plain")
        else:
            self._answer(HTTPStatus.OK, page, "text/html")

    def _save(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        try:
            request = json.loads(self.rfile.read(int(length)))
            with self.server.owner.one_at_a_time:
                message = self.server.owner.handlers.save(request)
        except SitewalkError as error:
            self._answer_json(_status_of(error), {"error": _message(error), "help": error.help})
        except (ValueError, KeyError, TypeError, RecursionError):
            self._refuse(HTTPStatus.BAD_REQUEST)
        else:
            self._answer_json(HTTPStatus.OK, {"said": message})

    def _refuse(self, status: HTTPStatus) -> None:
        self._answer(status, f"{status.phrase}\n", "text/plain")

    def _answer_json(self, status: HTTPStatus, value: Any) -> None:
        self._answer(status, json.dumps(value), "application/json")

    def _answer(
        self, status: HTTPStatus, text: str, media_type: str, location: str | None = None
    ) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        if location is not None:
            self.send_header("Location", location)
        self.send_header("Content-Security-Policy", "frame-ancestors 'none'")
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing: every request's first line holds the token."""


def _status_of(error: SitewalkError) -> HTTPStatus:
    if isinstance(error, DecisionError):
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY


def _message(error: SitewalkError) -> str:
    if isinstance(error, InvalidManifestError):
        return "; ".join(problem.message for problem in error.problems)
    return str(error)
