"""The intent to create: durable before its request leaves, and soon too old to be sent."""

from collections.abc import Callable

from runner.evercam.http.errors import UnreachableError

LONGEST_INTENT = 10.0
"""Seconds after which a create request is not sent any more; `resolve --retry` waits for longer."""


class Intent:
    """Written once, by `write`, when it is first called; later calls only look at its age.

    `uptime` tells seconds, those that the machine slept through included.
    """

    def __init__(self, write: Callable[[], None], uptime: Callable[[], float]) -> None:
        self._write = write
        self._uptime = uptime
        self._written: float | None = None

    def __call__(self) -> None:
        """Raise UnreachableError once a person may have said that the request never left."""
        if self._written is None:
            self._written = self._uptime()
            self._write()
        age = self._uptime() - self._written
        if age > LONGEST_INTENT:
            message = f"the create request was {age:.0f} s late, and did not leave"
            raise UnreachableError(message)
