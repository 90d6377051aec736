"""Own the flow of the whole program, from manifests to results. Read this first.

    readings = read_manifests(paths, today)      text → Manifest, or every Problem in it
    outlook = make_outlook(paths, settings, …)   with the files and the ledger's State → Plan
    results = apply_outlook(outlook, …)          → Events while it runs → Results
    write_run(results, folder)                   → reports

The first is in checking.py, the third in applying.py, the last in report/files.py.
"""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from runner.base.errors import StalePlanError, UsageError
from runner.flow.check import Checked, check_manifests, lacks_only_files, remember
from runner.flow.ledgers import begun_by, ledger_address, read_states, refuse_another_ledger
from runner.flow.project import sitewalk_folder
from runner.ledger.state import States
from runner.ledger.store import LedgerAddress
from runner.plan.model import NO_CHOICES, Choices, Plan
from runner.plan.planner import Files, Source, make_plan
from runner.plan.saved import (
    load_plan,
    plan_digest,
    saved_choices,
    saved_manifests,
    what_changed,
)
from runner.problems.problem import InvalidManifestError, Problem, has_errors
from runner.settings import Settings


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
        """The `.sitewalk` folder beside the project file or, without one, beside the manifest."""
        return sitewalk_folder(Path(self.plan.manifests[0].path))

    @property
    def manifests(self) -> tuple[Path, ...]:
        """The manifests it was made from."""
        return tuple(Path(manifest.path) for manifest in self.plan.manifests)

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
    refuse_another_ledger(ledger, paths, settings)
    states = read_states(ledger, settings, checked.sources)
    checked = remember(checked, states, choices)
    _refuse_errors(checked)
    plan = make_plan(checked.sources, states, settings.addresses, choices)
    _refuse_unfit_choices(plan, choices)
    return Outlook(
        plan=plan,
        settings=settings,
        ledger=ledger,
        files=_files_of(checked.sources),
        states=states,
        problems=checked.problems,
        texts=checked.texts,
        sources=checked.sources,
    )


def _files_of(sources: Sequence[Source]) -> Files:
    return {
        (source.manifest.project, walkthrough.id, name): source.files[name]
        for source in sources
        for walkthrough in source.manifest.walkthroughs
        for name in walkthrough.files
    }


def recall(checked: Checked, paths: Sequence[Path], settings: Settings) -> Checked:
    """What was checked, with the recordings that ledgers remember; raises LedgerError."""
    ledgers = [ledger_address([path], settings) for path in paths]
    known = [read_states(ledger, settings, checked.sources) for ledger in ledgers]
    states = {key: state for found in known for key, state in found.items()}
    return remember(checked, states, NO_CHOICES)


def _refuse_errors(checked: Checked) -> None:
    if has_errors(checked.problems):
        raise InvalidManifestError(checked.problems, checked.texts)


def outlook_of_saved(path: Path, settings: Settings, today: dt.date) -> Outlook:
    """Plan again what a saved plan was made from; raises StalePlanError when it no longer holds."""
    saved = load_plan(path)
    digest = plan_digest(path)
    manifests = [_from_here(manifest) for manifest in saved_manifests(path, saved)]
    begun = begun_by(digest, ledger_address(manifests, settings))
    choices = saved_choices(saved).without(begun)  # what it asked for once is not done twice
    outlook = make_outlook(manifests, settings, today, choices)
    changes = what_changed(saved, outlook.plan, begun)
    if changes:
        raise StalePlanError(changes)
    return replace(outlook, saved_plan=digest)


def _from_here(path: Path) -> Path:
    try:
        return Path(os.path.relpath(path))
    except ValueError:  # on Windows, from one drive to another
        return path


def _refuse_unfit_choices(plan: Plan, choices: Choices) -> None:
    for id_ in sorted(choices.again & choices.refinish):
        help_ = "one of them: --refinish links its upload again, --again makes another"
        raise UsageError(f"`{id_}` cannot be uploaded anew and be linked again", help_)
    known = {one.id for one in plan.walkthroughs}
    for id_ in sorted((choices.again | choices.refinish) - known):
        raise UsageError(f"no manifest has a walkthrough `{id_}`", "check the id")
