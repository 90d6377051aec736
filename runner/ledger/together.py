"""Commits that threads share: what is to be written while the disk syncs is synced together."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from runner.ledger.database import Result, Transaction

if TYPE_CHECKING:  # who only reads does without
    from concurrent.futures import Future

AnyTransaction = TypeVar("AnyTransaction", bound=Transaction)


Write = tuple[Callable[[AnyTransaction], Any], "Future[Any]"]
"""Work that waits to be done and committed, and the future of its result."""


class CommitsTogether(Generic[AnyTransaction]):
    """Commits of one connection: a sync of the disk serves all threads that wait by then.

    `begin` is a transaction, committed where its `with` block ends well. `lock` is held meanwhile.
    """

    def __init__(
        self, begin: Callable[[], AbstractContextManager[AnyTransaction]], lock: threading.Lock
    ) -> None:
        self._begin = begin
        self._lock = lock
        self._waiting: deque[Write[AnyTransaction]] = deque()

    def write(self, work: Callable[[AnyTransaction], Result]) -> Result:
        """Do the work: durable when this returns, undone when the work raises.

        It may be done twice, of which one is undone.
        """
        from concurrent.futures import Future  # noqa: PLC0415 - who only reads does without

        future = Future[Result]()
        self._waiting.append((work, future))
        with self._lock:
            if not future.done():  # or whoever was before has done it as well
                self._commit([self._waiting.popleft() for _ in range(len(self._waiting))])
        return future.result()

    def _commit(self, writes: list[Write[AnyTransaction]]) -> None:
        try:
            with self._begin() as transaction:
                results = [work(transaction) for work, _ in writes]
        except BaseException as error:  # noqa: BLE001 - handed on by the future, as executors do
            self._without_each_other(writes, error)
        else:
            for (_, future), result in zip(writes, results, strict=True):
                future.set_result(result)

    def _without_each_other(
        self,
        writes: list[Write[AnyTransaction]],
        error: BaseException,
    ) -> None:
        """What one of them met is not the others' failure: each has its own commit."""
        if len(writes) == 1:
            ((_, future),) = writes
            future.set_exception(error)
            return
        for write in writes:
            self._commit([write])
