"""What a run leaves in its folder."""

import contextlib
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.base.destination import Destination
from runner.ledger.events import Event, Kind
from runner.ledger.lines import from_lines
from runner.report.past_runs import read_log, read_results
from runner.report.runs import LogFile, write_run
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
    write_run(results("a"), "a page", tmp_path)
    assert read_results(tmp_path) == results("a")


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX can limit the size of files")
def test_a_full_disk_leaves_no_half_a_report(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too large"), _full_disk():
        write_run(results("a"), "a page", tmp_path)
    assert not list(tmp_path.iterdir())


def _event(kind: Kind, **data: str) -> Event:
    here = Destination("https://here", "evercam")
    return Event(dt.datetime(2026, 1, 20, tzinfo=dt.UTC), "run", here, "walk", kind, "it", data)


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX can limit the size of files")
def test_a_full_disk_costs_a_run_its_log_only(tmp_path: Path) -> None:
    with _full_disk(), LogFile.open(tmp_path) as log:
        log.write(_event(Kind.FAILED, reason="x" * 200))
        log.write(_event(Kind.FAILED, reason="y"))
    assert (tmp_path / "log.jsonl").stat().st_size <= 100


def test_a_log_is_an_export_without_addresses(tmp_path: Path) -> None:
    kept = _event(Kind.FAILED, reason="no")
    with LogFile.open(tmp_path) as log:
        log.write(_event(Kind.TUS_CREATED, url="https://there/files/secret"))
        log.write(kept)
        text = (tmp_path / "log.jsonl").read_text(encoding="utf-8")  # while the run goes on
    assert "secret" not in text
    assert [event.kind for event in from_lines(text)] == [Kind.TUS_CREATED, Kind.FAILED]
    assert read_log(tmp_path / "log.jsonl")[1] == kept


def test_a_line_cut_by_a_kill_is_left_out(tmp_path: Path) -> None:
    with LogFile.open(tmp_path) as log:
        log.write(_event(Kind.FAILED, reason="no"))
    path = tmp_path / "log.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write('{"at": "2026-')
    assert [event.kind for event in read_log(path)] == [Kind.FAILED]
