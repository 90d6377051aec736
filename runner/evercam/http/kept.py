"""Sessions that are kept for the next request, so that no connection is to be opened for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from runner.evercam.http.session import Session
from runner.evercam.http.waiting import Check, never

_FRESH_SECONDS = 20.0
"""What stands between here and there may forget an idle connection, after minutes, and say nothing:
a request on it would wait for an answer in vain."""

_MOST_IDLE = 16


@dataclass(slots=True)
class KeptSessions:
    """Sessions to one server, each used by one thread at a time; what lies idle is closed soon.

    From any thread.
    """

    new: Callable[[], Session]
    monotonic: Callable[[], float] = time.monotonic
    _idle: list[tuple[float, Session]] = field(default_factory=list)
    _is_closed: bool = False
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def lend(self, check: Check) -> Iterator[Session]:
        """A session whose waits `check` may end, the one used last if that is fresh."""
        session = self.take()
        session.check = check
        try:
            yield session
        finally:
            session.check = never
            self.give(session)

    @property
    def is_ready(self) -> bool:
        """Whether a session that was used just now lies there, its connection most likely open."""
        since = self.monotonic() - _FRESH_SECONDS
        with self._lock:
            return any(moment > since for moment, _ in self._idle)

    def take(self) -> Session:
        """A session that nobody else uses."""
        self._close_all_but(_MOST_IDLE)
        with self._lock:
            if self._idle:
                return self._idle.pop()[1]
        return self.new()

    def give(self, session: Session) -> None:
        """Keep a session for the next request."""
        with self._lock:
            self._idle.append((self.monotonic(), session))
        self._close_all_but(0 if self._is_closed else _MOST_IDLE)

    def close(self) -> None:
        """Close what lies idle, and whatever is given back later."""
        self._is_closed = True
        self._close_all_but(0)

    def _close_all_but(self, most: int) -> None:
        since = self.monotonic() - _FRESH_SECONDS
        with self._lock:
            fresh = [kept for kept in self._idle if kept[0] > since]
            fresh = fresh[len(fresh) - min(most, len(fresh)) :]
            stale = [session for moment, session in self._idle if (moment, session) not in fresh]
            self._idle = fresh
        for session in stale:
            session.close()
