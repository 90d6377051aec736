"""An answer is heard while a body is sent, nothing else is taken for one, and it has an end."""

import contextlib
import datetime as dt
import gzip
import io
import os
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from runner.base.clock import CancelToken, ShutdownGrace
from runner.base.errors import StoppedError
from runner.evercam.addresses import Addresses, Credentials
from runner.evercam.client import Evercam, NewUpload
from runner.evercam.http.errors import (
    ProxyRefusedError,
    RefusedError,
    UnknownOutcomeError,
    UnreachableError,
)
from runner.evercam.http.session import Session
from runner.evercam.http.waiting import Arriving, never
from tests.crash.world import FastClock
from tests.waiting import PATIENCE

HOST = "127.0.0.1"
MIB = 1024 * 1024
REFUSAL = b"HTTP/1.1 409 Conflict\r\nContent-Length: 5\r\n\r\nwrong"
DONE = b"HTTP/1.1 204 No Content\r\n\r\n"
Serve = Callable[[socket.socket], None]


class Blocks:
    """A body of zeros that counts what was taken from it."""

    def __init__(self, length: int) -> None:
        self.length, self.taken = length, 0

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[memoryview]:
        block = memoryview(bytes(MIB // 4))
        while self.taken < self.length:
            yield block
            self.taken += len(block)


def read_head(side: socket.socket) -> bytes:
    seen = b""
    while b"\r\n\r\n" not in seen:
        seen += side.recv(65536)
    return seen.partition(b"\r\n\r\n")[2]


def read_body(side: socket.socket, length: int, seen: bytes) -> None:
    left = length - len(seen)
    while left:
        left -= len(side.recv(min(left, MIB)))


@contextlib.contextmanager
def server(serve: Serve, context: ssl.SSLContext | None = None) -> Iterator[int]:
    listener = socket.create_server((HOST, 0))

    def run() -> None:
        side, _ = listener.accept()
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            side.settimeout(PATIENCE)
            stack.enter_context(side)
            spoken = context.wrap_socket(side, server_side=True) if context else side
            serve(stack.enter_context(spoken))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, "tunnelled.test").configure_cert(context)
    return context


@pytest.fixture
def session(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with Session() as session:
        session.timeout = (PATIENCE, PATIENCE)
        yield session


def refuse_and_listen_no_more(done: threading.Event) -> Serve:
    def serve(side: socket.socket) -> None:
        read_head(side)
        side.sendall(REFUSAL)
        done.wait(PATIENCE)

    return serve


@pytest.mark.parametrize("tls", [False, True])
def test_an_early_answer_ends_the_body(
    session: Session, context: ssl.SSLContext, *, tls: bool
) -> None:
    done, body = threading.Event(), Blocks(512 * MIB)
    with server(refuse_and_listen_no_more(done), context if tls else None) as port:
        with pytest.raises(RefusedError, match="409: wrong"):
            session.exchange("PATCH", f"http{'s' * tls}://{HOST}:{port}/", data=body)
        done.set()
    assert body.taken < 32 * MIB


def good_upload(length: int) -> Serve:
    """A TLS 1.3 server that lets its session tickets arrive in the middle of the body."""

    def serve(side: socket.socket) -> None:
        read_body(side, length, read_head(side))
        side.sendall(DONE)

    return serve


def test_session_tickets_are_no_answer(session: Session, context: ssl.SSLContext) -> None:
    body = Blocks(8 * MIB)
    with server(good_upload(8 * MIB), context) as port:
        answer = session.exchange("PATCH", f"https://{HOST}:{port}/", data=body)
    assert (answer.status, body.taken) == (204, 8 * MIB)


def test_a_select_would_take_session_tickets_for_an_answer(
    authority: trustme.CA, context: ssl.SSLContext
) -> None:
    with server(good_upload(1), context) as port:
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        bare = socket.create_connection((HOST, port))
        with trusting.wrap_socket(bare, server_hostname=HOST) as side:
            assert side.version() == "TLSv1.3"
            assert select.select([side], [], [], PATIENCE)[0], "the tickets make it readable"
            side.settimeout(0)
            with pytest.raises(ssl.SSLWantReadError):
                side.recv(1)
            side.settimeout(PATIENCE)
            side.sendall(b"PATCH / HTTP/1.1\r\n\r\nx")
            assert side.recv(100) == DONE


def test_an_interim_answer_is_not_the_answer(session: Session) -> None:
    def serve(side: socket.socket) -> None:
        seen = read_head(side)
        side.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        read_body(side, 8 * MIB, seen)
        side.sendall(DONE)

    with server(serve) as port:
        answer = session.exchange("PATCH", f"http://{HOST}:{port}/", data=Blocks(8 * MIB))
    assert answer.status == 204


@pytest.mark.parametrize("status", [100, 102, 103])
@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "PUT"])
def test_interim_answers_before_the_answer_are_skipped(
    session: Session, method: str, status: int
) -> None:
    def serve(side: socket.socket) -> None:
        read_head(side)
        side.sendall(b"HTTP/1.1 %d Wait\r\nLink: </a>\r\n\r\n" % status * 2)
        side.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    with server(serve) as port:
        assert session.exchange(method, f"http://{HOST}:{port}/").status == 201


