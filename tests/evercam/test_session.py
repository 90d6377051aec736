"""What an answer, or the lack of one, means."""

import http.client
import os
import socket
import ssl
from pathlib import Path

import pytest
import requests
import trustme
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError, ProtocolError, SSLError

from runner.evercam.http.errors import (
    RefusedError,
    UnknownOutcomeError,
    UnreachableError,
    explain_status,
)
from runner.evercam.http.failures import explain_exception, unusable_certificates
from runner.evercam.http.session import Session

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
        ({"Retry-After": "9" * 400}, 1e9),
        ({"Retry-After": "Tue, 20 Jan 2026 10:02:00 +99999999", "Date": DATE}, None),
        ({"Retry-After": "Tue, 20 Jan 99999999 10:02:00 GMT", "Date": DATE}, None),
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


@pytest.fixture(params=["missing", "unreadable", "empty", "DER", "text"])
def bad_bundle(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    if request.param == "unreadable":
        path.write_bytes(trustme.CA().cert_pem.bytes())
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("this user may read everything")
    if request.param == "DER":
        path.write_bytes(ssl.PEM_cert_to_DER_cert(trustme.CA().cert_pem.bytes().decode("ascii")))
    if request.param in {"empty", "text"}:
        path.write_text("hello\n" * (request.param == "text"), encoding="utf-8")
    return path


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_that_cannot_be_used_are_named(bad_bundle: Path, variable: str) -> None:
    problem = unusable_certificates({variable: str(bad_bundle)})
    assert problem is not None
    assert f"{variable} names {bad_bundle}" in str(problem)
    assert variable in problem.help


def test_certificates_that_can_be_used_are_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(trustme.CA().cert_pem.bytes())
    assert unusable_certificates({"REQUESTS_CA_BUNDLE": str(path)}) is None
    assert unusable_certificates({"REQUESTS_CA_BUNDLE": str(tmp_path)}) is None
    assert unusable_certificates({}) is None


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_that_went_missing_in_mid_run_are_told_and_final(
    bad_bundle: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(bad_bundle))
    with socket.create_server(("127.0.0.1", 0)) as listener, Session() as session:
        port = listener.getsockname()[1]
        with pytest.raises(UnreachableError, match=f"{variable} names") as caught:
            session.exchange("POST", f"https://127.0.0.1:{port}/")
    assert caught.value.final


@pytest.mark.parametrize("error", [OSError("odd"), ssl.SSLError("odd"), ValueError("odd")])
def test_whatever_fails_before_a_connection_is_open_never_left(error: Exception) -> None:
    assert isinstance(explain_exception(error, has_left=False), UnreachableError)
    assert isinstance(explain_exception(error, has_left=True), UnknownOutcomeError)
