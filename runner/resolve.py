"""Own the ways out of a hold: a person says whether the upload object exists."""

from collections.abc import Iterator

from runner.errors import UsageError
from runner.ledger.events import Event, Kind
from runner.ledger.state import Phase, WalkthroughState, fold
from runner.ledger.store import Ledger
from runner.timing import Clock


def find_hold(ledger: Ledger, id_: str, ingest: str) -> tuple[str, WalkthroughState]:
    """The destination and state of a walkthrough that is held at an ingest address.

    Raises UsageError when it is not held there, or held for several projects.
    """
    held = dict(_holds(ledger, id_))
    here = [place for place in held if place.startswith(f"{ingest}/360/")]
    if len(here) == 1:
        return here[0], held[here[0]]
    if here:
        raise UsageError(f"`{id_}` is held for {' and '.join(here)}", "give them different ids")
    if held:
        help_ = "set EVERCAM_INGEST_URL to the address it is held at"
        raise UsageError(f"`{id_}` is held for {' and '.join(held)}, not at {ingest}", help_)
    raise UsageError(f"`{id_}` is not held", "`sitewalk status` lists what is")


def _holds(ledger: Ledger, id_: str) -> Iterator[tuple[str, WalkthroughState]]:
    events = [event for event in ledger.all_events() if event.walkthrough == id_]
    for destination in sorted({event.destination for event in events}):
        state = fold(event for event in events if event.destination == destination)[id_]
        if state.phase is Phase.HELD:
            yield destination, state


def settle_hold(
    ledger: Ledger, destination: str, id_: str, adopt: int | None, run: str, clock: Clock
) -> None:
    """Write the decision down: the upload object that exists, or None when there is none.

    Raises UsageError when that object is another walkthrough's.
    """
    for owner, state in fold(ledger.events(destination)).items():
        if adopt is not None and state.upload_id == adopt and owner != id_:
            raise UsageError(f"upload {adopt} is that of `{owner}`", "look once more")
    kind = Kind.RELEASED if adopt is None else Kind.ADOPTED
    data = {} if adopt is None else {"upload_id": adopt}
    ledger.append(Event(clock.now(), run, destination, id_, kind, "", data))
