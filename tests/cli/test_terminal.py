"""Bars in a real terminal (tmux): through an outage, a resize and a Ctrl-C, at three widths."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runner.sandbox import Fault, Sandbox
from tests.sites import Site, walk
from tests.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here"),
]

_BAR = re.compile(r"━|^all |\b\d+% |waiting \d+ s for|nothing moves|starting$")
_NAME = "DCIM/Camera01/VID_20260120_101500_00_00{}.insv"


@dataclass(frozen=True, slots=True)
class Tmux:
    """A terminal of its own, on a server of its own."""

    socket: Path

    def __call__(self, *words: str) -> str:
        """Run a command of tmux."""
        command = ["tmux", "-S", str(self.socket), "-f", os.devnull, *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def screen(self) -> list[str]:
        """All lines, also those that scrolled away, as they stand."""
        lines = self("capture-pane", "-p", "-S", "-500").splitlines()
        return [line.rstrip() for line in lines if line.strip()]


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """A terminal that ends with the test."""
    terminal = Tmux(tmp_path / "tmux")
    yield terminal
    terminal("kill-server")


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_bars_survive_an_outage_a_resize_and_a_ctrl_c(
    tmp_path: Path, sandbox: Sandbox, tmux: Tmux, columns: int
) -> None:
    names = [_NAME.format(number) for number in (1, 2, 3)]
    walks = [walk(f"level-{number}", [name]) for number, name in enumerate(names)]
    site = Site(tmp_path / "site").write(*walks)
    for name in names:
        site.record(name, 3_000_000)
    sandbox.inject(*(Fault.parse("patch:drop-before") for _ in names))
    environment = {
        "EVERCAM_MEDIA_URL": sandbox.media_url,
        "EVERCAM_INGEST_URL": sandbox.ingest_url,
        "EVERCAM_TUS_URL": sandbox.tus_url,
        "EVERCAM_USERNAME": sandbox.username,
        "EVERCAM_PASSWORD": sandbox.password,
    }
    words = ["apply", "manifest.yaml", "--yes", "--new-ledger", "--limit-rate", "300k"]
    command = shlex.join([sys.executable, "-m", "runner", *words])
    settings = [word for pair in environment.items() for word in ("-e", "=".join(pair))]
    size = ["-x", str(columns), "-y", "40"]
    tmux("new-session", "-d", "-s", "site", *size, *settings, "-c", str(site.folder), "sh")
    tmux("send-keys", "-t", "site", f"PS1='$ '; clear; {command}; echo status $?", "Enter")
    until(lambda: any("for the network" in line for line in tmux.screen()))
    until(lambda: sum(bool(re.search(r"/s, ", line)) for line in tmux.screen()) == len(names) + 1)
    narrower = columns - 20
    tmux("resize-window", "-t", "site", "-x", str(narrower), "-y", "40")
    until(lambda: max(map(len, _bars(tmux.screen()))) < narrower)
    tmux("send-keys", "-t", "site", "C-c", "")
    until(lambda: any(line.startswith("status ") for line in tmux.screen()))
    screen = tmux.screen()
    assert "status 130" in screen
    assert not _bars(screen), "no dead bars"
    text = "".join(screen)
    assert text.count("the network") + text.count("trying again in") == 1, "one line an outage"
    assert text.count("stopping:") == 1
    for number in range(len(names)):
        assert any(line.startswith(f"level-{number}  created") for line in screen)


def _bars(screen: list[str]) -> list[str]:
    return [line for line in screen if _BAR.search(line)]
