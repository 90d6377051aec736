"""Own the ways out of a hold: a person says whether the upload object exists."""

from runner.errors import UsageError
from runner.ledger.events import Event, Kind
from runner.ledger.state import Phase, WalkthroughState, fold
from runner.ledger.store import Ledger
from runner.timing import Clock


def find_hold(ledger: Ledger, id_: str) -> tuple[str, WalkthroughState]:
    """The destination and state of a held walkthrough.

    Raises UsageError when it is not held, or held for several destinations.
    """
    events = [event for event in ledger.all_events() if event.walkthrough == id_]
    found = []
    for destination in sorted({event.destination for event in events}):
        state = fold(event for event in events if event.destination == destination)[id_]
        if state.phase is Phase.HELD:
            found.append((destination, state))
    if not found:
        raise UsageError(f"`{id_}` is not held", "`sitewalk status` lists what is")
    if len(found) > 1:
        places = " and ".join(destination for destination, _ in found)
        raise UsageError(f"`{id_}` is held for {places}", "set EVERCAM_INGEST_URL to choose one")
    return found[0]


def settle_hold(
    ledger: Ledger, destination: str, id_: str, adopt: int | None, run: str, clock: Clock
) -> None:
    """Write the decision down: the upload object that exists, or None when there is none."""
    kind = Kind.RELEASED if adopt is None else Kind.ADOPTED
    data = {} if adopt is None else {"upload_id": adopt}
    ledger.append(Event(clock.now(), run, destination, id_, kind, "", data))
