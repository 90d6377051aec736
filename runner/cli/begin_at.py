"""The time to begin at, as `--at` names it, and the wait until then."""

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator

from runner.base.clock import Clock, local, next_moment
from runner.base.errors import UsageError
from runner.base.wording import duration
from runner.cli.console import Console

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_LOOK = 1.0
"""Seconds between two looks at the clock on the wall: it may be set, and a laptop may sleep."""


def begin_at(text: str, now: dt.datetime) -> dt.datetime:
    """The next moment at which clocks here show a time such as `22:00`; raises UsageError.

    That is now while they show it, so that what a scheduler starts a second late waits for no day.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        message = f"`{text}` is not a time to begin at"
        raise UsageError(message, "give hours and minutes as clocks here show them: --at 22:00")
    time = dt.time(int(found[1]), int(found[2]))
    shown = local(now).time().replace(second=0, microsecond=0)
    return now if shown == time else next_moment(time, now)


def wait_until(
    moment: dt.datetime, clock: Clock, pause: Callable[[float], None], console: Console
) -> None:
    """Wait, by `pause`, and tell how long that is: on a terminal in one line that counts down."""
    left = (moment - clock.now()).total_seconds()
    if left <= 0:
        return
    here, now = local(moment), local(clock.now())
    day = "tomorrow " if here.date() > now.date() else ""
    console.say(f"beginning {day}at {here:%H:%M}, in {duration(left)}; Ctrl-C calls it off")
    with _countdown(console) as show:
        while (left := (moment - clock.now()).total_seconds()) > 0:
            show(f"beginning in {duration(left)}")
            pause(min(left, _LOOK))


@contextlib.contextmanager
def _countdown(console: Console) -> Iterator[Callable[[str], None]]:
    """On a terminal, what shows a line over the one before; what is said takes its place."""
    if not console.is_terminal:
        yield lambda _text: None
        return

    def say(text: str) -> None:
        console.draw("")
        console.write(text)

    with console.through(say):
        try:
            yield console.draw
        finally:
            console.draw("")
