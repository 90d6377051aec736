"""Notices to people who are not at the machine: sent by Apprise, beside the run and never in it.

The addresses hold passwords and tokens: nothing but their scheme is ever shown.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.base.errors import UsageError
from runner.base.installation import install_command
from runner.report.forms.notice import Notice

if TYPE_CHECKING:
    from apprise import Apprise

PATIENCE = 20.0
"""Seconds that the end of a run waits for notices under way, all together."""

HASTE = 3.0
"""Seconds, where the run was asked to stop."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,20})://", re.ASCII | re.IGNORECASE)

_KINDS = "for example mailtos://, msteams://, slack://, ntfy://, jsons://"


@dataclass(frozen=True, slots=True)
class NoticeAddress:
    """An address for notices; only its `scheme` may be shown."""

    scheme: str
    service: "Apprise"

    def send(self, notice: Notice) -> bool:
        """Send a notice and wait; returns whether it was accepted."""
        sent = self.service.notify(body=notice.body, title=notice.title, body_format="text")
        return bool(sent)


def schemes(text: str) -> tuple[str, ...]:
    """The schemes of addresses that blanks separate: all that may be shown of them."""
    found = (_SCHEME.match(url) for url in text.split())
    return tuple(scheme[1] if scheme else "unknown" for scheme in found)


def read_addresses(text: str) -> tuple[NoticeAddress, ...]:
    """The addresses in a text, which blanks separate. Raises UsageError, without showing any."""
    try:
        import apprise  # noqa: PLC0415 - an extra, and large
    except ImportError:
        raise UsageError("notices need Apprise", install_command("notify")) from None
    # Its log may hold an address; whether a notice was sent is said in our own words.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    # Without a limit of its own it makes no threads, which the end of the process would wait for.
    asset = apprise.AppriseAsset(app_id="sitewalk", service_timeout=0)
    found = []
    for number, (url, scheme) in enumerate(zip(text.split(), schemes(text), strict=True), 1):
        service = apprise.Apprise(asset=asset)
        if not service.add(url):
            message = f"address {number} for notices ({scheme}) is none that Apprise knows"
            raise UsageError(message, f"{_KINDS}; blanks in it are written %20")
        found.append(NoticeAddress(scheme, service))
    return tuple(found)


class Courier:
    """Sends notices, each to every address, in threads that nobody waits for before the end."""

    def __init__(self, addresses: Sequence[NoticeAddress], say: Callable[[str], None]) -> None:
        self._addresses = addresses
        self._say = say
        self._under_way: list[tuple[threading.Thread, str]] = []

    def send(self, notice: Notice) -> None:
        """Begin to send a notice; returns at once."""
        for address in self._addresses:
            thread = threading.Thread(
                target=self._deliver, args=(address, notice), name="notice", daemon=True
            )
            self._under_way.append((thread, address.scheme))
            thread.start()

    def finish(self, seconds: float = PATIENCE) -> None:
        """Wait for notices under way, for this many seconds at most."""
        deadline = time.monotonic() + seconds
        for thread, scheme in self._under_way:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                self._say(f"a notice to {scheme}://… was not taken within {seconds:.0f} s")

    def _deliver(self, address: NoticeAddress, notice: Notice) -> None:
        if not address.send(notice):
            self._say(f"a notice to {address.scheme}://… could not be sent")
