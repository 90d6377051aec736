"""Own the flow of the whole program, from manifests to results. Read this first.

readings = read_manifests(paths, today)        text → Manifest, or every Problem in it
outlook  = make_outlook(paths, settings, …)    with Facts of the files and State from the
ledger → Plan
results  = apply_outlook(outlook, …)           → Events while it runs → Results, in applying.py
write_run(results, folder, …)                  → reports
"""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from runner.checking import Checked, check_manifests, read_manifests, texts_of
from runner.errors import (
    InvalidManifestError,
    LedgerError,
    StalePlanError,
    UsageError,
)
from runner.ledger.events import Event, Kind
from runner.ledger.state import WalkthroughState, fold
from runner.ledger.store import Ledger, LedgerAddress
from runner.plan.expectation import Expectation, last_speed
from runner.plan.model import NO_CHOICES, Choices, Plan
from runner.plan.planner import Files, Source, States, make_plan
from runner.plan.saved import (
    load_plan,
    plan_digest,
    saved_choices,
    saved_manifests,
    what_changed,
)
from runner.problems import Problem, has_errors, sort_problems
from runner.remembering import lacks_only_files, remember
from runner.settings import Settings
from runner.shell import for_shell
from runner.timing import SystemClock, today


@dataclass(frozen=True, slots=True)
class Outlook:
    """A plan together with what it was made from and what carrying it out needs."""

    plan: Plan
    settings: Settings
    ledger: LedgerAddress
    files: Files
    states: States
    problems: tuple[Problem, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    saved_plan: str = ""
    sources: tuple[Source, ...] = ()

    @property
    def folder(self) -> Path:
        """The `.sitewalk` folder beside the manifest."""
        return Path(self.plan.manifests[0].path).parent / ".sitewalk"

    @property
    def runs_folder(self) -> Path:
        """Where runs leave their reports unless told otherwise."""
        return self.folder / "runs"


def make_outlook(
    paths: Sequence[Path],
    settings: Settings,
    today: dt.date,
    choices: Choices = NO_CHOICES,
) -> Outlook:
    """Plan what the manifests ask for.

    Raises InvalidManifestError, UsageError, LedgerError.
    """
    checked = check_manifests(paths, settings.media_root, today)
    if not lacks_only_files(checked):
        _refuse_errors(checked)
    ledger = ledger_address(paths, settings)
    _refuse_a_lost_ledger(ledger)
    states = read_states(ledger, settings, checked.sources)
    checked = remember(checked, states, choices)
    _refuse_errors(checked)
    plan = make_plan(checked.sources, states, settings.addresses, choices)
    _refuse_unfit_choices(plan, choices)
    files = {
        (source.manifest.project, walkthrough.id, name): source.files[name]
        for source in checked.sources
        for walkthrough in source.manifest.walkthroughs
        for name in walkthrough.files
    }
    return Outlook(
        plan=plan,
        settings=settings,
        ledger=ledger,
        files=files,
        states=states,
        problems=checked.problems,
        texts=checked.texts,
        sources=checked.sources,
    )


def recall(checked: Checked, paths: Sequence[Path], settings: Settings) -> Checked:
    """What was checked, with the recordings that ledgers remember; raises LedgerError."""
    states: dict[tuple[str, str], WalkthroughState] = {}
    for path in paths:
        states |= read_states(ledger_address([path], settings), settings, checked.sources)
    return remember(checked, states, NO_CHOICES)


def _refuse_errors(checked: Checked) -> None:
    if has_errors(checked.problems):
        raise InvalidManifestError(checked.problems, checked.texts)


def outlook_of_saved(path: Path, settings: Settings, today: dt.date) -> Outlook:
    """Plan again what a saved plan was made from; raises StalePlanError when it no longer holds."""
    saved = load_plan(path)
    digest = plan_digest(path)
    manifests = [_from_here(manifest) for manifest in saved_manifests(path, saved)]
    begun = _begun_by(digest, ledger_address(manifests, settings))
    choices = saved_choices(saved).without(begun)  # what it asked for once is not done twice
    outlook = make_outlook(manifests, settings, today, choices)
    changes = what_changed(saved, outlook.plan, begun)
    if changes:
        raise StalePlanError(changes)
    return replace(outlook, saved_plan=digest)


def _begun_by(saved_plan: str, address: LedgerAddress) -> frozenset[str]:
    """The walkthroughs that runs of a saved plan were the last to touch, and may go on with."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return frozenset()
    with ledger:
        events = list(ledger.all_events())
    runs = {
        event.run
        for event in events
        if event.kind is Kind.RUN_STARTED and event.data.get("plan") == saved_plan
    }
    own = {event.destination for event in events if event.run in runs}
    states = [fold(one for one in events if one.destination == place) for place in own]
    return frozenset(id_ for found in states for id_, state in found.items() if state.run in runs)


def _from_here(path: Path) -> Path:
    try:
        return Path(os.path.relpath(path))
    except ValueError:  # on Windows, from one drive to another
        return path


def walkthroughs_in(paths: Sequence[Path]) -> dict[tuple[str, str], str]:
    """The manifest of each walkthrough in some manifests, by project and id.

    Raises InvalidManifestError when they cannot be read.
    """
    readings = read_manifests(paths, today(SystemClock()))
    problems = sort_problems([one for reading in readings for one in reading.problems])
    if has_errors(problems):
        raise InvalidManifestError(problems, texts_of(paths, readings))
    manifests = [reading.manifest for reading in readings if reading.manifest]
    return {
        (manifest.project, one.id): manifest.path
        for manifest in manifests
        for one in manifest.walkthroughs
    }


def ledger_address(paths: Sequence[Path], settings: Settings) -> LedgerAddress:
    """The ledger that belongs to the manifests.

    Raises UsageError when they have several, or when SITEWALK_LEDGER leads to no folder.
    """
    if settings.ledger:
        return _told_address(settings.ledger)
    places = sorted({str(path.parent / ".sitewalk" / "ledger.db") for path in paths})
    if len(places) > 1:
        message = f"these manifests keep separate ledgers: {', '.join(places)}"
        raise UsageError(message, "run them folder by folder, or set SITEWALK_LEDGER for all")
    return LedgerAddress(places[0])


def _told_address(text: str) -> LedgerAddress:
    """A mistyped path must not begin an empty ledger, with which everything is sent twice."""
    address = LedgerAddress(text)
    if address.path is not None and not address.path.parent.is_dir():
        message = f"SITEWALK_LEDGER names {text}, and the folder {address.path.parent} is not there"
        raise UsageError(message, "correct the path; for a new ledger, make its folder first")
    return address


def begins_a_ledger(outlook: Outlook) -> bool:
    """Whether carrying the plan out makes a ledger where there is none. Raises LedgerError."""
    if not outlook.plan.is_pending:
        return False
    ledger = Ledger.open_existing(outlook.ledger)
    if ledger is not None:
        ledger.close()
    return ledger is None


def _refuse_a_lost_ledger(address: LedgerAddress) -> None:
    """Reports or logs without their ledger: starting anew would create everything twice."""
    if address.path is None or address.path.exists():
        return
    runs = address.path.parent / "runs"
    where = runs.as_posix()
    if any(runs.glob("*/results.json")):
        message = f"the ledger {address} is gone, but its runs have left reports in {where}"
        reports = f"{for_shell(where)}/*/results.json"
        help_ = f"rebuild it: sitewalk ledger import {reports}; or delete the reports"
        raise LedgerError(message, help_)
    if any(runs.glob("*/log.jsonl")):
        message = f"the ledger {address} is gone, but killed runs have left logs in {where}"
        help_ = "look for what they created on the dashboard; if there is nothing, delete the logs"
        raise LedgerError(message, help_)


def read_states(
    address: LedgerAddress, settings: Settings, sources: Sequence[Source]
) -> dict[tuple[str, str], WalkthroughState]:
    """What the ledger knows of the manifests' walkthroughs at the configured destination."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return {}
    states: dict[tuple[str, str], WalkthroughState] = {}
    with ledger:
        for project in sorted({source.manifest.project for source in sources}):
            destination = settings.addresses.destination(project)
            found = fold(ledger.events(destination))
            states.update({(project, id_): state for id_, state in found.items()})
    return states


def ledger_events(
    paths: Sequence[Path], settings: Settings, project: str | None
) -> tuple[Event, ...]:
    """What the manifests' ledger has of a project, or of all, at the configured addresses.

    Raises LedgerError, UsageError.
    """
    address = ledger_address(paths, settings)
    _refuse_a_lost_ledger(address)
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return ()
    with ledger:
        if project is not None:
            return tuple(ledger.events(settings.addresses.destination(project)))
        here = settings.addresses.destination("")
        return tuple(one for one in ledger.all_events() if one.destination.startswith(here))


def measured_speed(outlook: Outlook) -> Expectation | None:
    """What the last run to one of the plan's destinations measured."""
    ledger = Ledger.open_existing(outlook.ledger)
    if ledger is None:
        return None
    projects = {one.project for one in outlook.plan.manifests}
    destinations = {outlook.settings.addresses.destination(one) for one in projects}
    with ledger:
        ends = ledger.all_events(Kind.RUN_ENDED)
        return last_speed(one for one in ends if one.destination in destinations)


def _refuse_unfit_choices(plan: Plan, choices: Choices) -> None:
    for id_ in sorted(choices.again & choices.refinish):
        help_ = "one of them: --refinish links its upload again, --again makes another"
        raise UsageError(f"`{id_}` cannot be uploaded anew and be linked again", help_)
    known = {one.id for one in plan.walkthroughs}
    for id_ in sorted((choices.again | choices.refinish) - known):
        raise UsageError(f"no manifest has a walkthrough `{id_}`", "check the id")
