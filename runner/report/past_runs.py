"""The files of earlier runs, found again; and runs of which only the ledger knows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runner.base.errors import UsageError, reason_of
from runner.base.files import MAX_DOCUMENT, open_regular, read_regular, read_text
from runner.base.schemas import require_known_form
from runner.ledger.events import Event, Kind
from runner.ledger.lines import DAMAGE, begins_an_export, from_lines, in_words
from runner.report.evenly import spread_evenly
from runner.report.fold import results_of_run, states_before
from runner.report.forms.as_json import results_from_json
from runner.report.forms.text import results_text
from runner.report.results import Results
from runner.report.runs import LOG_NAME, run_name


def read_results(folder: Path) -> Results:
    """The results a run left in its folder; raises UsageError when they cannot be read."""
    try:
        data = json.loads(read_regular(folder / "results.json", MAX_DOCUMENT))
        results = results_from_json(data)
        require_known_form(data, "results")
    except (OSError, *DAMAGE) as error:
        reason = reason_of(error) if isinstance(error, OSError) else in_words(error)
        message = f"the results in {folder} cannot be read: {reason}"
        help_ = "delete that folder to have the report rebuilt from the ledger"
        raise UsageError(message, help_) from error
    return results


_LONGEST_LINE = 64 * 2**20
"""Bytes; what is longer is no event."""


def is_log(path: Path) -> bool:
    """Whether a file begins as the log of a run does, with an event."""
    try:
        with open_regular(path) as file:
            return begins_an_export(file.readline(_LONGEST_LINE).decode())
    except (OSError, ValueError):
        return False


def read_log(path: Path) -> list[Event]:
    """The events in the log of a run; a last line that was cut by a kill is left out.

    Raises UsageError when it cannot be read.
    """
    try:
        text = read_text(path)
    except ValueError as error:
        raise UsageError(f"the log {path} cannot be read: {type(error).__name__}") from error
    whole = text[: text.rfind("\n") + 1]
    return list(from_lines(whole, str(path)))


_SHOWN = 5


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
            logged = read_log(self.log)
            require_results(logged, str(self.log))
            return rebuilt(results_of_run(logged, manifest=manifest))
        own = [event for event in events if event.run == self.run]
        return rebuilt(results_of_run(own, states_before(events, self.run), manifest))


def require_results(events: Sequence[Event], source: str) -> None:
    """Raise UsageError for events of which no results can be told: one is not what it should be."""
    runs: dict[str, list[Event]] = {}
    for event in events:
        runs.setdefault(event.run, []).append(event)
    for run, own in runs.items():
        try:
            results_text(results_of_run(own))
        except DAMAGE as error:
            message = f"{source} holds a run that cannot be told, {run}: {in_words(error)}"
            raise UsageError(message, "mend or remove its lines") from error


def rebuilt(results: Results) -> Results:
    """Results that were folded afterwards: their timeline is spread evenly."""
    return replace(results, rebuilt=True, timeline=spread_evenly(results))


def find_run(runs: Path, events: Sequence[Event], name: str | None) -> PastRun:
    """The last run, or the last one with `name` in its name. Raises UsageError."""
    known = {run.run: run for run in (*_of_logs(runs), *_of_ledger(events), *_of_folder(runs))}
    ordered = sorted(known.values(), key=lambda run: run.name)
    found = [run for run in ordered if name is None or name in run.name]
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
    names = ", ".join(run.name for run in known[-_SHOWN:])
    if name is None:
        help_ = "name its manifest with --manifest, or set SITEWALK_LEDGER"
        return UsageError(f"no run has left a report in {runs}, and the ledger knows none", help_)
    what = f"no run is called `{name}`, neither in {runs} nor in the ledger"
    return UsageError(what, f"there are: {names}" if names else "")
