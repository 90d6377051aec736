"""The running server: a thread and a port on loopback, and how both start and stop."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from runner.base.errors import UsageError
from runner.sandbox.accounts import Accounts
from runner.sandbox.app import Limits, World, build_app
from runner.sandbox.connections import Connections
from runner.sandbox.faults import Fault, FaultQueue
from runner.sandbox.floors import Floor, FloorStore
from runner.sandbox.request_log import LoggedRequest, RequestLog
from runner.sandbox.store import Store, StoredRecording, UploadObject, utc_now

HOST: Final = "127.0.0.1"  # nothing here is meant for a network
USERS: Final[Mapping[str, str]] = MappingProxyType({"walker@example.com": "sandbox"})
LIMITS: Final = Limits()
KEEP_ALIVE: Final = 75  # seconds an idle connection stays open; nginx's default
TICK: Final = 0.2  # seconds between two looks whether to stop


class SandboxError(UsageError):
    """The sandbox cannot start."""


class Sandbox:
    """A stand-in for Evercam's five steps, serving on loopback until it is closed.

    Its state is in a folder and outlives it, even when the process is killed. Faults and the log
    in memory live as long as this object. All methods may be called from any thread. `url` is where
    all five steps are served, without a final slash; `username` and `password` are those of the
    first user.
    """

    def __init__(self, world: World, listener: socket.socket, users: Mapping[str, str]) -> None:
        self._world = world
        self._port: int = listener.getsockname()[1]
        self._server = ServerThread(world, listener)
        self.url = f"http://{HOST}:{self._port}"
        self.username, self.password = next(iter(users.items()))

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        port: int = 0,
        users: Mapping[str, str] | None = None,
        faults: Sequence[Fault] = (),
        limits: Limits = LIMITS,
    ) -> Self:
        """Start serving the state in `folder`, which is made if necessary.

        Port 0 takes any free one. `users` are passwords by user name, `faults` is what shall go
        wrong, `limits` are those of the tus server. Raises SandboxError when the port is taken or
        the folder cannot be written to.
        """
        users = users or USERS
        try:
            world = _world(folder, users, faults, limits)
        except OSError as error:
            reason = f"the sandbox cannot keep its state in {folder}: {error.strerror}"
            raise SandboxError(reason, "choose another folder") from error
        return cls(world, _listen(port), users)

    def close(self) -> None:
        """Cut every connection, and stop serving."""
        self._server.stop()

    def restart(self) -> None:
        """Stop as in a crash, connections cut, and serve again on the same port and folder."""
        self._server.stop()
        self._server = ServerThread(self._world, _listen(self._port))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def media_url(self) -> str:
        """Where step 1 is served."""
        return self.url

    @property
    def ingest_url(self) -> str:
        """Where steps 2 and 5 are served."""
        return self.url

    @property
    def tus_url(self) -> str:
        """Where steps 3 and 4 are served; with a slash at the end, as at the vendor's."""
        return f"{self.url}/files/"

    def inject(self, *faults: Fault) -> None:
        """Add faults behind those that are still to come."""
        self._world.faults.add(*faults)

    def clear_faults(self) -> None:
        """Drop the faults that are still to come."""
        self._world.faults.clear()

    def expire_tokens(self) -> None:
        """Answer 401 to every token given out so far."""
        self._world.accounts.expire_tokens()

    def requests(self) -> tuple[LoggedRequest, ...]:
        """Every request answered since the start, in the order in which they ended."""
        return self._world.log.entries()

    def objects(self) -> tuple[UploadObject, ...]:
        """All upload objects in the folder, by id."""
        return self._world.store.objects()

    def floors(self) -> tuple[Floor, ...]:
        """All drawings in the folder, by id."""
        return self._world.floors.all()

    def recordings(self) -> tuple[StoredRecording, ...]:
        """All tus uploads in the folder, in the order of their creation."""
        return self._world.store.recordings()


class ServerThread:
    """One run of the server in a thread of its own."""

    def __init__(self, world: World, listener: socket.socket) -> None:
        self._started: Future[tuple[asyncio.AbstractEventLoop, AbruptServer]] = Future()
        self._thread = threading.Thread(
            target=asyncio.run, args=(self._serve(world, listener),), name="sandbox", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop the server; a second call does nothing."""
        loop, server = self._started.result()
        if self._thread.is_alive():
            loop.call_soon_threadsafe(server.stop)
            self._thread.join()

    async def _serve(self, world: World, listener: socket.socket) -> None:
        connections = Connections()
        config = uvicorn.Config(
            build_app(world, connections),
            http=H11Protocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            log_level="error",
            timeout_keep_alive=KEEP_ALIVE,
        )
        server = AbruptServer(config, connections)
        self._started.set_result((asyncio.get_running_loop(), server))
        await server.serve(sockets=[listener])


class AbruptServer(uvicorn.Server):
    """A uvicorn server that stops at once, cutting what is under way as a crash would."""

    def __init__(self, config: uvicorn.Config, connections: Connections) -> None:
        super().__init__(config)
        self._connections = connections
        self._stop = asyncio.Event()
        connections.server_state = self.server_state

    def stop(self) -> None:
        """End the main loop."""
        self._stop.set()

    async def main_loop(self) -> None:
        """Wait for the stop, without polling for it ten times a second."""
        await self._stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, cut the connections, and let their requests notice."""
        loop = asyncio.get_running_loop()
        for listener in sockets or ():  # whoever keeps connecting would keep us from stopping
            with suppress(NotImplementedError):  # Windows' loop has no readers
                loop.remove_reader(listener)
        await self._connections.stop()
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        await self._connections.cut()


def serve(
    folder: Path,
    *,
    port: int = 0,
    users: Mapping[str, str] | None = None,
    faults: Sequence[Fault] = (),
    on_ready: Callable[[Sandbox], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Serve until `should_stop` or Ctrl-C, both of which end it in order.

    `on_ready` is called once with the running sandbox, to show its addresses. Raises SandboxError
    when the sandbox cannot start.
    """
    with (
        suppress(KeyboardInterrupt),
        Sandbox.start(folder, port=port, users=users, faults=faults) as sandbox,
    ):
        on_ready(sandbox)
        while not should_stop():
            time.sleep(TICK)


def _world(
    folder: Path, users: Mapping[str, str], faults: Sequence[Fault], limits: Limits
) -> World:
    return World(
        store=Store(folder, now=utc_now),
        floors=FloorStore(folder / "floors"),
        accounts=Accounts(users, folder / "token.key"),
        faults=FaultQueue(faults),
        log=RequestLog(folder / "requests.jsonl"),
        limits=limits,
    )


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only for sockets that say they are TCP: without that,
    # every answer that comes in two writes is 40 ms late.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # elsewhere this would share the port instead of reusing it
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        reason = f"the sandbox cannot listen on {HOST}, port {port}: {error.strerror}"
        raise SandboxError(reason, "choose another port") from error
    listener.listen()
    return listener
