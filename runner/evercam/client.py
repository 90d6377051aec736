"""Steps 1, 2 and 5 of the vendor's guide, and the request of its second one: a new drawing."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from runner.evercam.addresses import Addresses, Credentials, secrets_of
from runner.evercam.http.errors import (
    TOO_MANY_REQUESTS,
    RefusedError,
    UnknownOutcomeError,
    UnreachableError,
)
from runner.evercam.http.kept import KeptSessions
from runner.evercam.http.quoting import Silence
from runner.evercam.http.session import Answer, BearerAuth, Session
from runner.evercam.login import Tokens, log_in

_UNAUTHORIZED = 401
_LARGEST_ID = 2**63 - 1
"""More than any database counts; a longer number is no id."""


@dataclass(frozen=True, slots=True)
class NewUpload:
    """The values of a create request."""

    project: str
    date: dt.date
    name: str
    drawing_id: int
    uploaded_by: str


@dataclass(frozen=True, slots=True)
class LinkedRecording:
    """A recording in the finish request: its tus address as the server gave it, and its title."""

    url: str
    title: str

    @property
    def extension(self) -> str:
        """The file name's ending, without its dot."""
        return self.title.rpartition(".")[2].lower()


@dataclass(frozen=True, slots=True)
class Link:
    """The values of a finish request; positions are written `lat,lng`."""

    uploaded_by: str
    recordings: Sequence[LinkedRecording]
    start_position: str
    end_position: str
    target_points_count: int


@dataclass(frozen=True, slots=True)
class NewFloor:
    """The values in the address to which a drawing is sent; Evercam calls it a floor."""

    project: str
    created_by: str

    def url(self, addresses: Addresses) -> str:
        """The address."""
        query = urlencode({"created_by": self.created_by}, quote_via=quote)
        return f"{addresses.ingest}/360/floors/{quote(self.project, safe='')}?{query}"


class LoginFailedError(UnreachableError):
    """The login failed, so the request that needs the token never left."""

    def __init__(self, cause: UnreachableError | UnknownOutcomeError | RefusedError) -> None:
        refused = isinstance(cause, RefusedError) and cause.status != TOO_MANY_REQUESTS
        final = refused or (isinstance(cause, UnreachableError) and cause.final)
        is_unreachable = isinstance(cause, UnreachableError)
        message = str(cause) if is_unreachable else f"the login failed: {cause}"
        super().__init__(message, cause.help, final=final)
        self.cause = cause
        self.retry_after = getattr(cause, "retry_after", None)


class NotUnderstoodError(UnknownOutcomeError):
    """Evercam accepted a create, but its answer holds no id that can be understood."""

    def __init__(self, status: int, words: str, what: str = "upload id") -> None:
        content = f"it says: {words}" if words else "it says nothing"
        message = f"the answer to the create request ({status}) holds no {what}; {content}"
        super().__init__(message, status)


