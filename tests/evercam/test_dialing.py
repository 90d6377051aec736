"""Of a host's addresses, the one that answers is used, soon, and told."""

import contextlib
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from runner.evercam.http.dialing import Dialer
from tests.waiting import PATIENCE


@pytest.fixture
def silent() -> Iterator[tuple[str, int]]:
    """An address that neither answers nor refuses: its queue of connections is full."""
    if sys.platform != "linux":
        pytest.skip("other systems refuse where a queue is full")
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(full.getsockname())
        yield full.getsockname()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def _resolve(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[Any, Any]) -> None:
    found = [(family, socket.SOCK_STREAM, 6, "", address) for family, address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def _refused(port: int) -> tuple[Any, Any]:
    return (socket.AF_INET6, ("::1", port, 0, 0))


def test_a_family_that_does_not_answer_is_passed_over_and_told_once(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = listener.getsockname()[1]
    _resolve(monkeypatch, _refused(port), (socket.AF_INET, ("127.0.0.1", port)))
    notices: list[str] = []
    dialer = Dialer(notices.append)
    for _ in range(2):
        with dialer.dial("both.test", port, PATIENCE, ()) as sock:
            assert sock.getpeername() == ("127.0.0.1", port)
    assert notices == ["both.test does not answer over IPv6; using IPv4"]


def test_a_silent_address_does_not_hold_up_the_next(
    listener: socket.socket, silent: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would for the whole patience of a connection: were it so, this would end as a timeout."""
    port = listener.getsockname()[1]
    _resolve(monkeypatch, (socket.AF_INET, silent), (socket.AF_INET, ("127.0.0.1", port)))
    with Dialer().dial("both.test", port, PATIENCE, ()) as sock:
        assert sock.getpeername() == ("127.0.0.1", port)


def test_where_none_answers_the_reason_is_that_of_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolve(monkeypatch, _refused(1), (socket.AF_INET, ("127.0.0.1", 1)))
    with pytest.raises(OSError, match="refused"):
        Dialer().dial("none.test", 1, PATIENCE, ())


def test_silence_ends(silent: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    _resolve(monkeypatch, (socket.AF_INET, silent))
    with pytest.raises(TimeoutError):
        Dialer().dial("full.test", silent[1], 0.2, ())
