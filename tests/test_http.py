"""What an answer, or the lack of one, means."""

import http.client
import socket
import ssl

import pytest
import requests
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError, ProtocolError, SSLError

from runner.http import (
    RefusedError,
    Session,
    UnknownOutcomeError,
    UnreachableError,
    explain_exception,
    explain_status,
)

DATE = "Tue, 20 Jan 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": "Tue, 20 Jan 2026 10:02:00 GMT", "Date": DATE}, 120.0),
        ({"Retry-After": "Tue, 20 Jan 2026 09:00:00 GMT", "Date": DATE}, 0.0),
        ({"Retry-After": "Tue, 20 Jan 2026 10:02:00 GMT"}, None),
        ({"Retry-After": "soon", "Date": DATE}, None),
        ({"Retry-After": "-5", "Date": DATE}, None),
    ],
)
def test_a_server_may_ask_for_a_wait(headers: dict[str, str], seconds: float | None) -> None:
    for status, kind in ((429, RefusedError), (503, UnknownOutcomeError)):
        failure = explain_status(status, headers, "")
        assert isinstance(failure, (RefusedError, UnknownOutcomeError))
        assert (type(failure), failure.retry_after) == (kind, seconds)


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("self-signed certificate in certificate chain", "REQUESTS_CA_BUNDLE"),
        ("certificate has expired", "clock"),
        ("certificate is not yet valid", "clock"),
    ],
)
def test_a_certificate_that_is_not_trusted_comes_with_advice(words: str, advice: str) -> None:
    text = f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {words} (_ssl.c:1006)"
    cause = SSLError(ssl.SSLCertVerificationError(1, text))
    failure = explain_exception(requests.exceptions.SSLError(cause))
    assert isinstance(failure, UnreachableError)
    assert failure.final
    assert words in str(failure)
    assert advice in failure.help


def test_a_name_that_leads_nowhere_is_told() -> None:
    cause = NameResolutionError(
        "media.example", HTTPConnection("media.example"), socket.gaierror("no")
    )
    failure = explain_exception(
        requests.ConnectionError(MaxRetryError(HTTPConnectionPool("media.example"), "/", cause)),
        "https://media.example (EVERCAM_MEDIA_URL)",
    )
    assert "https://media.example (EVERCAM_MEDIA_URL): its name" in str(failure)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ConnectionResetError(104, "Connection reset by peer"), "it was reset"),
        (ConnectionAbortedError(10053, "aborted by your host"), "this machine gave it up"),
        (TimeoutError("no byte moved in time"), "no byte moved in time"),
        (http.client.BadStatusLine("\x16\x03"), "what came back is no HTTP answer"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_connection_that_breaks_is_told_in_words(cause: Exception, words: str) -> None:
    wrapped = requests.ConnectionError(ProtocolError("Connection aborted.", cause))
    assert str(explain_exception(wrapped)) == f"the connection broke: {words}"


def test_a_connection_that_fails_is_told_without_our_own_names() -> None:
    with (
        Session() as session,
        pytest.raises(
            UnreachableError,
            match=r"^cannot reach http://127.0.0.1:1 \(EVERCAM_TUS_URL\): .*refus",
        ),
    ):
        session.exchange("GET", "http://127.0.0.1:1/files/secret", setting="EVERCAM_TUS_URL")
