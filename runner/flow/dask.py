"""A Dask cluster that is there already, as the workers of a run (extra `dask`)."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from runner.base.clock import CancelToken
from runner.base.errors import UsageError, reason_of
from runner.base.installation import install_command

if TYPE_CHECKING:
    from distributed import Client

_RETRIES = 3
"""A task that raised is begun again so often; the ledger says where it goes on."""

_TIMEOUT = 10.0
"""Seconds in which a scheduler has to answer."""

_LOOK = 0.5
"""Seconds between looks whether a worker is being closed."""


def opened_executor(text: str | None) -> AbstractContextManager[Executor | None]:
    """What `--executor` names, as long as this is entered; None for threads of this process.

    Raises UsageError.
    """
    if text is None:
        return nullcontext()
    kind, _, address = text.partition("=")
    if kind != "dask" or not address.startswith(("tcp://", "tls://")):
        raise UsageError(f"`{text}` is no executor", "for example dask=tcp://host:8786")
    return _cluster(address)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and slow
    except ImportError as error:
        message = "a Dask cluster needs distributed, which is not installed"
        raise UsageError(message, install_command("dask")) from error
    try:
        # Certificates, for tls://, are those of Dask's own configuration.
        client = Client(  # type: ignore[no-untyped-call] # distributed has no types here
            address, timeout=_TIMEOUT, name="sitewalk", set_as_default=False
        )
    except (OSError, ValueError, TypeError) as error:
        message = f"no Dask scheduler answers at {address}: {_why(error)}"
        help_ = "start `dask scheduler`; for tls://, set certificates in Dask's configuration"
        raise UsageError(message, help_) from error
    with client:
        yield DaskExecutor(client)


def _why(error: Exception) -> str:
    return reason_of(error) if isinstance(error, OSError) else str(error)


class DaskExecutor(Executor):
    """Hands tasks to a cluster under their own names."""

    def __init__(self, client: "Client") -> None:
        self._executor = client.get_executor(  # type: ignore[no-untyped-call] # as above
            pure=False, retries=_RETRIES
        )

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a worker of the cluster do it, and end it with that worker."""
        watched = partial(fn, watch=stopped_with_its_worker)
        future: Future[Any] = self._executor.submit(watched, *args, key=args[0].name, **kwargs)
        return future


@contextmanager
def stopped_with_its_worker(stop: CancelToken) -> Iterator[None]:
    """Have the work end gently when its Dask worker is closed: by SIGTERM, or from afar."""
    from distributed import get_worker  # noqa: PLC0415 - as above
    from distributed.core import Status  # noqa: PLC0415 - the same

    worker, over = get_worker(), threading.Event()

    def look() -> None:
        while not over.wait(_LOOK):
            if worker.status not in {Status.running, Status.paused}:
                stop.request()

    thread = threading.Thread(target=look, name="worker's end", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
