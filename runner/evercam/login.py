"""Logging in: where the bearer token comes from, and one new login when it has expired."""

import threading
from collections.abc import Callable

from runner.base.errors import CredentialsError
from runner.evercam.addresses import Addresses, Credentials, is_token, lacking
from runner.evercam.http.errors import RefusedError, UnknownOutcomeError
from runner.evercam.http.session import Answer, Session

_REFUSALS = {400, 401, 403, 404, 422}


def log_in(session: Session, addresses: Addresses, username: str, password: str) -> str:
    """Step 1: exchange name and password for a bearer token; raises CredentialsError."""
    body = {"username": username, "password": password}
    try:
        url = f"{addresses.media}/auth/login"
        answer = session.exchange("POST", url, setting="EVERCAM_MEDIA_URL", json=body)
    except RefusedError as error:
        if error.status not in _REFUSALS:
            raise
        message = f"Evercam refused the login of {username} ({error.status})"
        raise CredentialsError(message) from error
    return _token(answer)


def _token(answer: Answer) -> str:
    try:
        token = answer.json()["token"]
    except (ValueError, KeyError, TypeError):
        token = None
    if not isinstance(token, str) or not is_token(token):
        raise UnknownOutcomeError("the login's answer holds no token")
    return token


class Tokens:
    """One token for all jobs of a run, obtained when it is first needed."""

    def __init__(self, credentials: Credentials, login: Callable[[str, str], str]) -> None:
        self._credentials = credentials
        self._login = login
        self._token = credentials.token
        self._lock = threading.Lock()

    def current(self) -> str:
        """The token in use; logs in when there is none yet. Raises CredentialsError."""
        with self._lock:
            if self._token is None:
                self._token = self._fresh()
            return self._token

    def renewed(self, refused: str) -> str:
        """A token other than the refused one; jobs that come later share the first job's login."""
        with self._lock:
            if self._token is None or self._token == refused:
                self._token = None
                self._token = self._fresh()
            return self._token

    def _fresh(self) -> str:
        username, password = self._credentials.username, self._credentials.password
        if username and password:
            return self._logged_in(username, password)
        if self._credentials.token:
            message = "Evercam refused EVERCAM_TOKEN: it has expired, or is not valid here"
            raise CredentialsError(message, "set a new one, or EVERCAM_USERNAME and _PASSWORD")
        raise lacking(self._credentials)

    def _logged_in(self, username: str, password: str) -> str:
        try:
            return self._login(username, password)
        except CredentialsError as error:
            source = self._credentials.password_source
            help_ = self._credentials.hint or f"check EVERCAM_USERNAME and {source}"
            raise CredentialsError(str(error), help_) from error