def flood(done: threading.Event) -> Serve:
    def serve(side: socket.socket) -> None:
        read_head(side)
        while not done.is_set():
            side.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    return serve


@pytest.mark.parametrize("length", [0, 512 * MIB])
def test_a_flood_of_interim_answers_ends(session: Session, length: int) -> None:
    done = threading.Event()
    with server(flood(done)) as port:
        with pytest.raises(UnknownOutcomeError, match="nothing but interim answers"):
            session.exchange("PATCH", f"http://{HOST}:{port}/", data=Blocks(length))
        done.set()


def test_a_wish_to_stop_is_heard_while_interim_answers_come(session: Session) -> None:
    done, stop = threading.Event(), CancelToken()
    with server(flood(done)) as port, Session(stop.check) as hasty:
        hasty.timeout = session.timeout
        stop.request()
        with pytest.raises(StoppedError):
            hasty.exchange("GET", f"http://{HOST}:{port}/")
        done.set()


def arriving(side: socket.socket, seconds: float) -> io.BufferedReader:
    return io.BufferedReader(Arriving(b"", side, never, side.makefile("rb"), seconds))


def test_an_answer_that_lies_there_is_read_before_time_is_judged() -> None:
    """As on a machine that slept for longer than an answer may take."""
    here, there = socket.socketpair()
    with here, there:
        there.sendall(DONE)
        with arriving(here, -100.0) as file:
            assert file.read(len(DONE)) == DONE
            with pytest.raises(TimeoutError):
                file.read(1)


def relay_zeros(side: socket.socket) -> None:
    with contextlib.suppress(OSError):
        side.sendall(bytes(MIB))


def test_a_flood_does_not_pass_for_what_lay_there() -> None:
    here, there = socket.socketpair()
    with here, there, arriving(here, -100.0) as file:
        sender = threading.Thread(target=relay_zeros, args=(there,))
        sender.start()
        with pytest.raises(TimeoutError):
            file.read(MIB)
        here.shutdown(socket.SHUT_RDWR)
        sender.join()


@pytest.mark.parametrize("part", [b"-5\r\nhello\r\n", b"zz\r\n", b"9" * 70000])
def test_chunks_of_no_size_are_an_unknown_outcome(session: Session, part: bytes) -> None:
    with (
        server(answer_with(b"Transfer-Encoding: chunked\r\n", part)) as port,
        pytest.raises(UnknownOutcomeError),
    ):
        session.exchange("POST", f"http://{HOST}:{port}/")


