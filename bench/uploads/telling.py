"""What is told of the measurements: the table, the targets, and both as JSON."""

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median as median_of

from uploads.measure import Cost, median
from uploads.rows import Row

Rounds = Sequence[Mapping[str, Cost]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A row and what its rounds cost."""

    row: Row
    rounds: Rounds

    def median(self, client: str) -> Cost:
        """The client's typical cost."""
        return median([one[client] for one in self.rounds])

    def wall(self, client: str, base: str = "") -> float:
        """How many times as long as another one, the row's base, it takes."""
        return self._ratio(client, base, lambda cost: cost.wall)

    def cpu(self, client: str, base: str = "") -> float:
        """How many times the CPU time of another one, the row's base, it takes."""
        return self._ratio(client, base, lambda cost: cost.cpu)

    def _ratio(self, client: str, base: str, figure: Callable[[Cost], float]) -> float:
        """The median of the ratios within each round: what slows a machine slows both."""
        other = base or self.row.base
        return median_of([figure(one[client]) / figure(one[other]) for one in self.rounds])

    def rate(self, client: str) -> float:
        """The part of the line's rate it makes use of, start and end of the process included."""
        line = self.row.lossy.megabits if self.row.lossy else self.row.megabits
        bits = self.row.files * self.row.mib * 1.048576 * 8
        return bits / self.median(client).wall / (line or 0)


def table(measured: Measured) -> Iterator[str]:
    """Yield the lines of a row's table: medians, and in brackets their ratio to the first."""
    has_line = measured.row.lossy is not None or measured.row.megabits is not None
    yield f"\n{measured.row.name} ({len(measured.rounds)} rounds)"
    line = f"{'of the line':>13}" * has_line
    yield f"  {'':26}{'wall s':>14}{'CPU s':>16}{'peak MB':>10}{line}"
    for client in measured.row.clients:
        cost = measured.median(client)
        wall = f"{cost.wall:.2f} ({measured.wall(client):.2f})"
        cpu = f"{cost.cpu:.2f} ({measured.cpu(client):.2f})"
        share = f"{measured.rate(client):>12.0%} " if has_line else ""
        yield f"  {client:26}{wall:>14}{cpu:>16}{cost.peak / 1_000_000:>10.0f}{share}".rstrip()


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
    yield from _several_streams(all_measured)
    yield from _flatness(all_measured)


def _targets(measured: Measured) -> Iterator[Target]:
    match measured.row.group:
        case "lossy":
            yield from _on_a_lossy_line(measured)
        case "resume":
            text = "wall of the last quarter, resumed / sent as a file of its own"
            yield Target(text, measured.wall("resumed at 75 %"), 1.1)
        case "tiny":
            one, many = "sitewalk --jobs 1", "sitewalk --jobs 16"
            yield Target(f"wall / bare loop: {measured.row.name}", measured.wall(one), 5)
            yield Target("wall with 1 job / with 16", measured.wall(one, many), 2.5, at_least=True)
        case _:
            yield from _beside_others(measured)


def _on_a_lossy_line(measured: Measured) -> Iterator[Target]:
    name, several = measured.row.name, "a walk of 4 files"
    if several in measured.row.clients:
        rate = measured.wall("curl x4", several)
        yield Target(f"rate of a walk / of four curls: {name}", rate, 0.9, at_least=True)
    if "curl x1, bbr" in measured.row.clients:
        rate = measured.wall("curl x1, bbr", "a walk of 1 file, bbr")
        yield Target(f"rate of a walk / of curl: {name}", rate, 0.9, at_least=True)


def _several_streams(all_measured: Sequence[Measured]) -> Iterator[Target]:
    """A walk's files at once, beside the one stream it had when they went one after the other."""
    rates = {
        (measured.row.lossy, client): measured.rate(client)
        for measured in all_measured
        for client in measured.row.clients
        if measured.row.lossy is not None and measured.row.lossy.loss_percent == 0.1
    }
    for (line, client), rate in rates.items():
        one = rates.get((line, "a walk of 1 file"))
        if line is not None and client == "a walk of 4 files" and one is not None:
            text = f"rate of four files / of one: {line.name}"
            yield Target(text, rate / one, 1.8, at_least=True)


def _beside_others(measured: Measured) -> Iterator[Target]:
    row, ours, other = measured.row, "sitewalk", "tus-js-client"
    if row.megabits is None and row.mib == 4096:
        limit = 1.15 if row.group == "tls" else 1.25
        yield Target(f"wall / curl: {row.name}", measured.wall(ours), limit)
    if row.group == "loopback" and row.mib == 4096:
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
