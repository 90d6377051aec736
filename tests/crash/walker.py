"""A person at a terminal, who runs sitewalk as a process in a site's folder."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from runner.sandbox import Sandbox
from tests.sites import Site

LONGEST = 300.0
"""Seconds after which a command counts as hanging."""

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Walker:
    """Someone with a site and an account at a sandbox."""

    site: Site
    sandbox: Sandbox
    settings: dict[str, str] = field(default_factory=dict)

    def environment(self, **variables: str) -> dict[str, str]:
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
            **variables,
        }

    def begin(
        self, *arguments: str, module: str = "runner", **variables: str
    ) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return self._start([module, *arguments], subprocess.PIPE, variables)

    def begin_at(self, terminal: int, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command that writes to a terminal, given by its descriptor."""
        return self._start(["runner", *arguments], terminal, {"TERM": "xterm", **variables})

    def _start(
        self, arguments: list[str], output: int, variables: dict[str, str]
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=self.site.folder,
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
        )

    def run(self, *arguments: str, module: str = "runner", **variables: str) -> tuple[int, str]:
        """Run a command to its end; returns its status and what it wrote to stderr."""
        with self.begin(*arguments, module=module, **variables) as process:
            _, err = process.communicate(timeout=LONGEST)
        return process.returncode, err
