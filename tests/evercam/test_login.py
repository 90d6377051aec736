import threading
import time

import pytest

from runner.base.errors import CredentialsError
from runner.evercam.addresses import Credentials
from runner.evercam.login import Tokens


class Logins:
    """A login that hands out token-1, token-2 and so on, slowly enough to be overtaken."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, username: str, password: str) -> str:
        assert (username, password) == ("walker", "secret")
        time.sleep(0.01)
        self.count += 1
        return f"token-{self.count}"


def test_all_jobs_share_one_login() -> None:
    logins = Logins()
    tokens = Tokens(Credentials("walker", "secret"), logins)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(tokens.current())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["token-1"] * 8
    assert logins.count == 1


def test_all_jobs_share_the_login_after_a_refused_token() -> None:
    logins = Logins()
    tokens = Tokens(Credentials("walker", "secret"), logins)
    old = tokens.current()
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(tokens.renewed(old))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["token-2"] * 8
    assert logins.count == 2


def test_a_token_that_was_handed_in_is_used_without_a_login() -> None:
    tokens = Tokens(Credentials(token="given"), Logins())
    assert tokens.current() == "given"
    with pytest.raises(CredentialsError, match="EVERCAM_TOKEN"):
        tokens.renewed("given")


def test_a_refused_token_falls_back_to_the_login() -> None:
    tokens = Tokens(Credentials("walker", "secret", "given"), Logins())
    assert tokens.renewed(tokens.current()) == "token-1"
