"""The build of sitewalk that says at its end how much memory it had: `python -m` this.

Linux counts a child's ru_maxrss from its parent's; VmHWM is the process's own.
"""

import re
import sys
from pathlib import Path

from runner.cli.process import run


def main() -> None:
    status = run()
    memory = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert memory
    sys.stderr.write(f"{int(memory[1]) * 1024}\n")
    sys.exit(status)


if __name__ == "__main__":
    main()
