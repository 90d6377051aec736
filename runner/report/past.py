"""Past runs: which left a report, which only the ledger or a log knows, and what became of them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runner.errors import UsageError
from runner.ledger.events import Event, Kind
from runner.report.files import LOG_NAME, is_log, read_log, read_results
from runner.report.fold import results_of_run, states_before
from runner.report.recorder import spread_evenly
from runner.report.results import Results

_SHOWN = 5


def run_name(started: dt.datetime, run: str) -> str:
    """A folder name that sorts by time and suits every file system."""
    return f"{started.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{run}"


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run by its name and id.

    `folder` holds its results; where it is None, the ledger has the run's events or, where the
    ledger knows nothing of it, `log`.
    """

    name: str
    run: str
    folder: Path | None = None
    log: Path | None = None

    def results(self, events: Sequence[Event], manifest: str = "") -> Results:
        """What became of it; `events` are the ledger's, `manifest` is named in next steps.

        Raises UsageError when what it left cannot be read.
        """
        if self.folder is not None:
            return read_results(self.folder)
        if self.log is not None:
            return rebuilt(results_of_run(read_log(self.log), manifest=manifest))
        own = [event for event in events if event.run == self.run]
        return rebuilt(results_of_run(own, states_before(events, self.run), manifest))


def rebuilt(results: Results) -> Results:
    """Results that were folded afterwards: their timeline is spread evenly."""
    return replace(results, rebuilt=True, timeline=spread_evenly(results))


def find_run(runs: Path, events: Sequence[Event], name: str | None) -> PastRun:
    """The last run, or the last one with `name` in its name. Raises UsageError."""
    known = {one.run: one for one in (*_of_logs(runs), *_of_ledger(events), *_of_folder(runs))}
    ordered = sorted(known.values(), key=lambda one: one.name)
    found = [one for one in ordered if name is None or name in one.name]
    if not found:
        raise _none_found(runs, ordered, name)
    return found[-1]


def _of_ledger(events: Sequence[Event]) -> Iterator[PastRun]:
    for event in events:
        if event.kind is Kind.RUN_STARTED:
            yield PastRun(run_name(event.at, event.run), event.run)


def _of_logs(runs: Path) -> Iterator[PastRun]:
    for log in runs.glob(f"*/{LOG_NAME}"):
        if is_log(log):
            name = log.parent.name
            yield PastRun(name, name.rpartition("-")[2], log=log)


def _of_folder(runs: Path) -> Iterator[PastRun]:
    for results in runs.glob("*/results.json"):
        name = results.parent.name
        yield PastRun(name, name.rpartition("-")[2], results.parent)


def _none_found(runs: Path, known: Sequence[PastRun], name: str | None) -> UsageError:
    names = ", ".join(one.name for one in known[-_SHOWN:])
    if name is None:
        help_ = "name its manifest with --manifest, or set SITEWALK_LEDGER"
        return UsageError(f"no run has left a report in {runs}, and the ledger knows none", help_)
    what = f"no run is called `{name}`, neither in {runs} nor in the ledger"
    return UsageError(what, f"there are: {names}" if names else "")
