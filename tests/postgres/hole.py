"""A proxy that lets connections pass, swallows what they carry, or cuts them at a moment."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Hole:
    """What lies between a program and its server.

    While `is_black` packets vanish, and nobody hears of it. `cut_when` is asked of each packet of
    the program's, after it was passed on; when it says yes, both sides are cut before an answer.
    `cut_before` is asked before: the packet does not arrive.
    """

    port: int
    is_black: threading.Event = field(default_factory=threading.Event)
    cut_when: Callable[[bytes], bool] = lambda _packet: False
    cut_before: Callable[[bytes], bool] = lambda _packet: False
    swallowed: int = 0


@contextlib.contextmanager
def hole_before(port: int) -> Iterator[Hole]:
    """A hole in front of a server's port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hole = Hole(listener.getsockname()[1])
        over = threading.Event()
        listener.settimeout(0.1)
        serving = threading.Thread(target=_serve, args=(listener, port, hole, over))
        serving.start()
        try:
            yield hole
        finally:
            over.set()
            serving.join()


def _serve(listener: socket.socket, port: int, hole: Hole, over: threading.Event) -> None:
    with contextlib.ExitStack() as stack:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                near = stack.enter_context(listener.accept()[0])
                near.setblocking(True)
                try:
                    far = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                except OSError:
                    near.close()
                    continue
                thread = threading.Thread(target=_pump, args=(near, far, hole, over))
                thread.start()
                stack.callback(thread.join)


def _pump(near: socket.socket, far: socket.socket, hole: Hole, over: threading.Event) -> None:
    with contextlib.suppress(OSError), near, far:
        while not over.is_set():
            for source in select.select([near, far], [], [], 0.1)[0]:
                packet = source.recv(65536)
                if not packet:
                    return
                if hole.is_black.is_set():
                    hole.swallowed += 1
                    continue
                if source is near and hole.cut_before(packet):
                    return
                (far if source is near else near).sendall(packet)
                if source is near and hole.cut_when(packet):
                    return
