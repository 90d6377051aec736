"""Misbehaviour: how each fault spoils an exchange."""

import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from runner.sandbox.bodies import InterruptedBody
from runner.sandbox.connections import Connections, Drop
from runner.sandbox.faults import Fault
from runner.sandbox.refusal import Refusal
from runner.sandbox.store import Store
from runner.sandbox.tus import filename_in

Work = Callable[[Request], Awaitable[Response]]

DELAY: Final = 1.0  # seconds, where a fault says none
GARBAGE: Final = "<html>502 Bad Gateway"


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """Does a step's work as badly as a fault says."""

    connections: Connections
    store: Store

    async def do(self, fault: Fault, work: Work, request: Request) -> Response:
        """Do a request's work and answer it, as the fault says."""
        refused = self._instead(fault, request)
        if refused is not None:
            return refused
        request = await self._before(fault, request)
        return await self._after(fault, request, await work(request))

    def _instead(self, fault: Fault, request: Request) -> Response | None:
        """The answer of faults that leave the work undone; None for all others."""
        match fault.kind:
            case "drop-before":
                return Drop(self.connections)
            case "status":
                return _failure(fault)
            case "redirect":
                return _redirect(fault, request)
            case _:
                return None

    async def _before(self, fault: Fault, request: Request) -> Request:
        """Prepare the request as the work shall see it."""
        match fault.kind:
            case "delay":
                if fault.step != "patch":  # so that the work is done even if the client leaves
                    await request.body()
                await self._pause(DELAY if fault.seconds is None else fault.seconds)
            case "cut" | "stall":
                return Request(request.scope, self._interrupted(fault, request))
            case "lie-offset" if fault.step == "head":
                self._lose(fault, request)
        return request

    async def _after(self, fault: Fault, request: Request, answer: Response) -> Response:
        """The answer once the work is done."""
        match fault.kind:
            case "drop-after":
                return Drop(self.connections)
            case "status-after":
                return _failure(fault)
            case "garbage":
                return PlainTextResponse(GARBAGE, 200)
            case "lie-offset" if fault.step == "patch":
                self._lose(fault, request)
            case "delay-after":
                await self._pause(DELAY if fault.seconds is None else fault.seconds)
        return answer

    async def _pause(self, seconds: float | None) -> None:
        if await self.connections.pause(seconds):
            raise ClientDisconnect  # the server crashes: nothing more is done or said

    def _interrupted(self, fault: Fault, request: Request) -> InterruptedBody:
        async def hang_up() -> None:
            raise ClientDisconnect

        async def stop_reading() -> None:
            await self._pause(fault.seconds)

        interlude = hang_up if fault.kind == "cut" else stop_reading
        return InterruptedBody(request.receive, fault.after_bytes or 0, interlude)

    def _lose(self, fault: Fault, request: Request) -> None:
        recording = self.store.recording(request.path_params["file_id"])
        if recording is not None:
            recording.lose(1 if fault.after_bytes is None else fault.after_bytes)


def subject(step: str, request: Request, store: Store) -> str:
    """The name that a fault's `match` is compared with: the walkthrough's or the file's."""
    match step:
        case "create":
            return request.query_params.get("name", "")
        case "finish":
            upload = store.object(request.path_params["upload_id"])
            return "" if upload is None else upload.name
        case "drawing":
            return str(request.path_params["project_id"])
        case "tus_create":
            with suppress(Refusal):
                return filename_in(request.headers.get("Upload-Metadata", ""))
        case "patch" | "head":
            recording = store.recording(request.path_params["file_id"])
            return "" if recording is None else recording.filename
    return ""


def _failure(fault: Fault) -> Response:
    status = 500 if fault.status is None else fault.status
    text = f"the sandbox was asked to misbehave: {fault.step}:{fault.kind}\n"
    answer = PlainTextResponse(text if status not in (204, 304) else "", status)
    if fault.seconds is not None:
        answer.headers["Retry-After"] = str(math.ceil(fault.seconds))
    return answer


def _redirect(fault: Fault, request: Request) -> Response:
    status = 302 if fault.status is None else fault.status
    elsewhere = request.url.replace(path="/elsewhere", query="")
    return Response(status_code=status, headers={"Location": str(elsewhere)})
