"""Commits that threads share: what is to be written while the disk syncs is synced together."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from runner.ledger.database import Result, Transaction

if TYPE_CHECKING:  # who only reads does without
    from concurrent.futures import Future

AnyTransaction = TypeVar("AnyTransaction", bound=Transaction)


def _future() -> "Future[Any]":
    from concurrent.futures import Future  # noqa: PLC0415 - as above

    return Future()


@dataclass(frozen=True, slots=True)
class _Write(Generic[AnyTransaction]):
    """Work that waits to be done and committed, and the future of its result."""

    work: Callable[[AnyTransaction], Any]
    future: "Future[Any]" = field(default_factory=_future)


class CommitsTogether(Generic[AnyTransaction]):
    """Commits of one connection: a sync of the disk serves all threads that wait by then.

    `begin` is a transaction, committed where its `with` block ends well. `lock` is held meanwhile.
    """

    def __init__(
        self, begin: Callable[[], AbstractContextManager[AnyTransaction]], lock: threading.Lock
    ) -> None:
        self._begin = begin
        self._lock = lock
        self._waiting: deque[_Write[AnyTransaction]] = deque()

    def write(self, work: Callable[[AnyTransaction], Result]) -> Result:
        """Do the work: durable when this returns, undone when the work raises.

        It may be done twice, of which one is undone.
        """
        write = _Write(work)
        self._waiting.append(write)
        with self._lock:
            if not write.future.done():  # or whoever was before has done it as well
                self._commit([self._waiting.popleft() for _ in range(len(self._waiting))])
        result: Result = write.future.result()
        return result

    def _commit(self, writes: list[_Write[AnyTransaction]]) -> None:
        try:
            with self._begin() as transaction:
                results = [write.work(transaction) for write in writes]
        except BaseException as error:  # noqa: BLE001 - handed on by the future, as executors do
            self._without_each_other(writes, error)
        else:
            for write, result in zip(writes, results, strict=True):
                write.future.set_result(result)

    def _without_each_other(
        self, writes: list[_Write[AnyTransaction]], error: BaseException
    ) -> None:
        """What one of them met is not the others' failure: each has its own commit."""
        if len(writes) == 1:
            writes[0].future.set_exception(error)
            return
        for write in writes:
            self._commit([write])
