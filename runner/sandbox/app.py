"""The way of a request through the sandbox: its step, its fault, its answer, its log entry."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPMethod, HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from runner.sandbox.accounts import Accounts
from runner.sandbox.api import Api
from runner.sandbox.bodies import CountedBody, ImpatientBody
from runner.sandbox.connections import Closing, Connections, Drop
from runner.sandbox.faults import FaultQueue
from runner.sandbox.floors import FloorApi, FloorStore
from runner.sandbox.misbehaviour import Misbehaviour, Work, subject
from runner.sandbox.refusal import Refusal
from runner.sandbox.request_log import LoggedRequest, RequestLog, mask_headers, mask_path
from runner.sandbox.store import Store, utc_now
from runner.sandbox.tus import Tus

ANY: Final = tuple(HTTPMethod)
KNOWN: Final = (
    "POST /auth/login",
    "POST /360/{project_id}/upload",
    "POST, HEAD, PATCH, DELETE, OPTIONS /files/{file_id}",
    "PUT /360/{upload_id}/upload",
    "PUT /360/floors/{project_id}",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the tus server.

    `max_size` is the largest recording in bytes; None allows any. `read_timeout` is the number of
    seconds without a byte after which a PATCH ends; the default is tusd's.
    """

    max_size: int | None = None
    read_timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class World:
    """What outlives a restart of the server: its state, users, coming faults, and log."""

    store: Store
    floors: FloorStore
    accounts: Accounts
    faults: FaultQueue
    log: RequestLog
    limits: Limits


def build_app(world: World, connections: Connections) -> Starlette:
    """Build the application: the five steps, drawings, and a message for every other address."""
    api = Api(world.store, world.accounts)
    tus = Tus(world.store, world.limits.max_size)
    floors = FloorApi(world.floors, world.store, world.accounts)

    def route(method: str, path: str, step: str, work: Work) -> Route:
        return Route(path, Exchange(world, connections, step, work).answer, methods=[method])

    return Starlette(
        routes=[
            route("POST", "/auth/login", "login", api.login),
            route("PUT", "/360/floors/{project_id}", "drawing", floors.create),
            route("POST", "/360/{project_id}/upload", "create", api.create),
            route("PUT", "/360/{upload_id}/upload", "finish", api.finish),
            route("OPTIONS", "/files/", "options", tus.options),
            route("POST", "/files/", "tus_create", tus.create),
            route("OPTIONS", "/files/{file_id}", "options", tus.options),
            route("HEAD", "/files/{file_id}", "head", tus.head),
            route("PATCH", "/files/{file_id}", "patch", tus.patch),
            route("DELETE", "/files/{file_id}", "delete", tus.delete),
            Route("/{path:path}", Exchange(world, connections, None, _unknown).answer, methods=ANY),
        ],
    )


class Exchange:
    """One kind of request: the name of its step, and what does its work."""

    def __init__(
        self, world: World, connections: Connections, step: str | None, work: Work
    ) -> None:
        self._world = world
        self._connections = connections
        self._misbehaviour = Misbehaviour(connections, world.store)
        self._step = step
        self._work = work

    async def answer(self, request: Request) -> Response:
        """Do the work, as a fault may spoil it, and log the request before it is answered."""
        at = utc_now()
        body = CountedBody(request.receive)
        answer = await self._outcome(Request(request.scope, body))
        self._log(request, at, answer, body.received)
        return answer

    async def _outcome(self, request: Request) -> Response:
        try:
            answer = await self._try(request)
        except ClientDisconnect:
            return Drop(self._connections)
        except Refusal as refusal:
            answer = refusal.answer()
        except OSError as error:
            answer = Refusal(507, f"the sandbox cannot keep its state: {error.strerror}").answer()
        unread = self._step == "patch" and answer.status_code >= HTTPStatus.MULTIPLE_CHOICES
        return Closing(answer, self._connections) if unread else answer

    async def _try(self, request: Request) -> Response:
        if self._step is None:
            return await self._work(request)
        if self._step == "patch":
            patience = self._world.limits.read_timeout
            request = Request(request.scope, ImpatientBody(request.receive, patience))
        name = subject(self._step, request, self._world.store)
        fault = self._world.faults.take(self._step, name)
        if fault is None:
            return await self._work(request)
        return await self._misbehaviour.do(fault, self._work, request)

    def _log(self, request: Request, at: datetime, answer: Response, received: int) -> None:
        self._world.log.append(
            LoggedRequest(
                at=at,
                method=request.method,
                path=mask_path(request.url.path),
                query=dict(request.query_params),
                headers=mask_headers(request.headers),
                status=None if isinstance(answer, Drop) else answer.status_code,
                bytes_received=received,
                step=self._step,
            )
        )


async def _unknown(request: Request) -> Response:
    asked = f"{request.method} {mask_path(request.url.path)}"
    raise Refusal(404, f"{asked} is no step of the guide; there are {'; '.join(KNOWN)}")
