"""What a run leaves in its folder."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.apply.news import Happened, News
from runner.report.files import LogFile, read_results, write_run
from runner.timing import SystemClock
from tests.report.hostile import results

if sys.platform != "win32":
    import resource

    @contextlib.contextmanager
    def _full_disk() -> Iterator[None]:
        """A disk that takes 100 bytes of a file; of pytest's own output, too, so be brief."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_results_are_read_back_from_their_folder(tmp_path: Path) -> None:
    write_run(results("a"), tmp_path)
    assert read_results(tmp_path) == results("a")


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX can limit the size of files")
def test_a_full_disk_leaves_no_half_a_report(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too large"), _full_disk():
        write_run(results("a"), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX can limit the size of files")
def test_a_full_disk_costs_a_run_its_log_only(tmp_path: Path) -> None:
    heard: list[News] = []
    news = Happened("walk", "created", "x" * 200)
    with _full_disk(), LogFile.open(tmp_path, SystemClock()) as log:
        log.and_also(heard.append)(news)
    assert heard == [news]
