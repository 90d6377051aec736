"""Own a person at a terminal: runs sitewalk as a process in a site's folder."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from runner.sandbox import Sandbox
from tests.sites import Site, begin_ledger

LONGEST = 300.0
"""Seconds after which a command counts as hanging."""

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Walker:
    """Someone with a site, whose ledger is begun, and an account at a sandbox."""

    site: Site
    sandbox: Sandbox
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin the ledger where there is none."""
        self.site.folder.mkdir(parents=True, exist_ok=True)
        begin_ledger(self.site)

    def environment(self, **told: str) -> dict[str, str]:
        """The environment of their commands."""
        return {
            **os.environ,
            "EVERCAM_MEDIA_URL": self.sandbox.media_url,
            "EVERCAM_INGEST_URL": self.sandbox.ingest_url,
            "EVERCAM_TUS_URL": self.sandbox.tus_url,
            "EVERCAM_USERNAME": self.sandbox.username,
            "EVERCAM_PASSWORD": self.sandbox.password,
            "PYTHONPATH": str(REPOSITORY),
            **self.settings,
            **told,
        }

    def begin(self, *words: str, module: str = "runner", **told: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return self._start([module, *words], subprocess.PIPE, told)

    def begin_at(self, terminal: int, *words: str, **told: str) -> subprocess.Popen[str]:
        """Start a command that writes to a terminal, given by its descriptor."""
        return self._start(["runner", *words], terminal, {"TERM": "xterm", **told})

    def _start(self, words: list[str], output: int, told: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=self.site.folder,
            env=self.environment(**told),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
        )

    def run(self, *words: str, module: str = "runner", **told: str) -> tuple[int, str]:
        """Run a command to its end; returns its status and what it wrote to stderr."""
        with self.begin(*words, module=module, **told) as process:
            _, err = process.communicate(timeout=LONGEST)
        return process.returncode, err
