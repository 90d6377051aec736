"""Uploads that are kept as they are, although the manifest has changed since."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from runner.base.errors import UsageError
from runner.ledger.events import Event, Kind
from runner.ledger.lock import Holder
from runner.plan.changes import create_fields, link_fields
from runner.plan.model import Action, PlannedWalkthrough
from runner.plan.planner import Planned


@dataclass(frozen=True, slots=True)
class Selected:
    """The changed walkthroughs to keep: by id, by route, or all."""

    ids: frozenset[str] = frozenset()
    route: str | None = None
    changed: bool = False


def changed_walkthroughs(planned: Planned, selected: Selected) -> tuple[PlannedWalkthrough, ...]:
    """The selected walkthroughs whose uploads differ from the manifest.

    Raises UsageError when one that was named does not, or when there are none.
    """
    differing = _differing(planned)
    for id_ in sorted(selected.ids - {walkthrough.id for walkthrough in differing}):
        help_ = "`sitewalk plan` lists what has; put what is held right with --adopt or --retry"
        raise UsageError(f"`{id_}` has not changed since it was uploaded", help_)
    found = select_changed(planned, selected)
    if not found:
        raise UsageError("no such walkthrough has changed since", "`sitewalk plan` lists them")
    return found


def select_changed(planned: Planned, selected: Selected) -> tuple[PlannedWalkthrough, ...]:
    """The changed walkthroughs that are meant; raises UsageError when there is no such route."""
    on_route = {
        walkthrough.id
        for source in planned.sources
        for walkthrough in source.manifest.walkthroughs
        if selected.route is not None and walkthrough.route == selected.route
    }
    if selected.route is not None and not on_route:
        message = f"no walkthrough is on a route `{selected.route}`"
        raise UsageError(message, "name it as the walkthroughs do; or all that changed: --changed")
    wanted = selected.ids | on_route
    return tuple(entry for entry in _differing(planned) if selected.changed or entry.id in wanted)


def _differing(planned: Planned) -> list[PlannedWalkthrough]:
    return [
        walkthrough
        for walkthrough in planned.plan.with_action(Action.CHANGED)
        if walkthrough.upload_id is not None
    ]


def kept_events(
    planned: Planned,
    walkthroughs: Sequence[PlannedWalkthrough],
    at: dt.datetime,
    run: str,
    holder: Holder,
) -> list[Event]:
    """A person's word that these uploads stay as they are: the manifest's values count as sent."""
    return [
        Event(
            at,
            run,
            planned.plan.addresses.destination(walkthrough.project),
            walkthrough.id,
            Kind.KEPT,
            data={**_values(walkthrough), **asdict(holder)},
            version=planned.states[walkthrough.project, walkthrough.id].version + 1,
        )
        for walkthrough in walkthroughs
    ]


def _values(walkthrough: PlannedWalkthrough) -> dict[str, object]:
    return {
        "create": create_fields(
            walkthrough.name, walkthrough.date, walkthrough.drawing_id, walkthrough.uploaded_by
        ),
        "link": link_fields(
            walkthrough.start_position,
            walkthrough.end_position,
            walkthrough.target_points_count,
            {recording.identity: recording.name for recording in walkthrough.recordings},
        ),
    }
