"""Faults: what can go wrong at which step, how each is written, and which is next."""

import math
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self, TypeVar, get_args

FaultStep = Literal["login", "create", "tus_create", "patch", "head", "finish", "drawing"]
FaultKind = Literal[
    "status",
    "status-after",
    "drop-before",
    "drop-after",
    "garbage",
    "delay",
    "delay-after",
    "cut",
    "stall",
    "lie-offset",
    "redirect",
]

_Word = TypeVar("_Word", bound=str)

STEPS: Final[tuple[FaultStep, ...]] = get_args(FaultStep)
KINDS: Final[tuple[FaultKind, ...]] = get_args(FaultKind)
STEPS_OF_KIND: Final[Mapping[FaultKind, tuple[FaultStep, ...]]] = {
    "cut": ("patch",),
    "stall": ("patch",),
    "lie-offset": ("patch", "head"),
}
KINDS_WITH_STATUS: Final = ("status", "status-after", "redirect")
KINDS_WITH_BYTES: Final = ("cut", "stall", "lie-offset")

STATUSES: Final = range(200, 600)  # the statuses that end an exchange

FORM: Final = "STEP:KIND[=STATUS][@BYTES][+SECONDS][xTIMES][~MATCH]"
_FAULT: Final = re.compile(
    r"(?P<step>[a-z_]+):(?P<kind>[a-z-]+)"
    r"(?:=(?P<status>[0-9]+))?"
    r"(?:@(?P<after_bytes>[0-9]+))?"
    r"(?:\+(?P<seconds>[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?))?"
    r"(?:x(?P<times>[0-9]+))?"
    r"(?:~(?P<match>.+))?",
    re.ASCII | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong at one step; a request that is refused anyway is just refused.

    Kinds:
        status: answer `status` (500) without doing the work; `seconds` becomes Retry-After.
        status-after: do the work, then answer `status` (500).
        drop-before, drop-after: close the connection without an answer, before or after the work.
        garbage: do the work, then answer 200 with a body nobody can read.
        delay, delay-after: wait `seconds` (1) before or after the work, then answer as usual.
        cut: keep `after_bytes` (0) of this PATCH, if it has as many, then close the connection.
        stall: take `after_bytes` (0) of this PATCH, then read nothing for `seconds` (for ever).
        lie-offset: lose the last `after_bytes` (1) that were acknowledged: after a PATCH has
            answered for them, or just before a HEAD is answered.
        redirect: answer `status` (302) with another address, without doing the work.

    Attributes:
        times: how often it happens; 0 means always.
        match: only requests whose walkthrough name (create, finish), file name (tus) or project
            (drawing) contains this.

    Raises:
        ValueError: step, kind and values do not go together; the message says why.
    """

    step: FaultStep
    kind: FaultKind
    times: int = 1
    after_bytes: int | None = None
    status: int | None = None
    seconds: float | None = None
    match: str | None = None

    def __post_init__(self) -> None:
        for reason in _objections(self):
            raise ValueError(f"fault {self}: {reason}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a fault as the command line takes it: `create:drop-after`, `patch:cut@1048576x3`.

        Raises ValueError when the text is no fault; the message shows the right form.
        """
        found = _FAULT.fullmatch(text)
        if found is None:
            words = f"steps: {', '.join(STEPS)}; kinds: {', '.join(KINDS)}"
            raise ValueError(f"fault {text!r} is not of the form {FORM}; {words}")
        return cls(
            step=_one_of(STEPS, found["step"], "step"),
            kind=_one_of(KINDS, found["kind"], "kind"),
            times=1 if found["times"] is None else int(found["times"]),
            after_bytes=None if found["after_bytes"] is None else int(found["after_bytes"]),
            status=None if found["status"] is None else int(found["status"]),
            seconds=None if found["seconds"] is None else float(found["seconds"]),
            match=found["match"],
        )

    def __str__(self) -> str:
        return "".join(
            (
                f"{self.step}:{self.kind}",
                "" if self.status is None else f"={self.status}",
                "" if self.after_bytes is None else f"@{self.after_bytes}",
                "" if self.seconds is None else f"+{self.seconds!r}".removesuffix(".0"),
                "" if self.times == 1 else f"x{self.times}",
                "" if self.match is None else f"~{self.match}",
            )
        )

    def concerns(self, step: str, subject: str) -> bool:
        """Whether this fault applies to a request of `step` about the name `subject`."""
        return step == self.step and (self.match is None or self.match in subject)


class FaultQueue:
    """The coming faults in the order in which they were added; any thread may add some."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._left: list[tuple[Fault, float]] = []
        self.add(*faults)

    def add(self, *faults: Fault) -> None:
        """Append faults; each waits for its turn behind those of the same step."""
        with self._lock:
            self._left.extend((fault, fault.times or math.inf) for fault in faults)

    def clear(self) -> None:
        """Forget all faults that have not happened yet."""
        with self._lock:
            self._left.clear()

    def take(self, step: str, subject: str) -> Fault | None:
        """Take the first fault for a request, which counts as having happened once more."""
        with self._lock:
            for index, (fault, left) in enumerate(self._left):
                if fault.concerns(step, subject):
                    self._left[index : index + 1] = [(fault, left - 1)] if left > 1 else []
                    return fault
        return None


def _one_of(choices: tuple[_Word, ...], text: str, what: str) -> _Word:
    for choice in choices:
        if choice == text:
            return choice
    raise ValueError(f"no such {what} of a fault: {text!r}; there are {', '.join(choices)}")


def _objections(fault: Fault) -> Iterable[str]:
    """Yield why the parts of a fault do not go together."""
    steps = STEPS_OF_KIND.get(fault.kind, STEPS)
    if fault.step not in steps:
        yield f"{fault.kind} happens only at {' and '.join(steps)}"
    if fault.status is not None and fault.kind not in KINDS_WITH_STATUS:
        yield f"a status goes only with {', '.join(KINDS_WITH_STATUS)}"
    if fault.status is not None and fault.status not in STATUSES:
        yield "a status is a number from 200 to 599"
    if fault.after_bytes is not None and fault.kind not in KINDS_WITH_BYTES:
        yield f"a number of bytes goes only with {', '.join(KINDS_WITH_BYTES)}"
    if fault.times < 0 or (fault.after_bytes or 0) < 0:
        yield "counts are not negative"
    if fault.seconds is not None and not 0 <= fault.seconds < math.inf:
        yield "seconds are a finite number, 0 or more"
    if fault.match is not None and (fault.match == "" or fault.step == "login"):
        yield "a text to match is not empty, and a login has no name to match"
