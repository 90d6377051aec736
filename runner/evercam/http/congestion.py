"""Congestion control: how a socket shares a line, where the system lets a program choose."""

import socket
from collections.abc import Sequence
from pathlib import Path

from runner.base.errors import UsageError

Options = Sequence[tuple[int, int, int | bytes]]
"""What is set on a socket before it connects."""

_CHOICE = getattr(socket, "TCP_CONGESTION", None)
_KERNEL = Path("/proc/sys/net/ipv4")


def offered(kernel: Path = _KERNEL) -> tuple[str, ...]:
    """The algorithms that this machine has loaded; none where it offers no choice."""
    return _words(kernel / "tcp_available_congestion_control")


def allowed(kernel: Path = _KERNEL) -> tuple[str, ...]:
    """Those that a program may choose without being root."""
    return _words(kernel / "tcp_allowed_congestion_control")


def _words(file: Path) -> tuple[str, ...]:
    try:
        return tuple(file.read_text(encoding="ascii").split()) if _CHOICE is not None else ()
    except (OSError, UnicodeDecodeError):
        return ()


def socket_options(name: str) -> Options:
    """What makes a socket use an algorithm, tried on a socket that goes nowhere.

    Raises UsageError where this machine does not let it.
    """
    if _CHOICE is None:
        message = f"congestion control `{name}` cannot be chosen here: only Linux lets a program"
        raise UsageError(message, "leave out --congestion-control")
    options = ((socket.IPPROTO_TCP, _CHOICE, name.encode()),)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.setsockopt(*options[0])
    except OSError as error:
        raise _refusal(name) from error
    return options


def _refusal(name: str) -> UsageError:
    may = ", ".join(allowed()) or "none"
    message = f"congestion control `{name}` is not allowed on this machine; allowed: {may}"
    if name not in {"bbr", "cubic", "reno"}:
        return UsageError(message, "name one of these, or leave it out")
    with_it = " ".join(dict.fromkeys([*allowed(), name]))
    once = f"modprobe tcp_{name}; sysctl -w net.ipv4.tcp_allowed_congestion_control='{with_it}'"
    return UsageError(message, f"root allows it once with: {once}")


FORCED = "+"
"""Ends a name that shall be used for several streams at once as well."""


def chosen(wish: str, streams: int) -> tuple[str, str]:
    """The algorithm to use for so many streams at once, empty for the system's; and a note.

    Several streams with bbr crowd each other and everybody else out of a line with short queues.
    """
    name = wish.removesuffix(FORCED)
    if not name or wish.endswith(FORCED) or streams <= 1:
        return name, f"sending with congestion control {name}" if name else ""
    why = f"{name} is left out: {streams} streams at once would crowd out their neighbours"
    return "", f"{why}; one at a time is --jobs 1, and `{name}{FORCED}` forces it"