def test_a_server_that_stops_reading_is_noticed(session: Session) -> None:
    session.timeout = (1.0, PATIENCE)
    done = threading.Event()

    def serve(side: socket.socket) -> None:
        read_head(side)
        done.wait(PATIENCE)

    with server(serve) as port:
        with pytest.raises(UnknownOutcomeError, match=r"broke: no byte moved in time$"):
            session.exchange("PATCH", f"http://{HOST}:{port}/", data=Blocks(512 * MIB))
        done.set()


def keep_silent(done: threading.Event) -> Serve:
    def serve(_side: socket.socket) -> None:
        done.wait(PATIENCE)

    return serve


def read_only_the_head(done: threading.Event) -> Serve:
    def serve(side: socket.socket) -> None:
        read_head(side)
        done.wait(PATIENCE)

    return serve


def read_all_and_say_nothing(done: threading.Event) -> Serve:
    def serve(side: socket.socket) -> None:
        read_body(side, MIB, read_head(side))
        done.wait(PATIENCE)

    return serve


def break_off_in_the_answer(done: threading.Event) -> Serve:
    def serve(side: socket.socket) -> None:
        read_body(side, MIB, read_head(side))
        side.sendall(DONE[:20])
        done.wait(PATIENCE)

    return serve


@pytest.mark.usefixtures("session")  # for the authority to be trusted
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize(
    ("silence", "length"),
    [
        (read_only_the_head, 512 * MIB),
        (read_all_and_say_nothing, MIB),
        (break_off_in_the_answer, MIB),
    ],
)
def test_a_wish_to_stop_ends_every_wait(
    context: ssl.SSLContext,
    silence: Callable[[threading.Event], Serve],
    length: int,
    *,
    tls: bool,
) -> None:
    """Its stall limits are a minute: were it not for the wish, this would end as a timeout."""
    done, stop = threading.Event(), CancelToken()
    with server(silence(done), context if tls else None) as port, Session(stop.check) as hasty:
        timer = threading.Timer(0.5, stop.request)
        timer.start()
        with pytest.raises(StoppedError):
            hasty.exchange("PATCH", f"http{'s' * tls}://{HOST}:{port}/", data=Blocks(length))
        done.set()
        timer.join()


def test_a_wish_to_stop_ends_a_handshake() -> None:
    done, stop = threading.Event(), CancelToken()
    with server(keep_silent(done)) as port, Session(stop.check) as hasty:
        stop.request()
        with pytest.raises(StoppedError):
            hasty.exchange("POST", f"https://{HOST}:{port}/")
        done.set()


def test_a_handshake_that_fails_is_no_unknown_outcome(session: Session) -> None:
    """Nothing was sent, so Evercam is known not to have acted on a create request."""
    with (
        server(lambda side: side.close()) as port,
        pytest.raises(UnreachableError),
    ):
        session.exchange("POST", f"https://{HOST}:{port}/")


def test_a_silent_handshake_is_no_unknown_outcome(session: Session) -> None:
    session.timeout = (1.0, 1.0)
    done = threading.Event()
    with server(keep_silent(done)) as port:
        with pytest.raises(UnreachableError, match=r": no answer in time$"):
            session.exchange("POST", f"https://{HOST}:{port}/")
        done.set()


def relay(side: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := side.recv(MIB):
            other.sendall(data)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)


def tunnel_to(port: int) -> Serve:
    """A proxy that opens a way to the server when it is told to CONNECT."""

    def serve(side: socket.socket) -> None:
        read_head(side)
        with socket.create_connection((HOST, port), PATIENCE) as there:
            side.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            outward = threading.Thread(target=relay, args=(side, there))
            outward.start()
            relay(there, side)
            outward.join()

    return serve


def through(proxy: int) -> dict[str, str]:
    return {"https": f"http://{HOST}:{proxy}"}


def say_nothing_and_close(side: socket.socket) -> None:
    read_head(side)


def answer_in_clear(side: socket.socket) -> None:
    """As a gateway does that fails behind the end of the encryption."""
    read_head(side)
    os.write(side.fileno(), b"HTTP/1.1 502 Bad Gateway\r\n\r\n")


