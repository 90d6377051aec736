"""Break three machines that share one ledger, many times over, and say what came of it.

    make soak-machines ROUNDS=50

A round is a job of 20 walkthroughs that three processes apply at once, with a ledger on a
PostgreSQL server of its own: workers are killed and stand still past their lease, the server is
restarted and killed, connections are cut before and after a commit, and packets vanish.
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.postgres.fleet import run_fleet
from tests.postgres.server import Server, find_binaries

MOST = 1.02
"""Bytes received by bytes of files, over all rounds: what is sent twice is a rare block."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--walkthroughs", type=int, default=20)
    parser.add_argument("--size", type=int, default=2_000_000, help="bytes of each walkthrough")
    parser.add_argument("--troubles", type=int, default=10, help="in each round")
    parser.add_argument("--seed", type=int, default=0, help="of the first round")
    parser.add_argument(
        "--seconds", type=float, default=4 * 3600, help="begin no round after these"
    )
    asked = parser.parse_args()
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("there is no PostgreSQL: apt-get install postgresql pgbouncer")
    began = time.monotonic()
    met: Counter[str] = Counter()
    runs = settled = 0
    ratios = []
    for seed in range(asked.seed, asked.seed + asked.rounds):
        if time.monotonic() - began > asked.seconds:
            break
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)  # PostgreSQL does not run as root
            server = Server(binaries, Path(folder) / "cluster")
            server.initialize()
            server.start()
            try:
                outcome = run_fleet(
                    Path(folder),
                    server,
                    seed,
                    walkthroughs=asked.walkthroughs,
                    size=asked.size,
                    troubles=asked.troubles,
                )
            finally:
                server.stop()
        met += outcome.troubles
        runs, settled = runs + outcome.runs, settled + outcome.settled
        ratios.append(outcome.ratio)
        print(f"round {seed}: {outcome}", flush=True)
    mean = sum(ratios) / len(ratios)
    print(f"{len(ratios)} rounds, {runs} runs, {sum(met.values())} troubles:")
    for name, count in met.most_common():
        print(f"  {count:5} {name.replace('_', ' ')}")
    print(f"{settled} held and settled, nothing twice, every sha256 equal")
    print(f"bytes received by bytes of files: {mean:.4f} on average, {max(ratios):.4f} at most")
    if mean > MOST:
        raise SystemExit("something was sent again that was there")


if __name__ == "__main__":
    main()
