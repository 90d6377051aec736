"""From manifests, or a saved plan of them, to a plan as things are now."""

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runner.base.errors import StalePlanError, UsageError
from runner.base.wording import for_shell
from runner.flow.check import (
    Checked,
    check_manifests,
    lacks_only_files,
    remember,
    with_one_for_all_missing,
)
from runner.flow.ledgers import begun_by, ledger_address, read_states, refuse_another_ledger
from runner.flow.project import sitewalk_folder
from runner.plan.model import NO_CHOICES, Choices, Plan
from runner.plan.planner import Files, Planned, Source, make_plan
from runner.plan.saved import (
    as_saved,
    load_plan,
    plan_digest,
    saved_choices,
    saved_manifests,
    saved_media_root,
    what_changed,
)
from runner.problems.problem import InvalidManifestError, has_errors
from runner.recordings.address import MediaRoot, names_a_server
from runner.settings import Settings, is_from_file


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: manifests, or one saved plan; `strict` lets warnings stop it too."""

    paths: Sequence[Path]
    settings: Settings
    choices: Choices = NO_CHOICES
    strict: bool = False


def plan_request(request: Request, today: dt.date) -> Planned:
    """Plan what is asked for as things are now.

    Raises InvalidManifestError, StalePlanError when a saved plan no longer holds, UsageError,
    LedgerError.
    """
    if any(path.suffix == ".json" for path in request.paths):
        planned = plan_saved(_only_plan(request), request.settings, today)
    else:
        planned = plan_manifests(request.paths, request.settings, today, request.choices)
    if request.strict and planned.problems:
        raise InvalidManifestError(planned.problems, planned.texts)
    return planned


def _only_plan(request: Request) -> Path:
    if len(request.paths) > 1:
        raise UsageError("a saved plan is applied alone", "name either it, or manifests")
    if request.choices != NO_CHOICES:
        help_ = "give --again and --refinish to `sitewalk plan -o`, to have them reviewed"
        raise UsageError("a saved plan is applied as it was reviewed", help_)
    return request.paths[0]


def plan_manifests(
    paths: Sequence[Path],
    settings: Settings,
    today: dt.date,
    choices: Choices = NO_CHOICES,
) -> Planned:
    """Plan what manifests ask for. Raises InvalidManifestError, UsageError, LedgerError."""
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
    return Planned(
        plan=plan,
        ledger=ledger,
        files=_files_of(checked.sources),
        states=states,
        problems=checked.problems,
        texts=checked.texts,
        sources=checked.sources,
        folder=sitewalk_folder(paths[0]),
    )


def plan_saved(path: Path, settings: Settings, today: dt.date) -> Planned:
    """Plan again what a saved plan was made from; raises StalePlanError when it does not hold."""
    saved = load_plan(path)
    digest = plan_digest(path)
    manifests = [_from_here(manifest) for manifest in saved_manifests(path, saved)]
    root = saved_media_root(path, saved)
    if root and (settings.media_root is None or is_from_file(settings, "media_root")):
        _require_known(root, settings)
        settings = replace(settings, media_root=root)
    begun = begun_by(digest, ledger_address(manifests, settings))
    choices = saved_choices(saved).without(begun)  # what it asked for once is not done twice
    planned = plan_manifests(manifests, settings, today, choices)
    changes = what_changed(saved, planned.plan, begun)
    if changes:
        raise StalePlanError(changes)
    return replace(planned, saved_plan=digest)


def refuse_other_plan(agreed: Planned, now: Planned) -> None:
    """Raise StalePlanError where manifests would be sent otherwise than was agreed to.

    A saved plan looks after itself: it may have been gone on with meanwhile.
    """
    changes = () if agreed.saved_plan else what_changed(as_saved(agreed.plan), now.plan)
    if changes:
        raise StalePlanError(changes)


def _require_known(root: MediaRoot, settings: Settings) -> None:
    """Go to no server that only a plan names, which may be a stranger's, and would see a login."""
    if names_a_server(root) and root != settings.media_root:
        help_ = f"if that is yours, name it yourself: --media-root {for_shell(str(root))}"
        raise UsageError(f"the plan's recordings are on the server of {root}", help_)


def recall(checked: Checked, paths: Sequence[Path], settings: Settings) -> Checked:
    """What was checked, with the recordings that ledgers remember; raises LedgerError."""
    ledgers = [ledger_address([path], settings) for path in paths]
    known = [read_states(ledger, settings, checked.sources) for ledger in ledgers]
    states = {key: state for found in known for key, state in found.items()}
    return remember(checked, states, NO_CHOICES)


def _files_of(sources: Sequence[Source]) -> Files:
    return {
        (source.manifest.project, walkthrough.id, name): source.files[name]
        for source in sources
        for walkthrough in source.manifest.walkthroughs
        for name in walkthrough.files
    }


def _refuse_errors(checked: Checked) -> None:
    if has_errors(checked.problems):
        checked = with_one_for_all_missing(checked)
        raise InvalidManifestError(checked.problems, checked.texts)


def _from_here(path: Path) -> Path:
    try:
        return Path(os.path.relpath(path))
    except ValueError:  # on Windows, from one drive to another
        return path


def _refuse_unfit_choices(plan: Plan, choices: Choices) -> None:
    for id_ in sorted(choices.again & choices.refinish):
        help_ = "one of them: --refinish links its upload again, --again makes another"
        raise UsageError(f"`{id_}` cannot be uploaded anew and be linked again", help_)
    known = {walkthrough.id for walkthrough in plan.walkthroughs}
    for id_ in sorted((choices.again | choices.refinish) - known):
        raise UsageError(f"no manifest has a walkthrough `{id_}`", "check the id")
