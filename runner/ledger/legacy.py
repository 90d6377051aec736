"""A lost ledger from the results.json files of its runs, which older runs left and no log. Pure.

A makeshift: results hold the outcome of a walkthrough, not its events. A run that left a log of its
events is imported from that log.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator

from runner.base.destination import Destination
from runner.base.schemas import load_schema
from runner.ledger.events import Event, Kind

_READ = {
    "": ("sitewalk_results", "run", "ended", "addresses", "walkthroughs"),
    "walkthrough": (
        *("project", "id", "name", "date", "drawing", "drawing_id"),
        *("outcome", "reason", "upload_id", "recordings"),
    ),
    "recording": ("name", "identity", "length", "sha256"),
}
"""The keys needed here; every minor version has them."""

_LINK = ("start_position", "end_position", "target_points_count")
_FINISHED = frozenset({"done", "nothing"})

Results = Mapping[str, Any]
_Key = tuple[Destination, str]
_Digests = Mapping[str, Mapping[str, str | None]]


def require_results(data: object) -> None:
    """Raise ValueError for what schemas/results.schema.json does not describe."""
    schema = load_schema("results")
    definitions = {
        name: {**one, "required": list(_READ.get(name, ()))}
        for name, one in schema["$defs"].items()
    }
    needed = {**schema, "required": list(_READ[""]), "$defs": definitions}
    for error in Draft202012Validator(needed).iter_errors(data):
        where = "".join(f"{part}: " for part in error.absolute_path)
        if error.validator == "required":
            missing = next(key for key in error.validator_value if key not in error.instance)
            raise ValueError(f"{where}`{missing}` is missing")
        raise ValueError(f"{where}{error.message}")
    if isinstance(data, dict):
        dt.datetime.fromisoformat(data["ended"])


def events_of_results(files: Iterable[Results], done: Iterable[_Key] = ()) -> Iterator[list[Event]]:
    """Yield for each walkthrough the events that the results of several runs prove of it.

    One that was finished in any run stays finished, with the files of that run: a later run that
    found it changed sent nothing. Else its last run counts: one with an upload object keeps it,
    though what of its recordings is on the server is unknown, since tus addresses are in no report;
    one that was held is held. `done` are walkthroughs known as finished from elsewhere.
    """
    data: dict[_Key, list[tuple[Results, Mapping[str, Any]]]] = defaultdict(list)
    for results in sorted(files, key=lambda results: dt.datetime.fromisoformat(results["ended"])):
        for walkthrough in results["walkthroughs"]:
            place = Destination(results["addresses"]["ingest"], walkthrough["project"])
            data[place, walkthrough["id"]].append((results, walkthrough))
    finished_elsewhere = set(done)
    for key, runs in data.items():
        finished = [run for run in runs if _is_finished(run[1])]
        begun = [run for run in runs if _is_begun(run[1])]
        if finished:
            yield list(_events(key, *finished[-1], _digests(runs)))
        elif begun and key not in finished_elsewhere:
            yield list(_events(key, *begun[-1], {}))


def _is_finished(walkthrough: Mapping[str, Any]) -> bool:
    return walkthrough["outcome"] in _FINISHED and walkthrough["upload_id"] is not None


def _is_begun(walkthrough: Mapping[str, Any]) -> bool:
    return walkthrough["upload_id"] is not None or walkthrough["outcome"] == "held"


def _digests(runs: Sequence[tuple[Results, Mapping[str, Any]]]) -> _Digests:
    """Digests of recordings, by identity: only the run that sent a recording knew them."""
    recordings = [recording for _, walkthrough in runs for recording in walkthrough["recordings"]]
    found: dict[str, dict[str, str | None]] = {}
    for recording in recordings:
        known = {name: recording[name] for name in ("sha256", "blake3") if recording.get(name)}
        found.setdefault(recording["identity"], {"sha256": None}).update(known)
    return found


def _events(
    key: _Key, results: Results, walkthrough: Mapping[str, Any], digests: _Digests
) -> Iterator[Event]:
    at = dt.datetime.fromisoformat(results["ended"])
    for kind, recording, data in _moves(walkthrough, digests):
        yield Event(at, results["run"], key[0], key[1], kind, recording, data)


def _moves(
    walkthrough: Mapping[str, Any], digests: _Digests
) -> Iterator[tuple[Kind, str, dict[str, Any]]]:
    names = {recording["identity"]: recording["name"] for recording in walkthrough["recordings"]}
    intent = {key: walkthrough[key] for key in ("name", "date", "drawing_id", "drawing")}
    yield Kind.CREATING, "", {**intent, "recordings": names}
    upload_id, outcome, reason = (walkthrough[key] for key in ("upload_id", "outcome", "reason"))
    if outcome == "held":
        yield Kind.HELD, "", {"reason": reason}
        return
    yield Kind.CREATED, "", {"upload_id": upload_id}
    if outcome == "changed":  # its values are those of the manifest, not of its upload object
        data = f"the ledger was rebuilt, and upload {upload_id} {reason}"
        yield Kind.HELD, "", {"reason": data}
    if outcome in _FINISHED:
        for recording in walkthrough["recordings"]:
            about = {"name": recording["name"], "length": recording["length"]}
            yield Kind.TUS_CREATING, recording["identity"], about
            sent = {"offset": recording["length"], **digests[recording["identity"]]}
            yield Kind.UPLOADED, recording["identity"], sent
        link = {key: walkthrough[key] for key in _LINK if key in walkthrough}
        yield Kind.FINISHING, "", {**link, "recordings": names}
        yield Kind.FINISHED, "", {"status": None}
