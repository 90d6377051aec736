"""A laptop that is closed while a request is out: what arrived meanwhile is read, however late."""

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runner.base.errors import ExitStatus
from runner.sandbox import Sandbox
from runner.sandbox.faults import Fault
from tests.crash.walker import Walker
from tests.sites import Site, walk
from tests.waiting import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ASLEEP = 5.0
"""Seconds, more than twice what the process waits for an answer."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows suspends in another way"),
]


@pytest.mark.parametrize("step", ["create", "tus_create", "finish"])
def test_an_answer_that_came_while_it_slept_counts(
    step: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    site = Site(tmp_path / "site").write(walk("one", ["a.insv"]))
    site.record("a.insv")
    walker = Walker(site, sandbox)
    sandbox.inject(Fault.parse(f"{step}:delay-after+1"))
    words = ("apply", "manifest.yaml", "--yes")
    with walker.begin(*words, module="tests.crash.impatient") as process:
        until(lambda: _has_acted(sandbox, step) or process.poll() is not None)
        process.send_signal(signal.SIGSTOP)
        woken = time.monotonic() + ASLEEP
        until(lambda: time.monotonic() > woken)
        process.send_signal(signal.SIGCONT)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == ExitStatus.DONE, err
    assert len(sandbox.objects()) == 1
    assert sum(one.step == step for one in sandbox.requests()) == 1


def _has_acted(sandbox: Sandbox, step: str) -> bool:
    """Whether the work of the step is done, and its answer waits."""
    signs: Mapping[str, Callable[[], bool]] = {
        "create": lambda: bool(sandbox.objects()),
        "tus_create": lambda: bool(sandbox.recordings()),
        "finish": lambda: any(upload.finish for upload in sandbox.objects()),
    }
    return signs[step]()