def answer_in_the_words_of_tls(side: socket.socket) -> None:
    read_head(side)
    side.sendall(b"CERTIFICATE_VERIFY_FAILED HANDSHAKE_FAILURE\r\n\r\n")


@pytest.mark.parametrize("is_tunnelled", [False, True], ids=["direct", "tunnel"])
@pytest.mark.parametrize(
    "end", [say_nothing_and_close, answer_in_clear, answer_in_the_words_of_tls]
)
def test_what_breaks_after_the_request_is_an_unknown_outcome(
    session: Session, context: ssl.SSLContext, end: Serve, *, is_tunnelled: bool
) -> None:
    """Taken for a connection that never opened, a create would be repeated: a duplicate."""
    with server(end, context) as port, contextlib.ExitStack() as stack:
        host, proxies = HOST, {}
        if is_tunnelled:
            host = "tunnelled.test"  # no proxy is used for this machine itself
            proxies = through(stack.enter_context(server(tunnel_to(port))))
        with pytest.raises(UnknownOutcomeError):
            session.exchange("POST", f"https://{host}:{port}/", proxies=proxies)


def refuse_the_tunnel(words: bytes) -> Serve:
    def serve(side: socket.socket) -> None:
        read_head(side)
        side.sendall(words + b"\r\n\r\n")

    return serve


@pytest.mark.parametrize(
    "words", [b"HTTP/1.1 407 Proxy Authentication Required", b"what?", b"HTTP/1.1 200"]
)
def test_a_proxy_that_opens_no_tunnel_is_no_unknown_outcome(session: Session, words: bytes) -> None:
    with (
        server(refuse_the_tunnel(words)) as proxy,
        pytest.raises(UnreachableError),
    ):
        session.exchange("POST", "https://tunnelled.test/", proxies=through(proxy))


@pytest.mark.parametrize(
    ("status", "reason", "advice"),
    [
        (b"407 Proxy Authentication Required", "wants a login", "NTLM"),
        (b"403 Forbidden", "refuses the way to https://tunnelled.test", "NO_PROXY"),
    ],
)
def test_a_proxy_that_refuses_is_named_and_final(
    session: Session, status: bytes, reason: str, advice: str
) -> None:
    with (
        server(refuse_the_tunnel(b"HTTP/1.1 " + status)) as proxy,
        pytest.raises(ProxyRefusedError, match=f"the proxy {HOST}:{proxy} {reason}") as caught,
    ):
        session.exchange("POST", "https://tunnelled.test/", proxies=through(proxy))
    assert caught.value.final
    assert advice in caught.value.help


def test_a_proxy_that_finds_no_way_just_now_is_tried_again(session: Session) -> None:
    with (
        server(refuse_the_tunnel(b"HTTP/1.1 503 Busy")) as proxy,
        pytest.raises(UnreachableError, match="503") as caught,
    ):
        session.exchange("POST", "https://tunnelled.test/", proxies=through(proxy))
    assert not caught.value.final


@pytest.mark.parametrize("proxy", ["foo://127.0.0.1:1", "http://127.0.0.1:none"])
def test_a_proxy_that_cannot_be_used_is_no_unknown_outcome(session: Session, proxy: str) -> None:
    with pytest.raises(UnreachableError, match="not usable") as caught:
        session.exchange("POST", "https://tunnelled.test/", proxies={"https": proxy})
    assert "HTTPS_PROXY" in caught.value.help


def test_a_certificate_that_is_not_trusted_is_known_through_a_tunnel(
    session: Session, context: ssl.SSLContext
) -> None:
    with (
        server(say_nothing_and_close, context) as port,
        server(tunnel_to(port)) as proxy,
        pytest.raises(UnreachableError, match="not trusted") as caught,
    ):
        session.exchange("POST", f"https://another.test:{port}/", proxies=through(proxy))
    assert caught.value.final


