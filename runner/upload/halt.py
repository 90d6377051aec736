"""Why a run begins nothing more: one answer showed that the others would fare no better."""

from runner.base.errors import SitewalkError
from runner.evercam.client import LoginFailedError, NotUnderstoodError
from runner.evercam.http.errors import ProxyRefusedError


class NotBegunError(SitewalkError):
    """A walkthrough was left alone, since what another one met would have met it as well."""


class Halt:
    """What the jobs of a run have met that concerns them all. From any thread."""

    def __init__(self) -> None:
        self._all: SitewalkError | None = None
        self._creates: SitewalkError | None = None

    def consider(self, error: SitewalkError) -> None:
        """Take note of an error that others would meet as well."""
        cause = error.cause if isinstance(error, LoginFailedError) else error
        if isinstance(cause, ProxyRefusedError):
            self._all = cause
        if isinstance(cause, NotUnderstoodError):
            self._creates = cause

    def check(self) -> None:
        """Raise NotBegunError when no request would get through."""
        if self._all is not None:
            raise NotBegunError(f"not begun: {self._all}", self._all.help)

    def check_create(self) -> None:
        """Raise NotBegunError when a create would probably end in another hold."""
        self.check()
        if self._creates is not None:
            message = f"not created, since of another walkthrough {self._creates}"
            raise NotBegunError(message, _SETTLE_FIRST)


_SETTLE_FIRST = "settle the one that is held first; its reason quotes the answer"