class Evercam:
    """Evercam's requests of one run; its methods may be called from several threads.

    Each method raises the errors of `Session.exchange`, and CredentialsError.
    """

    def __init__(
        self,
        addresses: Addresses,
        credentials: Credentials,
        new_session: Callable[[], Session] = Session,
    ) -> None:
        self.addresses = addresses
        self._new_session = new_session
        self._kept = KeptSessions(new_session)
        self.secrets = secrets_of(credentials)
        self._tokens = Tokens(credentials, self._log_in)

    def log_in(self) -> None:
        """Step 1: get a token, unless there is one already."""
        self._tokens.current()

    def create(self, new: NewUpload, ready: Callable[[], None] = lambda: None) -> int:
        """Step 2: make an upload object and return its id. Cannot be undone or repeated.

        `ready` is called when the token is there, a connection is open and nothing but the request
        is left to do, also after another login; what it raises keeps the request from leaving. The
        connection is a new one: on one kept alive, a request that was never read looks the same as
        a request that Evercam acted on.
        """
        query = urlencode(
            {
                "date": new.date.strftime("%d-%m-%Y"),
                "name": new.name,
                "drawing_id": new.drawing_id,
                "uploaded_by": new.uploaded_by,
            },
            quote_via=quote,
        )
        url = f"{self.addresses.ingest}/360/{quote(new.project, safe='')}/upload?{query}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._authorized(self._unconnected, "POST", url, headers=headers, ready=ready)
        id_ = _id_in(answer)
        if id_ is None:
            raise NotUnderstoodError(answer.status, self.secrets.quoted_with_id(answer.text))
        return id_

    def create_drawing(
        self, new: NewFloor, body: Mapping[str, Any], ready: Callable[[], None] = lambda: None
    ) -> int:
        """Make a drawing and return its id. Cannot be undone or repeated; `ready` as of `create`.

        That the answer has the id under `id`, as that of step 2, is not public, but expected.
        """
        answer = self._authorized(
            self._unconnected, "PUT", new.url(self.addresses), json=dict(body), ready=ready
        )
        id_ = _id_in(answer)
        if id_ is None:
            words = self.secrets.quoted_with_id(answer.text)
            raise NotUnderstoodError(answer.status, words, "drawing id")
        return id_

    def finish(self, upload_id: int, link: Link) -> int:
        """Step 5: link the recordings to the upload object; returns the status. Repeatable."""
        query = urlencode({"uploaded_by": link.uploaded_by}, quote_via=quote)
        url = f"{self.addresses.ingest}/360/{upload_id}/upload?{query}"
        return self._authorized(self._kept.take, "PUT", url, json=_finish_body(link)).status

    def _unconnected(self) -> Session:
        """A session whose next request opens a connection of its own."""
        session = self._kept.take()
        session.close()
        return session

    def close(self) -> None:
        """Close what is kept open between requests."""
        self._kept.close()

    def _log_in(self, username: str, password: str) -> str:
        """Log in and return the token; raises LoginFailedError when that fails for any reason.

        A login is repeatable, and the request that needs the token has not left. Taking a failed
        login for that request's unknown outcome would hold a walkthrough for nothing.
        """
        with self._new_session() as session:
            session.secrets = Silence()
            try:
                token = log_in(session, self.addresses, username, password)
            except (UnreachableError, UnknownOutcomeError, RefusedError) as error:
                raise LoginFailedError(error) from error
        self.secrets.add(token)
        return token

    def _authorized(
        self, session: Callable[[], Session], method: str, url: str, **options: Any
    ) -> Answer:
        """Send with the token; on a 401 log in once more and repeat that request."""
        token = self._tokens.current()
        try:
            return self._send(session(), token, method, url, **options)
        except RefusedError as error:
            if error.status != _UNAUTHORIZED:
                raise
        token = self._tokens.renewed(token)
        try:
            return self._send(session(), token, method, url, **options)
        except RefusedError as error:
            if error.status == _UNAUTHORIZED:  # the login is good, so other projects may work
                error.help = "does this user have access to the project?"
            raise

    def _send(self, session: Session, token: str, method: str, url: str, **options: Any) -> Answer:
        """Send a request; what an answer came on is kept for a moment, for a finish to go on."""
        session.secrets = self.secrets
        try:
            answer = session.exchange(
                method, url, setting="EVERCAM_INGEST_URL", auth=BearerAuth(token), **options
            )
        except BaseException:
            session.close()
            raise
        self._kept.give(session)
        return answer


def _id_in(answer: Answer) -> int | None:
    """The id in the answer to a create; None when there is none to understand."""
    try:
        id_ = answer.json()["id"]
        if isinstance(id_, str) and id_.isascii() and id_.isdigit():
            id_ = int(id_)
    except (ValueError, KeyError, TypeError):
        return None
    is_id = isinstance(id_, int) and not isinstance(id_, bool) and 0 < id_ <= _LARGEST_ID
    return id_ if is_id else None


def _finish_body(link: Link) -> dict[str, Any]:
    return {
        "asset_type": "video",
        "upload": [
            {
                "url": recording.url,
                "title": recording.title,
                "file_extension": recording.extension,
            }
            for recording in link.recordings
        ],
        "start_position": link.start_position,
        "end_position": link.end_position,
        "target_points_count": link.target_points_count,
    }
