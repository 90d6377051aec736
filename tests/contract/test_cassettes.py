"""No cassette holds a secret, the sandbox's address, or a header nobody asked for."""

import base64
import re
from pathlib import Path

import pytest

from tests.contract.conftest import CASSETTES, PASSWORD

FILES = sorted(CASSETTES.rglob("*.yaml"))


def test_there_are_cassettes() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_cassette_holds_no_secret(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    secrets = {PASSWORD, base64.b64encode(PASSWORD.encode()).decode()}
    assert not [secret for secret in secrets if secret in text]
    tokens = re.findall(r"Bearer (\S+)", text) + re.findall(r'"token": ?"([^"]+)"', text)
    assert all(re.fullmatch(r"token-\d", token) for token in tokens)
    assert all(re.fullmatch(r"file-\d", id_) for id_ in re.findall(r"/files/([\w-]+)", text))
    assert "127.0.0.1" not in text
    assert not re.search(r"(?i)cookie|x-request-id|server:", text)
