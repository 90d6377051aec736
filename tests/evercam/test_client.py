"""What the cassettes cannot show: where the token goes, and what is never followed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from runner.errors import CredentialsError
from runner.evercam.addresses import Addresses
from runner.evercam.client import Evercam, LoginFailedError, NewUpload
from runner.evercam.credentials import Credentials
from runner.http import RefusedError, UnknownOutcomeError, UnreachableError
from runner.sandbox import Fault, Sandbox
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
    ("credentials", "said", "way_out"),
    [
        (Credentials(username="user"), "no password", "EVERCAM_PASSWORD_FILE"),
        (Credentials(password="secret"), "EVERCAM_USERNAME is not set", "EVERCAM_USERNAME"),
        (Credentials(), "no credentials", "EVERCAM_TOKEN"),
    ],
)
def test_what_is_missing_to_log_in_is_said(
    sandbox: Sandbox, credentials: Credentials, said: str, way_out: str
) -> None:
    with pytest.raises(CredentialsError, match=said) as caught:
        Evercam(settings_for(sandbox).addresses, credentials).create(NEW)
    assert way_out in caught.value.help


def test_a_netrc_file_cannot_replace_the_token(
    evercam: Evercam, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password netrc\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert evercam.create(NEW) == 1000
    assert sandbox.requests()[-1].headers["authorization"].startswith("Bearer")
