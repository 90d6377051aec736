"""What tests stand on: a sandbox, a bare environment, real recordings where there are any."""

import datetime as dt
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from runner.base.clock import SystemClock
from runner.sandbox import Sandbox

_OURS = ("EVERCAM_", "SITEWALK_")
_SAMPLES = os.environ.get("SITEWALK_SAMPLES")
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
_FOREIGN = (*_CERTIFICATES, "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")

# A busy machine makes no property false, and each run tries the same examples, so that what turns
# red is what was changed. `pytest --hypothesis-profile=search` looks for new ones.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("search"), derandomize=True, database=None)
# The inner loop tries fewer of them (`make quick`).
settings.register_profile("quick", settings.get_profile("same"), max_examples=15)
settings.load_profile("same")

_NOON = dt.datetime(2026, 1, 21, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="session", autouse=True)
def no_signal_is_ignored_by_children() -> None:
    """What a shell ignores for a suite in its background, tests send to the processes they start.

    These inherit what is ignored, but no handler: one that does nothing lets the suite go on.
    """
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings, proxies or home folder of the machine the tests happen to run on."""
    for name in list(os.environ):
        if name.startswith(_OURS) or name.upper() in _FOREIGN:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "no-such-home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "no-such-home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(autouse=True)
def day_after_the_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's clock runs from noon on: no test depends on the day or hour it is run."""
    offset = _NOON - dt.datetime.now(dt.UTC)
    monkeypatch.setattr(SystemClock, "now", lambda _: dt.datetime.now(dt.UTC) + offset)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A stand-in for Evercam with nothing in it yet."""
    with Sandbox.start(tmp_path / "sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def samples() -> Path:
    """The folder of real recordings, too large and too private to live in the project.

    `SITEWALK_SAMPLES` may name one; without any, the test is skipped.
    """
    beside = Path(__file__).parents[2] / "shared" / "samples"
    folder = Path(_SAMPLES or beside)
    if not folder.is_dir():
        pytest.skip("no real recordings here: SITEWALK_SAMPLES may name a folder of them")
    return folder
