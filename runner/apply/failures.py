"""How the work on a walkthrough fails, and what a person can do then."""

from runner.apply.intents import create_intent
from runner.errors import SitewalkError
from runner.http import RefusedError
from runner.plan.model import PlannedWalkthrough
from runner.plan.ways_out import out_of_adoption

_AGAIN = "run the same command again; what the server has is not sent twice"
_AFTER_A_NO = "see what the server says to it; once that is settled, run the same command again"


class HeldError(SitewalkError):
    """Nobody knows whether the create request made an upload object."""


class WrongAdoptionError(SitewalkError):
    """The upload object that a person named does not exist."""


def next_steps(planned: PlannedWalkthrough, error: SitewalkError) -> list[str]:
    """What a person can do after a walkthrough failed."""
    help_ = [error.help] if error.help else []
    if isinstance(error, WrongAdoptionError):
        return [*help_, *out_of_adoption(planned.manifest, planned.id, create_intent(planned))]
    return [*help_, _AFTER_A_NO if isinstance(error, RefusedError) else _AGAIN]