@pytest.mark.parametrize("place", [b"http://[::1", b"\xff\xfe", b"http://x:99999999/", b"ftp://x"])
def test_a_redirect_to_no_place_is_a_refusal(session: Session, place: bytes) -> None:
    def serve(side: socket.socket) -> None:
        read_head(side)
        side.sendall(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + place + b"\r\n\r\n")

    with server(serve) as port, pytest.raises(RefusedError, match="redirects"):
        session.exchange("POST", f"http://{HOST}:{port}/")


def test_what_may_be_answered_is_borne_with_for_a_while() -> None:
    done, stop, clock = threading.Event(), CancelToken(), FastClock()
    grace = ShutdownGrace(stop, clock, 10.0)

    def check() -> None:
        clock.seconds += 1.0
        grace.check()

    with server(read_only_the_head(done)) as port, Session(check) as patient:
        stop.request()
        with pytest.raises(UnknownOutcomeError):
            patient.exchange("POST", f"http://{HOST}:{port}/")
        done.set()
    assert clock.seconds == 11.0


def answer_with(head: bytes, *parts: bytes) -> Serve:
    """Answer one request as a gateway that has lost its mind; its own end comes at last."""

    def serve(side: socket.socket) -> None:
        read_head(side)
        side.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
        for part in parts:
            side.sendall(part)

    return serve


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"", bytes(MIB)),
        (b"Transfer-Encoding: chunked\r\n", b"100000\r\n" + bytes(MIB) + b"\r\n"),
        (b"Content-Encoding: gzip\r\n", gzip.compress(bytes(8 * MIB))),
    ],
    ids=["endless", "chunked", "gzip"],
)
def test_no_more_of_an_answer_is_read_than_one_may_have(
    session: Session, head: bytes, part: bytes
) -> None:
    with server(answer_with(head, *[part] * 64)) as port:
        answer = session.exchange("GET", f"http://{HOST}:{port}/")
    assert not answer.is_whole
    assert len(answer.body) < MIB


def test_a_create_whose_answer_is_too_long_has_an_unknown_outcome() -> None:
    new = NewUpload("evercam", dt.date(2026, 1, 20), "one", 6143, "walker@example.com")
    with server(answer_with(b"", b'{"id": 1000}', *[b" " * MIB] * 64)) as port:
        there = f"http://{HOST}:{port}"
        evercam = Evercam(Addresses(there, there, f"{there}/"), Credentials(token="given"))
        with pytest.raises(UnknownOutcomeError, match="no upload id"):
            evercam.create(new)


def test_an_answer_of_common_length_leaves_its_connection_open(session: Session) -> None:
    def serve(side: socket.socket) -> None:
        for _ in range(2):
            read_head(side)
            side.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + b'{"id": 7}')

    with server(serve) as port:
        answers = [session.exchange("GET", f"http://{HOST}:{port}/").json() for _ in range(2)]
    assert answers == [{"id": 7}] * 2


@pytest.mark.parametrize(("status", "kind"), [(413, RefusedError), (200, UnknownOutcomeError)])
def test_a_refusal_is_one_also_where_its_words_are_cut_off(
    session: Session, status: int, kind: type[Exception]
) -> None:
    def serve(side: socket.socket) -> None:
        read_head(side)
        side.sendall(b"HTTP/1.1 %d Any\r\nContent-Length: 99\r\n\r\ntoo la" % status)

    with server(serve) as port, pytest.raises(kind):
        session.exchange("PATCH", f"http://{HOST}:{port}/")


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "head", "interim"],
)
def test_an_answer_that_only_drips_is_given_up(
    session: Session, monkeypatch: pytest.MonkeyPatch, start: bytes, drop: bytes
) -> None:
    monkeypatch.setattr("runner.evercam.http.connection._ANSWER_SECONDS", 0.3)
    gone = threading.Event()

    def serve(side: socket.socket) -> None:
        read_head(side)
        side.sendall(start)
        while not gone.wait(0.05):
            side.sendall(drop)

    with server(serve) as port:
        with pytest.raises(UnknownOutcomeError, match="in time"):
            session.exchange("GET", f"http://{HOST}:{port}/")
        gone.set()
