"""Send recordings over a line that breaks at random, many times over, and say what came of it.

    make soak-line ROUNDS=20

A round is 16 files of 8 MB to tusd, four at a time, over 20 ms and 80 Mbit/s; every connection
meets a fault within its first 3 MB: a reset, a close, a stall, a half-open end, garbage, or bytes
that are taken and never delivered. Stalls are given up after 3 s here.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.badline.campaign import Soak, run_soak
from tests.servers import SERVERS

SLACK = 1.02
"""Bytes sent by bytes of files, what was in flight when a connection broke left out."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--server", choices=SERVERS, default="tusd")
    parser.add_argument("--seed", type=int, default=0, help="of the first round")
    parser.add_argument("--seconds", type=float, default=3600, help="begin no round after these")
    asked = parser.parse_args()
    soak = Soak(files=16, size=8_000_000, largest=3_000_000)
    started, faults, ratios = time.monotonic(), Counter[str](), []
    for seed in range(asked.seed, asked.seed + asked.rounds):
        if time.monotonic() - started > asked.seconds:
            break
        with (
            tempfile.TemporaryDirectory() as folder,
            SERVERS[asked.server](Path(folder) / "server") as server,
        ):

            def digest_of(file_id: str) -> str:
                return hashlib.sha256(server.data_file(file_id).read_bytes()).hexdigest()

            outcome = run_soak(Path(folder), seed, server.tus_url, digest_of, soak)
        faults += outcome.faults
        ratios.append(outcome.ratio)
        print(f"round {seed}: {outcome}", flush=True)
    print(f"{len(ratios)} rounds, {faults.total()} faults, every file whole")
    print(f"sent / files: {sum(ratios) / len(ratios):.4f} on average, {max(ratios):.4f} at most")
    if max(ratios) > SLACK:
        sys.exit(f"more than {SLACK} was sent: bytes that had arrived were sent again")


if __name__ == "__main__":
    main()
