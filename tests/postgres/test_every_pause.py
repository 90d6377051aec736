"""A real process dies or stands still at every event, another goes on, a person decides or not."""

import itertools
import os
import signal
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Kind
from runner.sandbox import Sandbox
from tests.crash.campaign import assert_done_once, finish, held_walkthroughs, make_site
from tests.crash.walker import Walker
from tests.crash.warm import begin_warm, end_of, run_warm
from tests.postgres.pausing import stands_still
from tests.postgres.server import Server
from tests.waiting import until

APPLY = ("apply", "manifest.yaml", "--yes", "--progress", "none")
BOUNDARIES = [
    f"{when}:{kind}"
    for kind in (
        Kind.RUN_STARTED,
        Kind.CLAIMED,
        Kind.CREATING,
        Kind.CREATED,
        Kind.TUS_CREATING,
        Kind.TUS_CREATED,
        Kind.UPLOADED,
        Kind.FINISHING,
        Kind.FINISHED,
        Kind.RUN_ENDED,
    )
    for when in ("before", "after")
]
IN_DOUBT = {f"after:{Kind.CREATING}", f"before:{Kind.CREATED}"}
ENDS = (signal.SIGKILL, signal.SIGCONT)
"""It dies there, or stands still there until its lease is over and others went on."""

CASES = [
    (boundary, end, decision)
    for boundary, end, decision in itertools.product(BOUNDARIES, ENDS, ("nobody", "adopt", "retry"))
    if (boundary, decision) != (f"after:{Kind.CREATING}", "adopt")  # there is nothing to adopt
]
if os.environ.get("SITEWALK_EVERY_PAUSE") != "1":  # as `make every-pause` says it; else a few
    CASES = [case for case in CASES if case[0] in IN_DOUBT] + [
        case for case in CASES if case[0] not in IN_DOUBT and case[2] == "nobody"
    ][1::9]

SIZE = 200_000


@pytest.fixture
def machines(tmp_path: Path, sandbox: Sandbox, address: LedgerAddress) -> list[Walker]:
    told = {"SITEWALK_LEDGER": address.text, "SITEWALK_TTL": "2", "SITEWALK_WAIT": "8"}
    return [Walker(make_site(tmp_path / name, 1, SIZE), sandbox, told) for name in ("a", "b")]


@pytest.mark.parametrize(("boundary", "end", "decision"), CASES)
def test_whoever_goes_on_it_is_there_once(
    machines: list[Walker], server: Server, boundary: str, end: signal.Signals, decision: str
) -> None:
    first, other = machines
    sandbox, ledger = first.sandbox, first.settings["SITEWALK_LEDGER"]
    process = begin_warm(first, *APPLY, SITEWALK_PAUSE=boundary)
    until(lambda: stands_still(process.pid or 0))
    if end is signal.SIGKILL:
        process.kill()
        process.join()
    alive = "SELECT 1 FROM claims WHERE until >= clock_timestamp()"
    until(lambda: not server.ask(ledger.rpartition("/")[2], alive))

    is_held = boundary in IN_DOUBT
    assert held_walkthroughs(other) == (["walk-0"] if is_held else [])
    is_decided = _decide(other, decision)
    assert is_decided == (is_held and decision != "nobody")
    ended = run_warm(other, *APPLY)
    is_left = is_held and not is_decided
    assert ended.status == (ExitStatus.DECISION if is_left else ExitStatus.DONE), ended
    # Nobody keeps a person from saying that what they did not find is not there.
    is_wrong = (boundary, decision) == (f"before:{Kind.CREATED}", "retry")
    if end is signal.SIGCONT:
        os.kill(process.pid or 0, end)
        woken = end_of(first, process)
        assert woken.status in {ExitStatus.DONE, ExitStatus.FAILED, ExitStatus.DECISION}, woken
        assert (woken.status == ExitStatus.DECISION) == is_wrong, woken
        assert not is_left or woken.status == ExitStatus.DONE, woken
    is_unsent = is_left and end is signal.SIGKILL and boundary == f"after:{Kind.CREATING}"
    assert len(sandbox.objects()) == 1 + is_wrong - is_unsent
    if not is_wrong:
        finish(other)
        assert_done_once(other, 1)


def _decide(walker: Walker, decision: str) -> bool:
    """What a person says of the walkthrough; whether the program lets them."""
    if decision == "nobody":
        return False
    found = [str(upload.id) for upload in walker.sandbox.objects()]
    choice = ["--adopt", *found] if decision == "adopt" else ["--retry"]
    end = run_warm(walker, "resolve", "walk-0", *(choice if found else ["--retry"]), "--yes")
    assert end.status in {ExitStatus.DONE, ExitStatus.USAGE}, end
    return end.status == ExitStatus.DONE
