"""Kill runs at random on a bad line, many times over, and say what came of it.

    make soak-crash ROUNDS=200

A round is a job of 20 walkthroughs, killed -9 at random until it is done.
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.crash.campaign import run_campaign


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--walkthroughs", type=int, default=20)
    parser.add_argument("--size", type=int, default=2_000_000, help="bytes of each recording")
    parser.add_argument("--seed", type=int, default=0, help="of the first round")
    parser.add_argument(
        "--seconds", type=float, default=4 * 3600, help="begin no round after these"
    )
    asked = parser.parse_args()
    started = time.monotonic()
    kills = inside = settled = rounds = 0
    ratios = []
    for seed in range(asked.seed, asked.seed + asked.rounds):
        if time.monotonic() - started > asked.seconds:
            break
        with tempfile.TemporaryDirectory() as folder:
            outcome = run_campaign(
                Path(folder), seed, walkthroughs=asked.walkthroughs, size=asked.size
            )
        rounds, settled = rounds + 1, settled + outcome.settled
        kills, inside = kills + outcome.kills, inside + outcome.inside
        ratios.append(outcome.ratio)
        print(f"round {seed}: {outcome}", flush=True)
    mean = sum(ratios) / len(ratios)
    print(f"{rounds} rounds, {kills} kills, {inside} of them inside a recording's bytes")
    print(f"{settled} held and settled, nothing twice, every sha256 equal")
    print(f"bytes received by bytes of files: {mean:.4f} on average, {max(ratios):.4f} at most")


if __name__ == "__main__":
    main()
