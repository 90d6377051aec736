"""Own the rebuilding of a lost ledger from the results that runs have left. Pure."""

from collections.abc import Iterator
from typing import Any

from runner.ledger.events import Event, Kind
from runner.report.results import Outcome, Results, WalkthroughResult

_FINISHED = {Outcome.DONE, Outcome.NOTHING}


def events_of_results(results: Results) -> Iterator[Event]:
    """Yield the events that the results of one run prove.

    A walkthrough that was finished is finished again, and one with an upload object keeps it. Tus
    addresses are in no report, so recordings of unfinished walkthroughs will be sent anew. A
    walkthrough that was held is held, and so is one that had changed: its report no longer says
    what was uploaded, so a person decides.
    """
    for one in results.walkthroughs:
        place = results.addresses.destination(one.project)
        for kind, data in _walkthrough(one):
            yield Event(results.ended, results.run, place, one.id, kind, "", data)


def _walkthrough(one: WalkthroughResult) -> Iterator[tuple[Kind, dict[str, Any]]]:
    if one.upload_id is None and one.outcome is not Outcome.HELD:
        return
    yield Kind.CREATING, _intent(one)
    if one.outcome is Outcome.HELD:
        yield Kind.HELD, {"reason": one.reason}
        return
    yield Kind.CREATED, {"upload_id": one.upload_id}
    if one.outcome is Outcome.CHANGED:
        reason = f"the ledger was rebuilt, and upload {one.upload_id} {one.reason}"
        yield Kind.HELD, {"reason": reason}
    if one.outcome in _FINISHED:
        recordings = {file.identity: file.name for file in one.recordings}
        yield Kind.FINISHING, {"recordings": recordings}
        yield Kind.FINISHED, {"status": None}


def _intent(one: WalkthroughResult) -> dict[str, Any]:
    return {
        "name": one.name,
        "date": one.date.isoformat(),
        "drawing_id": one.drawing_id,
        "drawing": one.drawing,
    }
