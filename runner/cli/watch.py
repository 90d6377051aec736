"""`sitewalk status --watch`: how far the runs on a ledger are, until they end."""

from collections.abc import Callable, Iterator
from pathlib import Path

from runner.base.clock import CancelToken
from runner.base.wording import counted, printable
from runner.cli.console import Console
from runner.cli.stopping import stop_on_signals
from runner.ledger.address import LedgerAddress
from runner.ledger.claim import read_claims
from runner.ledger.database import Database
from runner.ledger.lock import current_holder
from runner.ledger.store import Ledger
from runner.report.progress.live import read_live

_LOOK = 1.0
_PATIENCE = 5
"""Looks at a shared ledger without a claim: between two walkthroughs a run has none."""

Lines = dict[str, str]
"""What is shown, by what it is about: all of a line changes, or none of it."""


def watch_runs(address: LedgerAddress, console: Console) -> None:
    """Show the runs under way until there are none. Raises LedgerError, StoppedError."""
    stop = CancelToken()
    with stop_on_signals(stop, console, "no longer watching; the run goes on"):
        if address.path is not None:
            path = address.path
            _watch(lambda: dict(_of_file(path, console)), 1, stop, console)
            return
        with Ledger.open(address, stop) as ledger:
            _watch(lambda: dict(_of_claims(ledger.database)), _PATIENCE, stop, console)


def _watch(look: Callable[[], Lines], patience: int, stop: CancelToken, console: Console) -> None:
    shown: Lines = {}
    height, idle = 0, 0
    while idle < patience:
        lines = look()
        idle = 0 if lines else idle + 1
        if console.replaces_lines:
            height = _redraw(lines, height, console)
        else:
            changed = [line for about, line in lines.items() if shown.get(about) != line]
            console.data("".join(f"{line}\n" for line in changed))
        shown = lines or shown
        if idle < patience:
            stop.pause(_LOOK)
    if not shown:
        console.say("no run is under way")


def _redraw(lines: Lines, height: int, console: Console) -> int:
    """Write lines over those before, each cut to the terminal; how many there are now."""
    width = console.width - 1
    up = f"\x1b[{height}A" if height else ""
    console.data(up + "\r\x1b[J" + "".join(f"{line[:width]}\n" for line in lines.values()))
    return len(lines)


def _of_file(path: Path, console: Console) -> Iterator[tuple[str, str]]:
    """The run that holds a ledger's file; speeds are for a terminal, where lines are replaced."""
    holder = current_holder(path)
    if holder is None:
        return
    yield "run", printable(str(holder))
    live = read_live(path, holder.pid)
    if live is None:
        return
    for recording in live.recordings:
        words = recording.words if console.replaces_lines else ""
        line = f"{recording.walkthrough}  {recording.recording}  {recording.percent} %  {words}"
        yield f"{recording.walkthrough}/{recording.recording}", printable(line.rstrip())
    if live.ended:
        counts = ", ".join(f"{count} {step.replace('_', ' ')}" for step, count in live.ended)
        total = counted(sum(count for _, count in live.ended), "walkthrough")
        yield "ended", f"{total} ended: {printable(counts)}"
    if console.replaces_lines or "off until" in live.total:
        yield "all", printable(live.total if console.replaces_lines else _off(live.total))


def _off(total: str) -> str:
    """Until when nothing is sent, of a line about all."""
    return total[total.index("off until") :]


def _of_claims(database: Database) -> Iterator[tuple[str, str]]:
    """Who is at work on which walkthrough of a shared ledger, and how far each recording is."""
    for claim in read_claims(database):
        who = f"{claim.holder.user} on {claim.holder.host}"
        about = f"{claim.destination}/{claim.walkthrough}"
        yield about, printable(f"{claim.walkthrough}  {who} (run {claim.run})")
        for name, (there, length) in claim.progress.items():
            percent = 100 * there // length if length else 100
            yield f"{about}/{name}", printable(f"{claim.walkthrough}  {name}  {percent} %")
