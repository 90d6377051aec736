"""A person's decision about a walkthrough that is held."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from runner.base.clock import Clock
from runner.base.destination import Destination
from runner.base.errors import UsageError
from runner.ledger.claim import read_claims
from runner.ledger.drawings import drawing_name, is_drawing
from runner.ledger.events import Event, Kind
from runner.ledger.lock import Holder
from runner.ledger.state import NOTHING_KNOWN, Phase, WalkthroughState
from runner.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Hold:
    """A walkthrough that is held, where, and what the ledger knows of it.

    One that goes on with an adopted upload object counts as well, until a finish has shown that
    the number is right.
    """

    id: str
    destination: Destination
    state: WalkthroughState

    @property
    def name(self) -> str:
        """The name of the upload object on the dashboard, if there is one."""
        return str(self.state.intent.get("name", self.id))

    @property
    def ingest(self) -> str:
        """The address it is held at: upload objects have numbers of their own there."""
        return self.destination.ingest

    def is_at(self, ingest: str, project: str | None) -> bool:
        """Whether the hold is at this address, and of this project where one is given."""
        return self.ingest == ingest and project in {None, self.destination.project}


@dataclass(frozen=True, slots=True)
class Decision:
    """The upload object that a person found, or None for none; who says so, in which run."""

    adopt: int | None
    run: str
    holder: Holder


def find_hold(ledger: Ledger, id_: str, ingest: str, project: str | None = None) -> Hold:
    """The hold of a walkthrough at an ingest address, of one project where that is given.

    What is held goes before what was adopted. Raises UsageError when it is not held there, or held
    for several projects.
    """
    holds = {hold.destination: hold for hold in _holds(ledger, id_)}
    there = [hold for hold in holds.values() if hold.is_at(ingest, project)]
    here = [hold for hold in there if hold.state.phase is Phase.HELD] or there
    if len(here) == 1:
        return here[0]
    if here:
        places = " and ".join(str(hold.destination) for hold in here)
        raise UsageError(f"`{id_}` is held for {places}", "say for which, with --manifest")
    if holds:
        where = ingest if project is None else str(Destination(ingest, project))
        help_ = "set EVERCAM_INGEST_URL to the address it is held at, or name its own manifest"
        raise UsageError(
            f"`{id_}` is held for {' and '.join(map(str, holds))}, not at {where}", help_
        )
    raise UsageError(f"`{id_}` is not held", "`sitewalk status` lists what is")


def _holds(ledger: Ledger, id_: str) -> Iterator[Hold]:
    for destination in sorted(ledger.destinations()):
        state = ledger.states_of(destination, [id_]).get(id_, NOTHING_KNOWN)
        if state.phase is Phase.HELD or (state.phase is Phase.CREATED and state.is_adopted):
            yield Hold(id_, destination, state)


def settle_hold(ledger: Ledger, hold: Hold, decision: Decision, clock: Clock) -> None:
    """Write a decision down, with who made it.

    Raises UsageError for an object of another walk, and for a retry while a worker may still create
    it; OvertakenError when the walkthrough went on
    since `hold` was read.
    """
    adopt = decision.adopt
    if adopt is not None:
        _refuse_anothers(ledger, hold, adopt)
    kind = Kind.RELEASED if adopt is None else Kind.ADOPTED
    data = {} if adopt is None else {"upload_id": adopt}
    who = asdict(decision.holder)
    event = Event(clock.now(), decision.run, hold.destination, hold.id, kind, "", {**data, **who})
    if adopt is None and ledger.address.is_shared:
        _refuse_while_it_may_be_sent(ledger, hold, clock)
    ledger.append(replace(event, version=hold.state.version + 1))


def _refuse_while_it_may_be_sent(ledger: Ledger, hold: Hold, clock: Clock) -> None:
    """Raise UsageError where a worker may still send the create request it has announced.

    A file says that nobody is: its lock is held by who asks, and is free when a process is dead.
    """
    for claim in read_claims(ledger.database):
        if (claim.destination, claim.walkthrough) == (hold.destination, hold.id):
            message = f"{claim} is at work on `{hold.id}`, and may be creating it now"
            raise UsageError(message, "wait until it has ended; `sitewalk status` tells")
    events = [event for event in ledger.events_of(hold.destination, [hold.id]) if event.version]
    if events[-1].kind is Kind.CREATING:
        age = (clock.now() - events[-1].at).total_seconds()
        if age < _YOUNGEST:
            message = f"`{hold.id}` was about to be created {max(0, age):.0f} s ago"
            raise UsageError(message, f"look again once that is {_YOUNGEST / 60:.0f} minutes ago")


_YOUNGEST = 120.0
"""Seconds; far more than after which a create request is not sent any more."""


def _refuse_anothers(ledger: Ledger, hold: Hold, adopt: int) -> None:
    """Raise UsageError for the number of another walkthrough, or drawing, at the same address."""
    for destination in sorted(ledger.destinations()):
        if destination.ingest != hold.ingest:
            continue
        owners = _owners_of(ledger, destination, adopt)
        for owner, state in ledger.states_of(destination, owners).items():
            is_another = (destination, owner) != (hold.destination, hold.id)
            is_numbered_alike = is_drawing(owner) == is_drawing(hold.id)
            if is_another and is_numbered_alike and state.upload_id == adopt:
                where = "" if destination == hold.destination else f" for {destination}"
                what = "drawing" if is_drawing(owner) else "upload"
                message = f"{what} {adopt} is that of `{drawing_name(owner)}`{where}"
                raise UsageError(message, "look once more")


def _owners_of(ledger: Ledger, destination: Destination, upload_id: int) -> set[str]:
    """The walkthroughs that may have had this number once."""
    where = "destination = ? AND kind IN (?, ?) AND data LIKE ?"
    kinds = str(Kind.CREATED), str(Kind.ADOPTED)
    like = f"%upload_id%{upload_id}%"
    return {event.walkthrough for event in ledger.select(where, (str(destination), *kinds, like))}
