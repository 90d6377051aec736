"""What reaches a user's terminal when something is wrong with us, by the installed program."""

import os
import subprocess
import sys
from pathlib import Path

CODE = """
import sys
import runner.report.past as past
def broken(*_):
    raise RuntimeError("Bearer secret-token")
past.find_run = broken
sys.argv = ["sitewalk", "report"]
from runner.__main__ import main
main()
"""


def test_a_defect_of_ours_is_two_lines_and_no_secret(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "met something it does not expect: RuntimeError" in done.stderr
    (log,) = tmp_path.glob("sitewalk-*.log")
    assert "secret-token" not in done.stderr + log.read_text(encoding="utf-8")


def test_output_in_any_encoding_of_the_system(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "runner", "explain"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "cp1252", "LC_ALL": "C"},
    )
    assert done.returncode == 0
    assert done.stdout.decode("utf-8")
