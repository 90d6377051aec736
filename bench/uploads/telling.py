"""Own what is told of the measurements: the table, the targets, and both as JSON."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from uploads.clients import BASE
from uploads.measure import Cost, median
from uploads.rows import MIB, Row

Rounds = Sequence[Mapping[str, Cost]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A row and what its rounds cost."""

    row: Row
    rounds: Rounds

    def median(self, client: str) -> Cost:
        """The client's typical cost."""
        return median([one[client] for one in self.rounds])

    def wall(self, client: str, base: str = BASE) -> float:
        """How many times as long as another one it takes."""
        return self.median(client).wall / self.median(base).wall

    def cpu(self, client: str, base: str = BASE) -> float:
        """How many times the CPU time of another one it takes."""
        return self.median(client).cpu / self.median(base).cpu

    def rate(self, client: str) -> float:
        """The part of the line's rate it makes use of, start and end of the process included."""
        bits = self.row.files * self.row.mib * MIB * 8
        return bits / self.median(client).wall / ((self.row.megabits or 0) * 1_000_000)


def table(measured: Measured) -> Iterator[str]:
    """Yield the lines of a row's table: medians, and in brackets their ratio to curl's."""
    yield f"\n{measured.row.name} ({len(measured.rounds)} rounds)"
    yield f"  {'':22}{'wall s':>14}{'CPU s':>16}{'peak MB':>10}"
    for client in measured.row.clients:
        cost = measured.median(client)
        wall = f"{cost.wall:.2f} ({measured.wall(client):.2f})"
        cpu = f"{cost.cpu:.2f} ({measured.cpu(client):.2f})"
        yield f"  {client:22}{wall:>14}{cpu:>16}{cost.peak / 1_000_000:>10.0f}"


@dataclass(frozen=True, slots=True)
class Target:
    """A promise, what was measured, and whether that keeps it."""

    text: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it holds."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        verdict = "met   " if self.met else "MISSED"
        return f"{verdict} {self.value:6.2f} {sign} {self.limit:.2f}  {self.text}"


def targets(all_measured: Sequence[Measured]) -> Iterator[Target]:
    """Yield the targets that the measured rows can tell of."""
    for measured in all_measured:
        yield from _targets(measured)
    yield from _flatness(all_measured)


def _targets(measured: Measured) -> Iterator[Target]:
    row, ours, other = measured.row, "sitewalk", "tus-js-client"
    if row.megabits is None and row.mib == 4096:
        yield Target(f"wall / curl: {row.name}", measured.wall(ours), 1.25)
        yield Target(f"CPU / curl: {row.name}", measured.cpu(ours), 1.5)
    if row.megabits is not None:
        yield Target(f"wall / curl: {row.name}", measured.wall(ours), 1.05)
    if row.megabits is not None and row.jobs > 1:
        yield Target(f"of the line's rate: {row.name}", measured.rate(ours), 0.9, at_least=True)
    yield Target(f"wall / {other}: {row.name}", measured.wall(ours, other), 1.0)
    yield Target(f"CPU / {other}: {row.name}", measured.cpu(ours, other), 1.0)
    memory = measured.median(ours).peak / measured.median(other).peak
    yield Target(f"peak memory / {other}: {row.name}", memory, 1.0)


def _flatness(all_measured: Sequence[Measured]) -> Iterator[Target]:
    """Four times the file, the same memory: within a tenth."""
    peaks = {
        (one.row.server, one.row.mib): one.median("sitewalk").peak
        for one in all_measured
        if one.row.group == "loopback"
    }
    for (server, mib), peak in peaks.items():
        if (server, 4 * mib) in peaks:
            text = f"peak memory, 4 GiB / 1 GiB: {server}"
            yield Target(text, peaks[server, 4 * mib] / peak, 1.1)


def as_json(all_measured: Sequence[Measured]) -> dict[str, object]:
    """Everything measured, run by run."""
    return {
        "version": 1,
        "machine": {"system": platform.platform(), "python": platform.python_version()},
        "rows": [
            {
                **asdict(one.row),
                "name": one.row.name,
                "rounds": [
                    {client: asdict(cost) for client, cost in costs.items()} for costs in one.rounds
                ],
                "medians": {client: asdict(one.median(client)) for client in one.row.clients},
            }
            for one in all_measured
        ],
        "targets": [asdict(one) | {"met": one.met} for one in targets(all_measured)],
    }
