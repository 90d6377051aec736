"""Own what the ledger keeps of a request to Evercam before it leaves. Pure."""

from typing import Any

from runner.plan.changes import create_fields, link_fields
from runner.plan.model import PlannedWalkthrough


def create_intent(planned: PlannedWalkthrough) -> dict[str, Any]:
    """What the create request says, and what a report rebuilt from the ledger needs besides."""
    said = create_fields(planned.name, planned.date, planned.drawing_id, planned.uploaded_by)
    return {**said, "drawing": planned.drawing, "recordings": _names(planned)}


def finish_intent(planned: PlannedWalkthrough) -> dict[str, Any]:
    """What the finish request says."""
    return link_fields(
        planned.start_position,
        planned.end_position,
        planned.target_points_count,
        _names(planned),
    )


def _names(planned: PlannedWalkthrough) -> dict[str, str]:
    """The manifest's names of the recordings, by identity."""
    return {one.identity: one.name for one in planned.recordings}
