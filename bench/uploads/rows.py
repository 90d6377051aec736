"""What is measured: each row's server, files, jobs, line and clients, and its targets' base."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from uploads.clients import (
    BASE,
    BBR,
    CLIENTS,
    FOUR_BBR,
    FOUR_STREAMS,
    ONE_STREAM,
    RESUME_CLIENTS,
    TINY_CLIENTS,
)
from uploads.namespaces import LINES, LossyLine, offers_bbr, why_not

MIB = 1024 * 1024
ALL = tuple(CLIENTS)
DEFAULTS = ("curl", "tus-js-client", "tuspy", "sitewalk")
OVER_TLS = ("curl", "tus-js-client", "sitewalk", "sitewalk --sha256")


@dataclass(frozen=True, slots=True)
class Row:
    """Files to one server: directly, over a line of so many megabits a second, or a lossy one.

    The former line is a proxy, the latter has real TCP. Ratios are to the first client. One that
    `resumes` has two files: the second is a quarter of the first.
    """

    group: str
    server: str
    files: int
    mib: float
    jobs: int = 1
    megabits: int | None = None
    clients: tuple[str, ...] = ALL
    lossy: LossyLine | None = None
    resumes: bool = False

    @property
    def base(self) -> str:
        """The client that the others are compared with."""
        return self.clients[0]

    @property
    def sizes(self) -> list[int]:
        """Bytes of each file, near enough."""
        size = int(self.mib * MIB)
        return [size, size // 4] if self.resumes else [size] * self.files

    @property
    def name(self) -> str:
        """The row in words."""
        size = f"{self.mib / 1024:g} GiB" if self.mib >= 1024 else f"{self.mib:g} MiB"
        size = size if self.mib >= 0.1 else f"{self.mib * 1024:g} KiB"
        count = f"{self.files:,} x {size}" if self.files > 1 else size
        files = f"{count}, {self.jobs} at once" if self.jobs > 1 else count
        if self.lossy:
            return f"{files}, {self.lossy.name}{', bbr' * self.uses_bbr}"
        if self.resumes:
            return f"the last quarter of {size} from a card of 20 MB/s"
        return f"{files} to {self.server}, {self._way}"

    @property
    def uses_bbr(self) -> bool:
        """Whether its clients send with bbr."""
        return self.clients in {tuple(BBR), tuple(FOUR_BBR)}

    @property
    def _way(self) -> str:
        return f"60 ms, {self.megabits} Mbit/s" if self.megabits else "loopback"


def scaled(row: Row, factor: float) -> Row:
    """The same with smaller files, or fewer tiny ones, for a quick look."""
    if row.group == "tiny":
        return replace(row, files=max(2, int(row.files * factor)))
    return replace(row, mib=max(1.0, float(round(row.mib * factor))))


def _over(line: LossyLine, files: int, clients: Iterable[str], control: str = "cubic") -> Row:
    """As many bytes as a minute allows."""
    mib = float(round(line.minute(control, files) / files))
    return Row("lossy", "tusd", files, mib, files, clients=tuple(clients), lossy=line)


def _all_over(line: LossyLine) -> Iterator[Row]:
    yield _over(line, 1, ONE_STREAM)
    yield _over(line, 4, FOUR_STREAMS)
    if not why_not() and offers_bbr():
        yield _over(line, 1, BBR, "bbr")
        yield _over(line, 4, FOUR_BBR, "bbr")


ROWS = (
    Row("loopback", "tusd", 1, 1024),
    Row("loopback", "tusd", 1, 4096),
    Row("loopback", "tus-node", 1, 1024),
    Row("loopback", "tus-node", 1, 4096),
    Row("tls", "tusd behind nginx", 1, 1024, clients=OVER_TLS),
    Row("tls", "tusd behind nginx", 1, 4096, clients=OVER_TLS),
    Row("jobs", "tusd", 8, 256, 1),
    Row("jobs", "tusd", 8, 256, 4),
    # Sizes that take the line a quarter of a minute.
    Row("line", "tusd", 1, 192, megabits=100, clients=DEFAULTS),
    Row("line", "tusd", 1, 768, megabits=400, clients=DEFAULTS),
    Row("line", "tusd", 4, 192, 4, megabits=400, clients=("curl", "tus-js-client", "sitewalk")),
    *chain.from_iterable(map(_all_over, LINES)),
    Row("resume", "tusd", 2, 128, clients=tuple(RESUME_CLIENTS), resumes=True),
    Row("tiny", "tusd", 1000, 8 / 1024, clients=tuple(TINY_CLIENTS)),
)
GROUPS = tuple(dict.fromkeys(row.group for row in ROWS))
Obstacle = Callable[[], str]
NEEDS: dict[str, Obstacle] = {"lossy": why_not}
"""Groups that not every machine can measure: why this one cannot, or nothing."""

__all__ = ["BASE", "GROUPS", "MIB", "NEEDS", "ROWS", "Row", "scaled"]
