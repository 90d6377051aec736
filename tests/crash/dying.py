"""sitewalk as it is, except that it dies where SITEWALK_DIE says; only the tests have this build.

`before:creating` kills the process just before that event is written, `after:creating` just after
it is durable, `bytes:700000` when that many bytes of recordings were handed to the network.
"""

import os
import sys
from collections.abc import Callable
from typing import BinaryIO

from runner.ledger.events import Event
from runner.ledger.store import Ledger
from runner.upload.recording.chunking import Body

DIED = 86
"""An exit status that nothing else uses."""


def _die() -> None:
    sys.stderr.flush()
    os._exit(DIED)


def _arm_events(when: str, kind: str) -> None:
    append = Ledger.append

    def dying(self: Ledger, *events: Event) -> None:
        is_time = kind in {event.kind for event in events}
        if when == "before" and is_time:
            _die()
        append(self, *events)
        if when == "after" and is_time:
            _die()

    Ledger.append = dying  # type: ignore[method-assign] # this is what the build is for


def _arm_bytes(limit: int) -> None:
    begin = Body.__init__
    sent = 0

    def dying(
        self: Body,
        file: BinaryIO,
        length: int,
        before_block: Callable[[memoryview], None],
        after_block: Callable[[int], None],
    ) -> None:
        def count(size: int) -> None:
            nonlocal sent
            sent += size
            if sent >= limit:
                _die()
            after_block(size)

        begin(self, file, length, before_block, count)

    Body.__init__ = dying  # type: ignore[method-assign] # as above


def arm(where: str) -> None:
    """Set the place to die at."""
    when, _, what = where.partition(":")
    if when == "bytes":
        _arm_bytes(int(what))
    else:
        _arm_events(when, what)
