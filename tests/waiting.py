"""Own the waiting of tests: for what is true, never for how long that takes on some machine."""

import time
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds after which something counts as never happening; a slow machine needs a part of them."""


def until(condition: Callable[[], object]) -> None:
    """Wait for what another thread or process is about to bring about.

    Raises AssertionError when it does not.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE:.0f} s"
        time.sleep(0.005)
