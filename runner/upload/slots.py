"""Slots: how many recordings of a run are sent at once, whatever walkthroughs they are of."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Protocol, Self, TypeVar

Result = TypeVar("Result")


class Sender(Protocol):
    """Whatever does several pieces of work, each once; after one fails, none is begun any more."""

    def start(
        self, work: Sequence[Callable[[], Result]], ended: Callable[[Future[Result]], None]
    ) -> list[Future[Result]]:
        """Do it now or later; `ended` is told of each piece, also of one that is cancelled."""


class OneByOne:
    """One recording after the other, in the thread of their walkthrough."""

    def start(
        self, work: Sequence[Callable[[], Result]], ended: Callable[[Future[Result]], None]
    ) -> list[Future[Result]]:
        """Do it at once, in order."""
        futures = futures_of(work, ended)
        for future, call in zip(futures, work, strict=True):
            run(future, call)
        return futures


class Slots:
    """So many threads for the recordings of a run, which take them in the order they came.

    Walkthroughs wait for their recordings outside of them, so there is always one to go on. The
    end of the process does not wait for a thread that a dead share holds.
    """

    def __init__(self, count: int) -> None:
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._serve, name=f"recording-{number}", daemon=True)
            for number in range(count)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for _ in self._threads:
            self._tasks.put(None)

    def start(
        self, work: Sequence[Callable[[], Result]], ended: Callable[[Future[Result]], None]
    ) -> list[Future[Result]]:
        """Do it as slots come free."""
        futures = futures_of(work, ended)
        for future, call in zip(futures, work, strict=True):
            self._tasks.put(partial(run, future, call))
        return futures

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()


def futures_of(
    work: Sequence[Callable[[], Result]], ended: Callable[[Future[Result]], None]
) -> list[Future[Result]]:
    """A future for each piece of work; the first that fails cancels those not begun."""
    futures: list[Future[Result]] = [Future() for _ in work]
    for future in futures:
        future.add_done_callback(ended)
        future.add_done_callback(partial(_cancel_others, futures))
    return futures


def _cancel_others(futures: Sequence[Future[Result]], ended: Future[Result]) -> None:
    if not ended.cancelled() and ended.exception() is not None:
        for future in futures:
            future.cancel()


def run(future: Future[Result], call: Callable[[], Result]) -> None:
    """Do a piece of work, unless its future is cancelled."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - handed on by the future, as executors do
        future.set_exception(error)
    else:
        future.set_result(result)
