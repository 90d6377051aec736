"""Own the measuring of one process: `python -I launcher.py COMMAND…` prints what it cost as JSON.

A small process of its own, because on Linux a child's peak memory counts from its parent's.
"""

import json
import os
import sys
import time


def main() -> None:
    command = sys.argv[1:]
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - began
    unit = 1 if sys.platform == "darwin" else 1024
    cost = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss * unit}
    sys.stdout.write(json.dumps({"status": os.waitstatus_to_exitcode(status), **cost}))


if __name__ == "__main__":
    main()
