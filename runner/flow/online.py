"""The online part of a plan: whether the login works and what the tus server allows."""

from collections.abc import Iterator

from runner.base.errors import ServerError
from runner.base.wording import size
from runner.evercam.client import Evercam
from runner.evercam.http.errors import RequestFailedError
from runner.evercam.http.session import Session
from runner.plan.model import Plan
from runner.settings import Settings


def check_online(plan: Plan, settings: Settings) -> Iterator[str]:
    """Yield a line for each finding; changes nothing anywhere.

    Raises CredentialsError, and ServerError when the login cannot be tried.
    """
    yield _login(settings)
    try:
        with Session() as session:
            answer = session.exchange(
                "OPTIONS",
                settings.addresses.tus,
                setting="EVERCAM_TUS_URL",
                headers={"Tus-Resumable": "1.0.0"},
            ).headers
    except RequestFailedError as error:
        yield f"tus: {settings.addresses.tus} does not tell its limits: {error}"
        return
    yield f"tus: {settings.addresses.tus} speaks {answer.get('Tus-Version', 'an unknown version')}"
    limit = answer.get("Tus-Max-Size", "")
    if limit.isdigit():
        yield from _too_large(plan, int(limit))


def _login(settings: Settings) -> str:
    if settings.credentials.token:
        return "login: EVERCAM_TOKEN is set; nothing can check it before the first create"
    try:
        Evercam(settings.addresses, settings.credentials).log_in()
    except RequestFailedError as error:
        raise ServerError(f"the login cannot be tried: {error}", error.help) from error
    return f"login: {settings.addresses.media} accepts the credentials"


def _too_large(plan: Plan, limit: int) -> Iterator[str]:
    yield f"tus: recordings may have up to {size(limit)}"
    for walkthrough in plan.walkthroughs:
        for recording in walkthrough.recordings:
            if recording.length > limit:
                yield f"too large for the server: {recording.name}, {size(recording.length)}"
