"""Walkthroughs that changed in the same way, such as all on a route, which one decision settles."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from runner.ledger.next_steps import out_of_changes
from runner.plan.model import Action, Change, PlannedWalkthrough

Alike = tuple[str, str, tuple[Change, ...]]
"""What walkthroughs have in common that are decided on together: manifest, reason, changes."""


def decided_together(
    walkthroughs: Sequence[PlannedWalkthrough],
) -> tuple[PlannedWalkthrough, ...]:
    """The walkthroughs; those that changed alike have the same next steps, which settle them all.

    What is to be linked again is told by whether its own next steps say so.
    """
    changed = [each for each in walkthroughs if _is_changed(each)]
    groups: dict[Alike, list[PlannedWalkthrough]] = defaultdict(list)
    for walkthrough in changed:
        groups[_common(walkthrough)].append(walkthrough)
    steps: dict[str, tuple[str, ...]] = {}
    for (manifest, _, _), alike in groups.items():
        if len(alike) > 1:
            ids = [each.id for each in alike] if len(alike) < len(changed) else []
            is_linkable = any(" --refinish " in step for step in alike[0].next_steps)
            lot = tuple(out_of_changes(manifest, ids, linkable=is_linkable))
            steps |= {f"{each.project}/{each.id}": lot for each in alike}
    if not steps:
        return tuple(walkthroughs)
    return tuple(
        replace(each, next_steps=steps.get(f"{each.project}/{each.id}", each.next_steps))
        for each in walkthroughs
    )


def _is_changed(walkthrough: PlannedWalkthrough) -> bool:
    return walkthrough.action is Action.CHANGED and walkthrough.upload_id is not None


def _common(walkthrough: PlannedWalkthrough) -> Alike:
    return walkthrough.manifest, walkthrough.reason, walkthrough.changes
