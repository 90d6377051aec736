"""The pick server answers its own page alone, and ends with it."""

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import pytest

from runner.base.clock import CancelToken, SystemClock
from runner.base.errors import DecisionError, UsageError
from runner.pages.pick.server import MAX_BODY, PickServer
from runner.pages.pick.visits import Handlers, OpenPages
from tests.upload.test_rate_limit import StillClock
from tests.waiting import PATIENCE


class Saver:
    """Keeps what it is asked to save; raises `error` where one is set."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.error: Exception | None = None

    def __call__(self, asked: Mapping[str, Any]) -> str:
        if self.error:
            raise self.error
        self.asked.append(asked)
        return "written"


@pytest.fixture
def saver() -> Saver:
    return Saver()


@pytest.fixture
def server(saver: Saver) -> Iterator[PickServer]:
    server = PickServer(
        Handlers(lambda: "<p>page</p>", saver, lambda key: [f"data:{key}"]), SystemClock()
    )
    stop = CancelToken()
    thread = threading.Thread(target=server.serve, args=(stop,))
    thread.start()
    yield server
    stop.request()
    thread.join()


def _request(
    server: PickServer, method: str, path: str = "", body: str = "{}", **changed: str | None
) -> tuple[int, str, Mapping[str, str]]:
    """One request as the page would send it, except for what is changed."""
    sent = {"Host": server.host, "Origin": server.origin, "Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in changed.items() if value is not None}
    connection = http.client.HTTPConnection(server.host, timeout=PATIENCE)
    connection.putrequest(method, path or f"/{server.token}/", skip_host=True)
    for name, value in sent.items():
        if changed.get(name.replace("-", "_"), value) is not None:
            connection.putheader(name, value)
    if method == "POST" and "Content-Length" not in sent:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode() if method == "POST" else None)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text, dict(response.getheaders())


def test_the_page_is_served_at_its_address_alone(server: PickServer) -> None:
    status, text, headers = _request(server, "GET")
    assert (status, text) == (200, "<p>page</p>")
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "//", "/wrong/", f"/{'x' * 32}/save", "/../", "*"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_token_there_is_nothing(
    server: PickServer, saver: Saver, method: str, path: str
) -> None:
    assert _request(server, method, path)[0] == 404
    assert saver.asked == []


@pytest.mark.parametrize("host", ["evil.test", "localhost:80", "127.0.0.1", None])
def test_another_name_for_this_machine_is_refused(
    server: PickServer, saver: Saver, host: str | None
) -> None:
    for method in ("GET", "POST"):
        assert _request(server, method, f"/{server.token}/save", Host=host)[0] == 421
    assert saver.asked == []


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://127.0.0.1", None])
def test_another_origin_cannot_write(server: PickServer, saver: Saver, origin: str | None) -> None:
    assert _request(server, "POST", f"/{server.token}/save", Origin=origin)[0] == 403
    assert saver.asked == []


def test_frames_are_given_to_who_has_the_token(server: PickServer) -> None:
    asked = "frames?0%2Fwalkthroughs%2Fa%26b"
    status, text, headers = _request(server, "GET", f"/{server.token}/{asked}")
    assert (status, json.loads(text)) == (200, ["data:0/walkthroughs/a&b"])
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert _request(server, "GET", f"/wrong/{asked}")[0] == 404
    assert _request(server, "GET", f"/{server.token}/{asked}", Host="evil.test")[0] == 421


def test_a_form_cannot_write(server: PickServer, saver: Saver) -> None:
    answer = _request(server, "POST", f"/{server.token}/save", Content_Type="text/plain")
    assert answer[0] == 403
    assert saver.asked == []


def test_the_page_writes(server: PickServer, saver: Saver) -> None:
    status, text, _ = _request(server, "POST", f"/{server.token}/save", '{"subject": "routes/a"}')
    assert (status, json.loads(text)) == (200, {"said": "written"})
    assert saver.asked == [{"subject": "routes/a"}]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DecisionError("has changed", "load again"), 409),
        (UsageError("cannot be written", "load again"), 422),
    ],
)
def test_the_page_gets_the_error_and_its_help(
    server: PickServer, saver: Saver, error: Exception, status: int
) -> None:
    saver.error = error
    answer = _request(server, "POST", f"/{server.token}/save")
    assert answer[0] == status
    assert json.loads(answer[1]) == {"error": str(error), "help": "load again"}


@pytest.mark.parametrize("error", [KeyError("subject"), ValueError("x"), TypeError("x")])
def test_a_strange_request_is_refused(server: PickServer, saver: Saver, error: Exception) -> None:
    saver.error = error
    assert _request(server, "POST", f"/{server.token}/save")[0] == 400


def test_no_more_is_read_than_a_page_sends(server: PickServer) -> None:
    path = f"/{server.token}/save"
    assert _request(server, "POST", path, "no json")[0] == 400
    for length in (str(MAX_BODY + 1), "-1", "many"):
        assert _request(server, "POST", path, "", Content_Length=length)[0] == 413


def test_the_server_ends_when_the_page_says_so(saver: Saver) -> None:
    server = PickServer(Handlers(lambda: "", saver), SystemClock())
    thread = threading.Thread(target=server.serve, args=(CancelToken(),))
    thread.start()
    assert _request(server, "POST", f"/{server.token}/done")[0] == 200
    thread.join(timeout=PATIENCE)
    assert not thread.is_alive()


def test_a_closed_page_may_come_back_for_a_while() -> None:
    clock = StillClock()
    pages = OpenPages(clock, grace=3)
    clock.pause(60)
    assert not pages.are_gone  # nobody came yet
    pages.opened()
    clock.pause(60)
    assert not pages.are_gone
    pages.closed()
    clock.pause(2)
    assert not pages.are_gone
    pages.opened()  # it was loaded again
    clock.pause(60)
    assert not pages.are_gone
    pages.closed()
    clock.pause(4)
    assert pages.are_gone


def test_what_a_browsers_command_line_shows_leads_to_the_page_once(server: PickServer) -> None:
    entrance = server.entrance.removeprefix(server.origin)
    assert server.token not in entrance
    assert (
        _request(server, "GET", entrance, Host="evil.example")[0] == HTTPStatus.MISDIRECTED_REQUEST
    )
    status, _, headers = _request(server, "GET", entrance)
    assert (status, headers["Location"]) == (HTTPStatus.SEE_OTHER, server.url)
    assert _request(server, "GET", entrance)[0] == HTTPStatus.NOT_FOUND
    assert _request(server, "POST", f"{entrance}/save")[0] == HTTPStatus.NOT_FOUND
