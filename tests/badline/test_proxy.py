"""The line does to plain sockets what it says, so that a failing upload is the upload's fault."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice

import pytest

from tests.badline import (
    BadLine,
    Cut,
    Direction,
    Fault,
    Garbage,
    HalfOpen,
    Line,
    Stall,
    Swallow,
    random_faults,
)
from tests.waiting import PATIENCE, until

HOST = "127.0.0.1"
REPLY = b"thank you"


class Sink:
    """A server that reads each connection to its end, then answers; it remembers what it saw."""

    def __init__(self) -> None:
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.received: list[bytearray] = []
        self.ends: list[str] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        # A connection of our own wakes the accept; an empty one tells it to stop.
        with socket.create_connection((HOST, self.port)) as last:
            last.sendall(b"stop")
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while self.received[-1:] != [bytearray(b"stop")]:
            side, _ = self._listener.accept()
            with side:
                side.settimeout(PATIENCE)
                self._read(side)

    def _read(self, side: socket.socket) -> None:
        body = bytearray()
        self.received.append(body)
        try:
            while data := side.recv(262_144):
                body += data
            self.ends.append("closed")
            side.sendall(REPLY)
        except OSError as error:
            self.ends.append(type(error).__name__)


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    yield server
    server.close()


@contextmanager
def client_of(line: BadLine) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, line.port), timeout=PATIENCE) as client:
        yield client


def exchange(line: BadLine, body: bytes) -> bytes:
    """Send all of the body, end our half, and read the reply to its end."""
    with client_of(line) as client:
        client.sendall(body)
        with suppress(OSError):  # after a reset there is nothing left to end; reading shows it
            client.shutdown(socket.SHUT_WR)
        return read_all(client)


def read_all(client: socket.socket) -> bytes:
    reply = b""
    while data := client.recv(65_536):
        reply += data
    return reply


def struck(line: BadLine) -> Fault:
    """The first fault that strikes, once it has."""
    until(lambda: line.struck)
    return line.struck[0]


def wait_for(sink: Sink, ends: int) -> None:
    until(lambda: len(sink.ends) >= ends)


def test_without_faults_every_byte_passes_both_ways(sink: Sink) -> None:
    body = bytes(range(256)) * 20_000
    with BadLine(sink.port) as line:
        assert exchange(line, body) == REPLY
        assert exchange(line, b"again") == REPLY
        assert (line.taken_up, line.passed_up) == (len(body) + 5, len(body) + 5)
        assert line.passed_down == 2 * len(REPLY)

    assert sink.received == [body, b"again"]
    assert sink.ends == ["closed", "closed"]


def test_a_line_is_never_faster_than_its_rate_and_as_long_as_its_delay(sink: Sink) -> None:
    line_data = Line.over(round_trip=0.1, megabits=40)
    with BadLine(sink.port, line_data) as line:
        began = time.monotonic()
        assert exchange(line, bytes(2_000_000)) == REPLY
        took = time.monotonic() - began

    # Handshake, the way there and the way back: four delays; 5 MB/s: 0.4 s.
    assert took >= 4 * 0.05 + 0.4 - 0.01


def test_connections_share_the_rate(sink: Sink) -> None:
    with BadLine(sink.port, Line(rate=4_000_000)) as line:
        began = time.monotonic()
        clients = [threading.Thread(target=exchange, args=(line, bytes(400_000))) for _ in range(3)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()

        assert time.monotonic() - began >= 0.29


def test_the_line_can_change_under_an_open_connection(sink: Sink) -> None:
    with BadLine(sink.port, Line(rate=1000)) as line, client_of(line) as client:
        client.sendall(bytes(100))
        line.change(Line())
        client.sendall(bytes(1_000_000))
        client.shutdown(socket.SHUT_WR)

        assert read_all(client) == REPLY


def test_a_far_line_is_no_slower_once_it_is_full(sink: Sink) -> None:
    """No block waits for the one before it to arrive: all are under way together."""
    with BadLine(sink.port) as line, client_of(line) as client:
        client.sendall(b"near")
        until(lambda: line.passed_up == 4)
        line.change(Line(delay=3600))
        client.sendall(bytes(4_000_000))

        until(lambda: line.taken_up == 4_000_004)
        assert line.passed_up == 4


@pytest.mark.parametrize("after", [0, 1, 70_000])
def test_a_reset_lets_exactly_the_bytes_before_it_pass(sink: Sink, after: int) -> None:
    with BadLine(sink.port, faults=[Cut(after=after)]) as line:
        with pytest.raises(OSError, match=r"reset|Broken pipe|abort"):
            exchange(line, bytes(500_000))
        wait_for(sink, 1)

        assert struck(line) == Cut(after=after)
        assert line.passed_up == after
        assert exchange(line, b"the next connection is sound") == REPLY
    assert len(sink.received[0]) == after
    assert sink.ends[0] == "ConnectionResetError"


def test_a_fault_beyond_the_last_byte_never_strikes(sink: Sink) -> None:
    with BadLine(sink.port, faults=[Cut(after=10)]) as line:
        assert exchange(line, bytes(10)) == REPLY
        assert line.struck == []


def test_a_close_looks_orderly_to_both_sides(sink: Sink) -> None:
    with BadLine(sink.port, faults=[Cut(after=100, how="close")]) as line:
        assert exchange(line, bytes(500)) == b""
        wait_for(sink, 1)

    assert sink.received[0] == bytes(100)
    assert sink.ends[0] == "closed"


def test_a_reply_can_be_lost_after_everything_arrived(sink: Sink) -> None:
    with (
        BadLine(sink.port, faults=[Cut(direction=Direction.DOWN)]) as line,
        pytest.raises(ConnectionResetError),
    ):
        exchange(line, bytes(500))

    assert sink.received[0] == bytes(500)
    assert sink.ends[0] == "closed"


def test_a_stalled_line_keeps_both_sides_waiting(sink: Sink) -> None:
    with BadLine(sink.port, faults=[Stall(after=10)]) as line, client_of(line) as client:
        client.sendall(bytes(20))
        assert struck(line) == Stall(after=10)
        client.settimeout(0.2)

        with pytest.raises(TimeoutError):
            client.recv(1)
        assert sink.ends == []


def test_a_half_open_connection_is_seen_only_by_the_client(sink: Sink) -> None:
    with BadLine(sink.port, faults=[HalfOpen(after=10)]) as line, client_of(line) as client:
        client.sendall(bytes(20))

        with pytest.raises(ConnectionResetError):
            client.recv(1)
        assert sink.ends == []
    wait_for(sink, 1)


def test_a_half_open_connection_is_seen_only_by_the_server(sink: Sink) -> None:
    fault = HalfOpen(after=10, seen_by="server")
    with BadLine(sink.port, faults=[fault]) as line, client_of(line) as client:
        client.sendall(bytes(20))
        wait_for(sink, 1)
        client.settimeout(0.2)

        with pytest.raises(TimeoutError):
            client.recv(1)
        assert sink.ends == ["ConnectionResetError"]


def test_garbage_comes_instead_of_an_answer(sink: Sink) -> None:
    with BadLine(sink.port, faults=[Garbage(after=10, reply=b"\x00nonsense")]) as line:
        assert exchange(line, bytes(20)) == b"\x00nonsense"


def test_swallowed_bytes_are_taken_and_never_delivered(sink: Sink) -> None:
    with BadLine(sink.port, faults=[Swallow(after=100, length=50)]) as line:
        with pytest.raises(OSError, match=r"reset|Broken pipe|abort"):
            exchange(line, bytes(150))

        assert (line.taken_up, line.passed_up) == (150, 100)


def test_all_open_connections_can_be_struck_at_once(sink: Sink) -> None:
    with BadLine(sink.port) as line, client_of(line) as client:
        client.sendall(b"hello")
        until(lambda: line.passed_up == 5)
        line.strike(Cut())

        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_clients_reset_reaches_the_server_behind_its_bytes(sink: Sink) -> None:
    with BadLine(sink.port, Line(delay=0.05)) as line:
        with client_of(line) as client:
            client.sendall(b"last words")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        wait_for(sink, 1)

        assert line.struck == []
    assert sink.received[0] == b"last words"
    assert sink.ends[0] == "ConnectionResetError"


def test_a_server_that_answers_early_and_goes_is_heard() -> None:
    with (
        socket.create_server((HOST, 0)) as listener,
        BadLine(listener.getsockname()[1]) as line,
        client_of(line) as client,
    ):
        client.sendall(bytes(100_000))
        side, _ = listener.accept()
        with side:
            side.recv(1000)
            side.sendall(b"409")

        assert client.recv(3) == b"409"
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_nobody_listening_upstream_is_a_reset() -> None:
    with socket.create_server((HOST, 0)) as gone:
        port = gone.getsockname()[1]
    with (
        BadLine(port) as line,
        pytest.raises(ConnectionResetError),  # while connecting, or after
        client_of(line) as client,
    ):
        client.recv(1)


def test_random_faults_repeat_with_their_seed() -> None:
    def first_hundred(seed: int) -> list[Fault]:
        return list(islice(random_faults(seed, largest=1000), 100))

    assert first_hundred(7) == first_hundred(7)
    assert first_hundred(7) != first_hundred(8)
    assert all(fault.after < 1000 for fault in first_hundred(7))
    assert {type(fault) for fault in first_hundred(7)} == {
        Cut,
        Stall,
        HalfOpen,
        Garbage,
        Swallow,
    }
