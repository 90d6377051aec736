"""`sitewalk apply` beside curl, tus-js-client and tuspy: same server, same files, in turns.

    make bench-upload                        # everything, five rounds: about half an hour
    make bench-upload ROWS=line ROUNDS=1     # a part of it

Whole processes are measured: wall time, CPU (user and system), peak memory; the table has medians
and, in brackets, their ratio to curl's. curl sends one PATCH into an upload that exists already,
the others create theirs; sitewalk also logs in, creates, finishes and keeps its ledger. Rows:
loopback (1 and 4 GiB), jobs (8 files of 256 MiB, one and four at once) and line (60 ms there and
back; 192 MiB at 100 Mbit/s, 768 MiB at 400). It needs 9 GB of disk and 6 GB of memory, which is
tuspy's; the processes it starts are quiet only on a machine that is.
"""

import argparse
import json
import tempfile
from pathlib import Path

from uploads.rows import GROUPS, ROWS, Bench, Row
from uploads.telling import Measured, as_json, table, targets


def main() -> None:
    asked = _asked()
    unknown = set(asked.rows.split(",")) - set(GROUPS)
    if unknown:
        raise SystemExit(f"no rows are called {', '.join(sorted(unknown))}: {', '.join(GROUPS)}")
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    measured: list[Measured] = []
    with Bench(asked.folder) as bench:
        list(bench.rounds(Row("warm-up", "tusd", 1, 1), 1))  # byte code, and node's own caches
        for row in (one.scaled(asked.scale) for one in ROWS):
            if row.group in asked.rows.split(","):
                measured.append(Measured(row, list(bench.rounds(row, asked.rounds))))
                print("\n".join(table(measured[-1])), flush=True)
                asked.json.write_text(json.dumps(as_json(measured), indent=1), encoding="utf-8")
    print("\ntargets", *targets(measured), f"\nwritten to {asked.json}", sep="\n")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", default=",".join(GROUPS), help="groups of rows, with commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="of the sizes, for a quick look")
    parser.add_argument("--json", type=Path, default=Path("build/bench-upload.json"))
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()), help="for files and data"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
