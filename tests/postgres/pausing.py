"""sitewalk as it is, except that it stands still where SITEWALK_PAUSE says; only tests have it.

`before:creating` stops the process just before that event is written, `after:creating` just after
it is durable. Claims last two seconds, or SITEWALK_TTL; another's is waited for for twenty, or
SITEWALK_WAIT. An intent is too old to be sent after one, and old enough for a retry at once.
SITEWALK_RUN names the run, as one of several workers has it. A statement has SITEWALK_ATTEMPT
seconds, where that is set.
"""

import os
import signal
import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import runner.cli.apply
import runner.flow.program
import runner.ledger.postgresql
import runner.ledger.resolve
import runner.upload.intent
from runner.__main__ import main
from runner.ledger.claims import Timing
from runner.ledger.events import Event
from runner.ledger.postgresql import Patience
from runner.ledger.store import Ledger


def _arm(when: str, kind: str) -> None:
    append = Ledger.append
    is_over = False

    def pausing(self: Ledger, *events: Event) -> None:
        nonlocal is_over
        is_time = not is_over and kind in {event.kind for event in events}
        is_over = is_over or is_time
        if when == "before" and is_time:
            _stand_still()
        append(self, *events)
        if when == "after" and is_time:
            _stand_still()

    Ledger.append = pausing  # type: ignore[method-assign] # this is what the build is for


def _stand_still() -> None:
    sys.stderr.flush()
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(0.5)  # the signal may reach another thread first, and this one must not go on


def stands_still(pid: int) -> bool:
    """Whether a process was stopped, and not woken."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return stat.rpartition(")")[2].split()[0] == "T"


def arm() -> None:
    """Become that build, as the environment says."""
    ttl = float(os.environ.get("SITEWALK_TTL", "2"))
    wait = float(os.environ.get("SITEWALK_WAIT", "20"))
    vars(runner.cli.apply)["Timing"] = partial(Timing, ttl=ttl, beat=0.5, wait=wait, look=0.2)
    runner.ledger.resolve._YOUNGEST = 0.0
    runner.upload.intent.LONGEST_INTENT = 1.0
    if "SITEWALK_ATTEMPT" in os.environ:
        attempt = float(os.environ["SITEWALK_ATTEMPT"])
        runner.ledger.postgresql.Patience = partial(Patience, attempt=attempt)  # type: ignore[misc,assignment] # the same values, but for one
    if "SITEWALK_RUN" in os.environ:
        run = os.environ["SITEWALK_RUN"]
        vars(runner.flow.program)["secrets"] = SimpleNamespace(token_hex=lambda _bytes: run)
    if "SITEWALK_PAUSE" in os.environ:
        when, _, kind = os.environ["SITEWALK_PAUSE"].partition(":")
        _arm(when, kind)


if __name__ == "__main__":
    arm()
    main()
