"""`sitewalk apply` beside curl, tus-js-client and tuspy: same server, same files, in turns.

    make bench-upload                          # everything, five rounds: a night
    make bench-upload ROWS=line,tiny ROUNDS=1  # a part of it
    make bench-upload ROWS=tls SCALE=0.25      # smaller files, fewer tiny walks

Whole processes are measured: wall time, CPU (user and system), peak memory. The table has medians
and, in brackets, the median of each round's ratio to the first client; below it stand the targets.
curl sends one PATCH into an upload that exists already, the others create theirs; sitewalk also
logs in, creates, finishes and keeps its ledger. Rows:

loopback  1 and 4 GiB to tusd and @tus/server
tls       1 and 4 GiB over TLS 1.3 through nginx, which streams, to tusd
jobs      8 files of 256 MiB, one and four at once
line      192 MiB at 100 Mbit/s, 768 MiB at 400; 60 ms there and back, through a proxy
lossy     seven bad lines with real TCP between two network namespaces, with cubic and with bbr:
          one file or four at once, as large as a minute allows (needs root, Linux and a compiler)
resume    the last quarter of a recording, from a card of 20 MB/s
tiny      1,000 walks of 8 KiB with 1 and 16 jobs, beside a bare loop of the same requests

What a command costs before it does anything is measured by `make bench-start`, large ledgers by
`make bench-scale`. It needs 9 GB of disk and 6 GB of memory, which is tuspy's; the processes it
starts are quiet only on a machine that is. OPENSSL_ia32cap=:~0x20000000 in the environment hides
the processor's SHA instructions from all that use OpenSSL. `--folder` says on which disk the files
and ledgers are; what servers receive lies in memory where that has room for it.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from uploads.rounds import Bench
from uploads.rows import GROUPS, NEEDS, ROWS, Row, scaled
from uploads.telling import Measured, as_json, table, targets


def main() -> None:
    asked = _asked()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left behind
    groups = asked.rows.split(",")
    unknown = set(groups) - set(GROUPS)
    if unknown:
        raise SystemExit(f"no rows are called {', '.join(sorted(unknown))}: {', '.join(GROUPS)}")
    for group in tuple(groups):
        if obstacle := NEEDS.get(group, lambda: "")():
            print(f"NOT MEASURED: {group}: {obstacle}")
            groups.remove(group)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    measured: list[Measured] = []
    with Bench(asked.folder, asked.server_folder) as bench:
        list(bench.rounds(Row("warm-up", "tusd", 1, 1), 1))  # byte code, and node's own caches
        for row in (scaled(one, asked.scale) for one in ROWS):
            if row.group in groups and asked.only in row.name:
                measured.append(Measured(row, list(bench.rounds(row, asked.rounds))))
                print("\n".join(table(measured[-1])), flush=True)
                asked.json.write_text(json.dumps(as_json(measured), indent=1), encoding="utf-8")
    print("\ntargets", *targets(measured), f"\nwritten to {asked.json}", sep="\n")


def _another_disk() -> Path:
    """Memory, where the system shows it as a folder that holds the largest file."""
    memory = Path("/dev/shm")  # noqa: S108 - what is made in it has a name of its own
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > 6 * 1024**3
    return memory if has_room else Path(tempfile.gettempdir())


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", default=",".join(GROUPS), help="groups of rows, with commas")
    parser.add_argument("--only", default="", help="rows whose name has this in it")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="of the sizes, for a quick look")
    parser.add_argument("--json", type=Path, default=Path("build/bench-upload.json"))
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()), help="for files and ledgers"
    )
    parser.add_argument(
        "--server-folder", type=Path, default=_another_disk(), help="for what servers receive"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
