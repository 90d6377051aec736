"""What the cassettes cannot show: where the token goes, and what is never followed."""

import socket
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from runner.base.errors import CredentialsError
from runner.evercam.addresses import Addresses, Credentials
from runner.evercam.client import Evercam, LoginFailedError, NewUpload, NotUnderstoodError
from runner.evercam.http.errors import RefusedError, UnknownOutcomeError, UnreachableError
from runner.evercam.http.session import Answer, Session
from runner.sandbox import Fault, Sandbox
from tests.evercam.test_connection import read_head, server
from tests.sites import settings_for

NEW = NewUpload("evercam", date(2026, 1, 20), "one", 6143, "walker@example.com")


@pytest.fixture
def evercam(sandbox: Sandbox) -> Evercam:
    settings = settings_for(sandbox)
    return Evercam(settings.addresses, settings.credentials)


@pytest.mark.parametrize(
    "fault",
    [
        "create:drop-before",
        "create:drop-after",
        "create:garbage",
        "create:status=500",
        "create:status=502",
        "create:status=408",
        "create:status-after=504",
    ],
)
def test_what_nobody_can_know_is_an_unknown_outcome(
    evercam: Evercam, sandbox: Sandbox, fault: str
) -> None:
    sandbox.inject(Fault.parse(fault))
    with pytest.raises(UnknownOutcomeError):
        evercam.create(NEW)


@pytest.mark.parametrize("fault", ["create:status=400", "create:status=429+7", "create:redirect"])
def test_a_no_is_a_known_outcome(evercam: Evercam, sandbox: Sandbox, fault: str) -> None:
    sandbox.inject(Fault.parse(fault))
    with pytest.raises(RefusedError):
        evercam.create(NEW)
    assert not sandbox.objects()


class Says(Session):
    """A session whose server answers everything with one body."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body

    def exchange(self, *_: Any, **__: Any) -> Answer:
        return Answer(201, {}, self.body)


def _create(body: bytes) -> int:
    return Evercam(Addresses(), Credentials(token="given-token"), lambda: Says(body)).create(NEW)


@pytest.mark.parametrize(("body", "id_"), [(b'{"id": 7}', 7), (b'{"id": "1000"}', 1000)])
def test_an_id_may_be_written_as_a_number_or_as_digits(body: bytes, id_: int) -> None:
    assert _create(body) == id_


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 0}',
        b'{"id": -5}',
        b'{"id": true}',
        b'{"id": %s}' % (b"9" * 4000),
        b'{"id": "%s"}' % (b"9" * 4000),
        b'{"id": 1.5}',
        b'{"data": {"id": 1000}}',
        b'{"id": "6b1f7a9e-0d7c-4a8e-9f1f-1de5b4cbb1d2"}',
        b"[1000]",
        b"<html>Please log in",
        b"",
        b"[" * 60000,
    ],
)
def test_a_yes_without_an_id_is_unknown_and_quoted(body: bytes) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        _create(body + b" given-token")
    assert body[:7].decode().removeprefix("<html>") in str(caught.value)
    assert "given-token" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_an_id_that_is_no_number_is_quoted_whole() -> None:
    with pytest.raises(NotUnderstoodError, match="6b1f7a9e-0d7c-4a8e-9f1f-1de5b4cbb1d2"):
        _create(b'{"id": "6b1f7a9e-0d7c-4a8e-9f1f-1de5b4cbb1d2"}')


def test_the_answer_to_a_login_is_not_quoted() -> None:
    def echo(side: socket.socket) -> None:
        body = read_head(side)
        side.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    with server(echo) as port:
        there = f"http://127.0.0.1:{port}"
        evercam = Evercam(Addresses(there, there, there), Credentials("user", "pass\u00ed"))
        with pytest.raises(LoginFailedError, match=r"answered 500$"):
            evercam.log_in()


def test_a_redirect_is_explained_and_never_followed(evercam: Evercam, sandbox: Sandbox) -> None:
    evercam.log_in()
    sandbox.inject(Fault("create", "redirect"))
    before = len(sandbox.requests())
    with pytest.raises(RefusedError, match="redirects") as caught:
        evercam.create(NEW)
    assert "check the configured address" in caught.value.help
    assert len(sandbox.requests()) == before + 1


def test_a_connection_that_never_opened_is_no_unknown_outcome() -> None:
    closed = Addresses("http://127.0.0.1:9", "http://127.0.0.1:9", "http://127.0.0.1:9/files/")
    with pytest.raises(UnreachableError, match=r"127.0.0.1:9 \(EVERCAM_INGEST_URL\): .*refused"):
        Evercam(closed, Credentials(token="given")).create(NEW)


def test_a_login_that_cannot_be_tried_names_its_own_address(sandbox: Sandbox) -> None:
    addresses = replace(settings_for(sandbox).addresses, media="http://127.0.0.1:9")
    with pytest.raises(LoginFailedError, match=r"127.0.0.1:9 \(EVERCAM_MEDIA_URL\): .*refused"):
        Evercam(addresses, Credentials("user", "password")).create(NEW)


@pytest.mark.parametrize(
    ("fault", "after", "final"),
    [
        ("login:status=429+7", 7.0, False),
        ("login:status=503+7", 7.0, False),
        ("login:garbage", None, False),
        ("login:redirect", None, True),
        ("login:status=405", None, True),
    ],
)
def test_a_login_that_fails_is_no_answer_to_the_request_that_needs_it(
    evercam: Evercam, sandbox: Sandbox, fault: str, after: float | None, *, final: bool
) -> None:
    sandbox.inject(Fault.parse(fault))
    with pytest.raises(LoginFailedError, match="the login failed") as caught:
        evercam.create(NEW)
    assert (caught.value.retry_after, caught.value.final) == (after, final)


@pytest.mark.parametrize(
    ("credentials", "message", "advice"),
    [
        (Credentials(username="user"), "no password", "EVERCAM_PASSWORD_FILE"),
        (Credentials(password="secret"), "EVERCAM_USERNAME is not set", "EVERCAM_USERNAME"),
        (Credentials(), "no credentials", "EVERCAM_TOKEN"),
    ],
)
def test_what_is_missing_to_log_in_is_said(
    sandbox: Sandbox, credentials: Credentials, message: str, advice: str
) -> None:
    with pytest.raises(CredentialsError, match=message) as caught:
        Evercam(settings_for(sandbox).addresses, credentials).create(NEW)
    assert advice in caught.value.help


def test_a_netrc_file_cannot_replace_the_token(
    evercam: Evercam, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password netrc\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert evercam.create(NEW) == 1000
    assert sandbox.requests()[-1].headers["authorization"].startswith("Bearer")
