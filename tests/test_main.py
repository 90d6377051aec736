"""What reaches a user's terminal when something is wrong with us, by the installed program."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus

CODE = """
import sys
import os
import runner.ledger.store as store
def broken(*_):
    {fails}
store.read_events = broken
sys.argv = ["sitewalk", "report"]
from runner.__main__ import main
main()
"""


def _run(fails: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CODE.format(fails=fails)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(folder), "SECRET": "secret-token"},
    )


def test_a_defect_of_ours_is_two_lines_and_no_secret(tmp_path: Path) -> None:
    # Where it happened may show its line of source, which is no secret; what it says may be one.
    done = _run('raise RuntimeError("Bearer " + os.environ["SECRET"])', tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "met something it does not expect: RuntimeError" in done.stderr
    (log,) = tmp_path.glob("sitewalk-*.log")
    assert "secret-token" not in done.stderr + log.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_used_is_no_defect_of_ours(tmp_path: Path) -> None:
    done = _run('raise PermissionError(13, "Permission denied", "card/a.insv")', tmp_path)
    assert done.returncode == ExitStatus.USAGE
    assert done.stderr.startswith("error: cannot use card/a.insv: Permission denied\n  help: check")
    assert not list(tmp_path.iterdir())


def test_a_connection_that_fails_is_not_taken_for_a_file(tmp_path: Path) -> None:
    done = _run('raise ConnectionResetError(104, "Connection reset by peer")', tmp_path)
    assert done.returncode == ExitStatus.UNEXPECTED
    assert "met something it does not expect: ConnectionResetError" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder that a program is in")
def test_a_working_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = _run(f"os.chdir({str(gone)!r}); os.rmdir({str(gone)!r}); os.getcwd()", tmp_path)
    assert done.returncode == ExitStatus.USAGE
    assert "cannot use the folder this command was started in: No such file" in done.stderr


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
