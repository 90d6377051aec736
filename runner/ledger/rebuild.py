"""Own the rebuilding of a lost ledger from the results that runs have left. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from runner.evercam.addresses import Addresses
from runner.ledger.events import Event, Kind

_FINISHED = {"done", "nothing"}


def events_of_results(told: Mapping[str, Any]) -> Iterator[Event]:
    """Yield the events that one results.json proves.

    A walkthrough that was finished is finished again, and one with an upload object keeps it. Tus
    addresses are in no report, so recordings of unfinished walkthroughs will be sent anew. A
    walkthrough that was held is held, and so is one that had changed: its report no longer says
    what was uploaded, so a person decides.
    """
    destination = Addresses(**told["addresses"]).destination
    at = dt.datetime.fromisoformat(told["ended"])
    for walkthrough in told["walkthroughs"]:
        place = destination(walkthrough["project"])
        for kind, recording, data in _walkthrough(walkthrough):
            yield Event(at, told["run"], place, walkthrough["id"], kind, recording, data)


def _walkthrough(told: Mapping[str, Any]) -> Iterator[tuple[Kind, str, dict[str, Any]]]:
    held = told["outcome"] == "held"
    if told["upload_id"] is None and not held:
        return
    yield Kind.CREATING, "", {key: told[key] for key in ("name", "date", "drawing_id", "drawing")}
    if held:
        yield Kind.HELD, "", {"reason": told["reason"]}
        return
    yield Kind.CREATED, "", {"upload_id": told["upload_id"]}
    if told["outcome"] == "changed":
        yield (
            Kind.HELD,
            "",
            {"reason": f"the ledger was rebuilt, and upload {told['upload_id']} {told['reason']}"},
        )
    if told["outcome"] in _FINISHED:
        recordings = {one["identity"]: one["name"] for one in told["recordings"]}
        yield Kind.FINISHING, "", {"recordings": recordings}
        yield Kind.FINISHED, "", {"status": None}
