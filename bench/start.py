"""What a command costs before it does anything: its CPU beside that of `python -c pass`.

    make bench-start                # seven rounds of each, in turns
    make bench-start ROUNDS=21

Each command is a whole process, as a user starts it: one walk of one small recording, against a
sandbox in another process. User and system time, medians of interleaved rounds; the ratio is what
counts. Large manifests have a row of their own: a plan of 10,000 finished walks beside
`validate --without-files` of the same manifest.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from large import finished_site
from uploads.measure import measure

from tests.sites import Site, walk

TARGETS = {"--version": 8, "--help": 8, "validate": 15, "plan": 12, "status": 12, "apply": 30}
PROGRAM = str(Path(sys.executable).with_name("sitewalk"))
PASS = "python -c pass"  # noqa: S105 - a program that does nothing


@dataclass(frozen=True, slots=True)
class Measured:
    """Median CPU seconds of a command, and its ratio to a Python that does nothing."""

    name: str
    cpu: float
    ratio: float
    target: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--walks", type=int, default=10_000, help="of the large manifest")
    parser.add_argument("--json", type=Path, default=Path("build/bench-start.json"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = start_up(Path(folder), asked.rounds)
        measured.append(large(Path(folder), asked.walks, max(1, asked.rounds // 2)))
    for row in measured:
        verdict = "" if row.ratio <= row.target else "  MISSED"
        print(f"{row.name:<24} {row.cpu:7.3f} s  {row.ratio:6.1f}x  at most {row.target}x{verdict}")
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    rows = [{name: getattr(row, name) for name in Measured.__slots__} for row in measured]
    asked.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    print(f"written to {asked.json}")


def start_up(folder: Path, rounds: int) -> list[Measured]:
    """Each command in turn, so many rounds; the first one warms caches and is not counted."""
    site = Site(folder / "site").write(walk("one", ["a.insv"]))
    site.record("a.insv")
    with subprocess.Popen(
        [sys.executable, "-m", "runner", "sandbox", str(folder / "sandbox"), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as sandbox:
        try:
            (folder / ".cache").mkdir()  # what a run keeps for the next one stays in here
            environment = {**_environment(sandbox), "HOME": str(folder)}
            costs: dict[str, list[float]] = {}
            for _ in range(rounds + 1):
                for name, command in _commands(site).items():
                    if name == "apply":
                        shutil.rmtree(site.folder / ".sitewalk", ignore_errors=True)
                    costs.setdefault(name, []).append(measure(command, environment).cpu)
        finally:
            sandbox.terminate()
    medians = {name: statistics.median(cpu[1:]) for name, cpu in costs.items()}
    bare = medians.pop(PASS)
    return [
        Measured(name, cpu, round(cpu / bare, 1), TARGETS[name]) for name, cpu in medians.items()
    ]


def large(folder: Path, walks: int, rounds: int) -> Measured:
    """A plan of finished walks beside `validate --without-files`, so many rounds of both."""
    manifest = str(finished_site(folder / "large", walks).manifest)
    home, costs = {"HOME": str(folder)}, []
    for _ in range(rounds):
        validated = measure([PROGRAM, "validate", "--without-files", manifest], home).cpu
        planned = measure([PROGRAM, "plan", manifest], home).cpu
        costs.append((planned, planned / validated))
    cpu, ratio = (statistics.median(column) for column in zip(*costs, strict=True))
    return Measured(f"plan of {walks:,} walks", cpu, round(ratio, 1), 3)


def _commands(site: Site) -> dict[str, list[str]]:
    program, manifest = [PROGRAM], str(site.manifest)
    return {
        PASS: [sys.executable, "-c", "pass"],
        "--version": [*program, "--version"],
        "--help": [*program, "--help"],
        "validate": [*program, "validate", manifest],
        "apply": [*program, "apply", "--yes", "--new-ledger", manifest],
        "plan": [*program, "plan", manifest],
        "status": [*program, "status", manifest],
    }


def _environment(sandbox: subprocess.Popen[str]) -> Mapping[str, str]:
    """The variables that lead to a sandbox, as it prints them."""
    found: dict[str, str] = {}
    for line in sandbox.stdout or ():
        name, _, value = line.strip().removeprefix("export ").partition("=")
        found[name] = value
        if len(found) == 5:
            return found
    raise SystemExit("the sandbox did not start")


if __name__ == "__main__":
    main()
