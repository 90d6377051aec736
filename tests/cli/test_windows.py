"""What Windows does differently, put in: nobody has run the suite there yet.

Calls that Windows lacks are found by the types (`make platforms`); ways of its shells are in
tests/base/test_shell.py, its junctions in tests/scan/test_finding.py.
"""

import errno
import io
import ntpath
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.__main__ import _write_utf8
from runner.base.clock import CancelToken
from runner.base.errors import UsageError
from runner.base.files import inside, is_inside, write_file
from runner.cli.console import Console
from runner.cli.stopping import stop_on_signals
from runner.recordings.files import look
from runner.recordings.samples.make import write_recording
from tests.cli.conftest import Sitewalk
from tests.recordings.checks.listing import draft_of
from tests.recordings.checks.listing import walk as listed_walk
from tests.sites import Site, true_recording, walk

_ROOT = Path(__file__).parents[2]
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)


def _is_fit_for_windows(name: str) -> bool:
    """Whether Windows can have a file of this name: Microsoft's "Naming Files, Paths, …"."""
    is_device = _DEVICE.fullmatch(name.partition(".")[0].rstrip(" "))
    return not (is_device or name.endswith((" ", ".")) or re.search(r'[<>:"/\\|?*\0-\x1f]', name))


# Paths


@given(st.lists(st.sampled_from(["..", ".", "a", "", "C:", "CON", " ", "a."]), max_size=6))
def test_a_name_that_is_accepted_stays_below_its_folder_as_windows_joins_paths(
    parts: list[str],
) -> None:
    name = "/".join(parts)
    if is_inside(name):
        joined = ntpath.normpath(ntpath.join("D:\\card", name))
        assert PureWindowsPath(joined).is_relative_to("D:\\card")


@pytest.mark.parametrize("name", ["CON", "nul.insv", "COM1", "day-1/AUX.insv"])
def test_a_name_that_is_a_device_of_windows_is_no_file_of_the_media_root(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def realpath(path: Path) -> str:
        last = path.name.partition(".")[0]
        return f"\\\\.\\{last}" if _DEVICE.fullmatch(last) else str(path)

    monkeypatch.setattr(os.path, "realpath", realpath)
    assert inside(tmp_path, name) is None
    assert inside(tmp_path, "VID_1.insv") == tmp_path / "VID_1.insv"


def test_a_second_name_for_a_recording_by_a_trailing_dot_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_recording(tmp_path / "VID_1.insv", true_recording(8000))
    true_realpath = os.path.realpath
    monkeypatch.setattr(os.path, "realpath", lambda path: true_realpath(path).rstrip(". "))
    draft = draft_of(listed_walk("a", ["VID_1.insv", "VID_1.insv."]))
    (problem,) = look([draft], tmp_path).problems
    assert "`VID_1.insv.` is the same recording as `VID_1.insv`" in problem.message


def test_a_plan_for_manifests_on_another_drive_is_saved_and_applied(
    sitewalk: Sitewalk, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def relpath(_path: object, _start: object = None) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", relpath)
    site.write(walk("level-2-2026-01-20", ["VID_1.insv"]))
    write_recording(site.folder / "VID_1.insv", true_recording(8000))
    manifest, plan = str(site.manifest.absolute()), str(tmp_path / "plan.json")
    assert sitewalk("plan", manifest, "-o", plan).status == 0
    assert sitewalk("apply", plan, "--yes").status == 0


def test_every_file_that_a_run_leaves_has_a_name_that_windows_takes(
    sitewalk: Sitewalk, site: Site
) -> None:
    site.write(walk("level-2-2026-01-20", ["VID_1.insv"]))
    write_recording(site.folder / "VID_1.insv", true_recording(8000))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == 0
    left = list((site.folder / ".sitewalk").rglob("*"))
    assert any(path.name == "report.html" for path in left)
    assert [path for path in left if not _is_fit_for_windows(path.name)] == []
    # The 260 characters that Windows allows, unless told otherwise, are the folder's.
    assert max(len(str(path)) for path in left) < 80


@pytest.mark.skipif(
    not (_ROOT / ".git").exists() or shutil.which("git") is None, reason="needs a checkout and git"
)
def test_windows_can_check_the_repository_out() -> None:
    words = ["git", "ls-files", "-z"]
    listed = subprocess.run(words, cwd=_ROOT, capture_output=True, encoding="utf-8", check=True)
    paths = listed.stdout.split("\0")[:-1]
    assert [path for path in paths if not all(map(_is_fit_for_windows, path.split("/")))] == []
    assert len({path.casefold() for path in paths}) == len(paths)
    assert max(map(len, paths)) < 120


# Locks


def test_a_file_that_another_program_has_open_is_named_and_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "report.html"
    page.write_text("old", encoding="utf-8")

    def replace(_self: Path, _target: Path) -> None:
        reason = "The process cannot access the file because it is being used by another process"
        raise PermissionError(errno.EACCES, reason)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(UsageError, match=r"cannot write .*report\.html: The process cannot access"):
        write_file(page, "new")
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == ["old"]


# Signals


def test_ctrl_break_stops_gently_where_there_is_no_hangup(monkeypatch: pytest.MonkeyPatch) -> None:
    number = getattr(signal, "SIGBREAK", None) or signal.SIGUSR1
    monkeypatch.setattr(signal, "SIGBREAK", number, raising=False)
    monkeypatch.delattr(signal, "SIGHUP", raising=False)
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, number)}
    stop, err = CancelToken(), io.StringIO()
    try:
        with stop_on_signals(stop, Console(err=err)):
            signal.raise_signal(number)
            assert stop.requested
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert "stopping" in err.getvalue()


# Consoles


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("make", "written"),
    [
        (lambda raw: _Terminal(raw, encoding="cp437"), b"\\u2192 G\x84ngig\n"),
        (lambda raw: io.TextIOWrapper(raw, encoding="cp1252"), "→ Gängig\n".encode()),
    ],
    ids=["a console of an old code page", "a pipe or file"],
)
def test_no_letter_ends_the_program_for_the_code_page_of_its_output(
    make: Callable[[io.BytesIO], io.TextIOWrapper], written: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", make(raw))
    _write_utf8()
    sys.stdout.write("→ Gängig\n")
    sys.stdout.flush()
    assert raw.getvalue() == written.replace(b"\n", os.linesep.encode())
