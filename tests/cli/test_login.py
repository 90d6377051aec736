"""`login` and `logout`, and where the credentials of a command come from."""

import sys
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from runner.base.errors import ExitStatus
from runner.cli.console import Console
from runner.sandbox import Sandbox
from tests.cli.conftest import Ended, Sitewalk
from tests.sites import Site, walk

NOTHING = {"EVERCAM_USERNAME": "", "EVERCAM_PASSWORD": ""}


class Memory(KeyringBackend):
    """Keeps passwords as long as it lives; may be locked."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # of keyring
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._require_unlocked()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._require_unlocked()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError(username)

    def _require_unlocked(self) -> None:
        if self.locked:
            raise KeyringLocked("the collection hunter2 is locked\nand much more")


@pytest.fixture
def memory() -> Iterator[Memory]:
    before, backend = keyring.get_keyring(), Memory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def ready(site: Site) -> Site:
    site.record("a.insv")
    return site.write(walk("one", ["a.insv"]))


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> list[str]:
    """Somebody at a terminal, who gives these answers: user, then password."""
    answers = [sandbox.username, sandbox.password]
    monkeypatch.setattr(Console, "can_ask", property(lambda _: True))
    monkeypatch.setattr(Console, "ask", lambda *_: answers.pop(0))
    monkeypatch.setattr("getpass.getpass", lambda _: answers.pop(0))
    monkeypatch.setattr(Console, "confirm", lambda *_words, **_more: True)
    return answers


def _shown(*ended: Ended) -> str:
    return "".join(one.out + one.err for one in ended)


@pytest.mark.usefixtures("ready", "person")
def test_a_login_is_tried_kept_used_and_taken_out(
    sitewalk: Sitewalk, sandbox: Sandbox, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = sitewalk("login", **NOTHING)
    assert begun.status == ExitStatus.DONE, begun.err
    assert f"logged in as {sandbox.username} at {sandbox.media_url}" in begun.err
    ((service, name),) = memory.kept
    assert (service, name) == ("sitewalk", sandbox.media_url)
    monkeypatch.setattr(Console, "can_ask", property(lambda _: False))
    online = sitewalk("plan", "manifest.yaml", "--online", **NOTHING)
    assert "accepts the credentials" in online.out + online.err
    applied = sitewalk("apply", "manifest.yaml", "--yes", **NOTHING)
    assert applied.status == ExitStatus.DONE, applied.err
    ended = sitewalk("logout", **NOTHING)
    assert "taken out of the keyring" in ended.err
    assert memory.kept == {}
    again = sitewalk("logout", **NOTHING)
    assert again.status == ExitStatus.DONE
    assert "none was kept" in again.err
    assert sandbox.password not in _shown(begun, online, applied, ended, again)


@pytest.mark.usefixtures("person")
def test_a_login_that_is_refused_is_not_kept(
    sitewalk: Sitewalk, memory: Memory, person: list[str]
) -> None:
    person[1] = "wrong"
    ended = sitewalk("login", **NOTHING)
    assert ended.status == ExitStatus.REFUSED
    assert "mind what you type" in ended.err
    assert memory.kept == {}


@pytest.mark.usefixtures("ready")
def test_the_environment_goes_before_the_keyring(sitewalk: Sitewalk, memory: Memory) -> None:
    assert sitewalk("login").status == ExitStatus.DONE
    ended = sitewalk("apply", "manifest.yaml", "--yes", EVERCAM_PASSWORD="wrong")
    assert ended.status == ExitStatus.REFUSED
    assert "check EVERCAM_USERNAME and EVERCAM_PASSWORD" in ended.out + ended.err
    other = {"EVERCAM_USERNAME": "somebody@example.com", "EVERCAM_PASSWORD": ""}
    ended = sitewalk("apply", "manifest.yaml", "--yes", **other)
    assert ended.status == ExitStatus.REFUSED
    assert "EVERCAM_USERNAME is set, but no password" in ended.err
    assert memory.kept


@pytest.mark.usefixtures("ready")
def test_a_kept_password_that_is_old_says_so(
    sitewalk: Sitewalk, sandbox: Sandbox, memory: Memory
) -> None:
    assert sitewalk("login").status == ExitStatus.DONE
    for key, text in memory.kept.items():
        memory.kept[key] = text.replace(sandbox.password, "an old one")
    ended = sitewalk("apply", "manifest.yaml", "--yes", **NOTHING)
    assert ended.status == ExitStatus.REFUSED
    assert "run `sitewalk login` again" in ended.out + ended.err
    for key in memory.kept:
        memory.kept[key] = "of another program"
    assert "sitewalk login" in sitewalk("apply", "manifest.yaml", "--yes", **NOTHING).err


@pytest.mark.usefixtures("ready", "memory", "person")
def test_apply_asks_where_nothing_is_set_and_keeps_nothing(
    sitewalk: Sitewalk, memory: Memory, person: list[str]
) -> None:
    ended = sitewalk("apply", "manifest.yaml", **NOTHING)
    assert ended.status == ExitStatus.DONE, ended.err
    assert person == []
    assert memory.kept == {}


@pytest.mark.usefixtures("ready", "memory", "person")
def test_who_said_yes_is_not_asked(sitewalk: Sitewalk, person: list[str]) -> None:
    ended = sitewalk("apply", "manifest.yaml", "--yes", **NOTHING)
    assert ended.status == ExitStatus.REFUSED
    assert "or `sitewalk login`" in ended.err
    assert len(person) == 2


@pytest.mark.usefixtures("memory")
def test_nobody_there_has_to_set_them(sitewalk: Sitewalk) -> None:
    ended = sitewalk("login", **NOTHING)
    assert ended.status == ExitStatus.USAGE
    assert "EVERCAM_PASSWORD_FILE" in ended.err


@pytest.mark.usefixtures("ready")
def test_a_machine_without_a_keyring_says_so(sitewalk: Sitewalk) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call] # of keyring
    try:
        ended = sitewalk("login")
        applied = sitewalk("apply", "manifest.yaml", "--yes", **NOTHING)
    finally:
        keyring.set_keyring(before)
    assert ended.status == ExitStatus.USAGE
    assert "this machine has no keyring that can be used" in ended.err
    assert "EVERCAM_PASSWORD_FILE" in ended.err
    assert "there are no credentials to log in with" in applied.err


@pytest.mark.usefixtures("ready")
def test_a_keyring_that_is_locked_says_so(sitewalk: Sitewalk, memory: Memory) -> None:
    memory.locked = True
    for words in (("login",), ("logout",)):
        ended = sitewalk(*words)
        assert ended.status == ExitStatus.USAGE
        assert "the keyring of this system (KeyringLocked)" in ended.err
        assert "hunter2" not in ended.err
    ended = sitewalk("apply", "manifest.yaml", "--yes", **NOTHING)
    assert "cannot read the keyring" in ended.err


@pytest.mark.usefixtures("ready")
def test_without_the_extra_it_says_how_to_get_it(
    sitewalk: Sitewalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    for name in ("login", "logout"):
        ended = sitewalk(name)
        assert ended.status == ExitStatus.USAGE
        assert "[keyring]" in ended.err
    ended = sitewalk("apply", "manifest.yaml", "--yes", **NOTHING)
    assert "there are no credentials to log in with" in ended.err


@pytest.mark.usefixtures("person")
def test_a_keyring_that_keeps_nothing_is_no_place_for_a_login(sitewalk: Sitewalk) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(NullKeyring())  # type: ignore[no-untyped-call] # of keyring
    try:
        ended = sitewalk("login", **NOTHING)
    finally:
        keyring.set_keyring(before)
    assert ended.status == ExitStatus.USAGE
    assert "keeps nothing" in ended.err


@pytest.mark.usefixtures("memory", "person")
def test_config_shows_a_login_from_the_keyring_without_its_password(
    sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    assert sitewalk("login", **NOTHING).status == ExitStatus.DONE
    shown = sitewalk("config", **NOTHING).out
    assert f"{sandbox.username} " in shown
    assert shown.count("the system's keyring") == 2
    assert sandbox.password not in shown.replace(sandbox.username, "").split()


def test_config_shows_the_rest_beside_a_locked_keyring(sitewalk: Sitewalk, memory: Memory) -> None:
    memory.locked = True
    ended = sitewalk("config", **NOTHING)
    assert ended.status == ExitStatus.DONE
    assert "keyring" not in ended.out
