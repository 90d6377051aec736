"""From manifests, or a saved plan of them, to a plan as things are now."""

import datetime as dt
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runner.base.destination import Destination
from runner.base.errors import SitewalkError, StalePlanError, UsageError
from runner.base.wording import for_shell
from runner.flow.check import Checked, check_manifests, with_one_for_all_missing
from runner.flow.ledgers import ledger_address, refuse_another_ledger
from runner.flow.project import sitewalk_folder
from runner.flow.sent import lacks_only_files, remember, sent_files
from runner.flow.states import begun_by, read_own_states, read_states
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Kind
from runner.ledger.overview import last_frames
from runner.ledger.state import NO_STATES, States
from runner.ledger.store import Ledger
from runner.manifest.reading import Reading
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
from runner.plan.text import Expectation, last_speed
from runner.problems.problem import InvalidManifestError, has_errors
from runner.recordings.address import MediaRoot, names_a_server
from runner.recordings.files import NOTHING_SENT, SentFiles
from runner.settings import Settings, is_from_file

if TYPE_CHECKING:  # seldom asked for
    from runner.flow.keep import Selected


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: manifests, or one saved plan; `strict` lets warnings stop it too.

    `refinish` are changed walkthroughs to link again, besides those that `choices` name.
    """

    paths: Sequence[Path]
    settings: Settings
    choices: Choices = NO_CHOICES
    strict: bool = False
    refinish: "Selected | None" = None


def plan_request(request: Request, today: dt.date) -> Planned:
    """Plan what is asked for as things are now.

    Raises InvalidManifestError, StalePlanError when a saved plan no longer holds, UsageError,
    LedgerError.
    """
    if any(path.suffix == ".json" for path in request.paths):
        planned = plan_saved(_only_plan(request), request.settings, today)
    else:
        choices = _choices(request, today)
        planned = plan_manifests(request.paths, request.settings, today, choices)
    if request.strict and planned.problems:
        raise InvalidManifestError(planned.problems, planned.texts)
    return planned


def _choices(request: Request, today: dt.date) -> Choices:
    """The choices, with the ids of the changed walkthroughs that are meant by route, or all."""
    if request.refinish is None:
        return request.choices
    from runner.flow.keep import select_changed  # noqa: PLC0415 - seldom asked for

    planned = plan_manifests(request.paths, request.settings, today, request.choices)
    ids = {walkthrough.id for walkthrough in select_changed(planned, request.refinish)}
    return replace(request.choices, refinish=request.choices.refinish | ids)


def _only_plan(request: Request) -> Path:
    if len(request.paths) > 1:
        raise UsageError("a saved plan is applied alone", "name either it, or manifests")
    if request.choices != NO_CHOICES or request.refinish is not None:
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
    known = _Known(paths, settings, choices)
    checked = check_manifests(paths, settings.media_root, today, known.sent_files)
    if not lacks_only_files(checked):
        _refuse_errors(checked)
    ledger = ledger_address(paths, settings)
    refuse_another_ledger(ledger, paths, settings)
    states = read_states(ledger, settings, checked.sources, known.states)
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


class _Known:
    """What the ledger knows before any file is looked at, so that few need to be."""

    def __init__(self, paths: Sequence[Path], settings: Settings, choices: Choices) -> None:
        self.states: States = NO_STATES
        self._paths = paths
        self._settings = settings
        self._choices = choices

    def sent_files(self, readings: Sequence[Reading]) -> Sequence[SentFiles]:
        """The files of finished walkthroughs, for each reading as it was sent."""
        manifests = [reading.manifest for reading in readings if reading.manifest]
        if len(manifests) == len(readings):
            with suppress(SitewalkError):  # whoever reads the ledger in earnest says what is wrong
                address = ledger_address(self._paths, self._settings)
                self.states = read_own_states(address, self._settings, manifests)
        return [
            sent_files(reading.manifest, self.states, self._choices)
            if reading.manifest
            else NOTHING_SENT
            for reading in readings
        ]


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


def measured_speed(
    address: LedgerAddress, destinations: Collection[Destination]
) -> Expectation | None:
    """What the last run to one of the destinations measured. Raises LedgerError."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return None
    with ledger:
        ends = list(last_frames(ledger, sorted(destinations), Kind.RUN_ENDED, _RUNS))
    return last_speed(sorted(ends, key=lambda event: event.at))


_RUNS = 50
"""How many runs back a speed is looked for."""
