"""`apply --wait`: it says for whom it waits, and then does its work."""

import threading

import pytest

from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus
from runner.cli.console import Console
from runner.ledger.lock import hold_lock
from tests.cli.conftest import Sitewalk
from tests.contract.running import HOLDER
from tests.sites import Site, walk


def test_waiting_says_for_whom(
    sitewalk: Sitewalk, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    held, heard = threading.Event(), threading.Event()
    say = Console.say

    def listening(console: Console, text: str) -> None:
        say(console, text)
        if text.startswith("waiting"):
            heard.set()

    ledger = site.folder / ".sitewalk" / "ledger.db"

    def another_run() -> None:
        with hold_lock(ledger, lambda: HOLDER, CancelToken()):
            held.set()
            heard.wait(timeout=60)

    monkeypatch.setattr(Console, "say", listening)
    other = threading.Thread(target=another_run)
    other.start()
    held.wait(timeout=60)
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--wait")
    other.join()
    assert ended.status == ExitStatus.DONE
    assert f"waiting: another run holds the ledger {ledger}: {HOLDER}" in ended.err
