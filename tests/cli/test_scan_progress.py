import io

from runner.cli.console import Console
from runner.cli.scan import shown_scan
from runner.scan.scanning import ScanProgress
from tests.upload.test_rate_limit import StillClock


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_than_on_a_terminal_there_is_a_line_now_and_then() -> None:
    err, clock = io.StringIO(), StillClock()
    with shown_scan(Console(io.StringIO(), err), clock) as listener:
        for done in range(1000, 1026):
            listener(ScanProgress(done, 12_000))
            clock.pause(1)
    assert err.getvalue() == (
        "looked into 1,010 of 12,000 files\nlooked into 1,020 of 12,000 files\n"
    )


def test_a_terminal_gets_a_bar_that_leaves_no_trace() -> None:
    err = _Terminal()
    with shown_scan(Console(io.StringIO(), err), StillClock()) as listener:
        listener(ScanProgress(12, 12))
    assert "looked into" not in err.getvalue()
    assert "12/12" in err.getvalue()
