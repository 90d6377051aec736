"""What a run costs: wall time, CPU and peak memory of the whole process, and their medians."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall time, seconds of CPU (user and system), bytes of memory at the peak."""

    wall: float
    cpu: float
    peak: int


def measure(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Run a command to its end; raises RuntimeError with its last words when it fails."""
    ended = subprocess.run(
        [sys.executable, "-I", str(LAUNCHER), *command],
        env=environment_of(environment),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(ended.stdout)
    if told.pop("status"):
        raise RuntimeError(f"{' '.join(command)}\n{ended.stderr[-2000:]}")
    return Cost(**told)


def environment_of(more: Mapping[str, str]) -> dict[str, str]:
    """Ours and more, but none of Python's: a user has byte code on disk."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**ours, **more}


def median(costs: Sequence[Cost]) -> Cost:
    """Each figure's own median."""
    return Cost(
        statistics.median(one.wall for one in costs),
        statistics.median(one.cpu for one in costs),
        int(statistics.median(one.peak for one in costs)),
    )
