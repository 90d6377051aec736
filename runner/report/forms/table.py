"""The results as CSV: one line for each file, safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from runner.base.wording import printable
from runner.report.results import RecordingResult, Results, WalkthroughResult
from runner.report.summary import WORDS, file_state

_HEAD = (
    "project",
    "walkthrough",
    "name",
    "date",
    "drawing",
    "drawing_id",
    "outcome",
    "reason",
    "next_steps",
    "upload_id",
    "file",
    "length",
    "state",
    "file_outcome",
    "file_reason",
    "started",
    "ended",
    "bytes_sent",
    "retries",
    "sha256",
    "blake3",
)
_SIGNS = "=+\\-@＝＋－＠"  # noqa: RUF001 - spreadsheets take the wide ones too
_FORMULA = re.compile(rf"\A(?=\s*[{_SIGNS}]|[\t\r])|(?<=[;\t\r\n])(?=[\s\"]*[{_SIGNS}])")
"""Where a spreadsheet could begin to read a formula: at the start of a cell, and after whatever
it may take for the end of one, as those do whose separator is a semicolon."""


def results_csv(results: Results) -> str:
    """The report as a table, with a line of column names first."""
    return csv_text(_HEAD, _rows(results))


_BYTE_ORDER_MARK = "\ufeff"
"""What Excel needs to read `ü` in a CSV file that is opened by a double click."""


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV for spreadsheets: every cell quoted, and none of them a formula."""
    out = io.StringIO(newline="")
    out.write(_BYTE_ORDER_MARK)
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([harmless(printable(str(cell))) for cell in row] for row in rows)
    return out.getvalue()


def harmless(text: str) -> str:
    """The text with a `'` wherever a spreadsheet would begin to read a formula."""
    return _FORMULA.sub("'", text)


def _rows(results: Results) -> Iterator[tuple[object, ...]]:
    for walkthrough in results.walkthroughs:
        for recording in walkthrough.recordings:
            yield _row(walkthrough, recording)


def _row(walkthrough: WalkthroughResult, recording: RecordingResult) -> tuple[object, ...]:
    return (
        walkthrough.project,
        walkthrough.id,
        walkthrough.name,
        walkthrough.date,
        walkthrough.drawing,
        walkthrough.drawing_id,
        WORDS[walkthrough.outcome],
        walkthrough.reason,
        " | ".join(walkthrough.next_steps),
        "" if walkthrough.upload_id is None else walkthrough.upload_id,
        recording.name,
        recording.length,
        file_state(walkthrough, recording),
        recording.outcome,
        recording.reason,
        recording.started.isoformat() if recording.started else "",
        recording.ended.isoformat() if recording.ended else "",
        recording.bytes_sent,
        recording.retries,
        recording.sha256 or "",
        recording.blake3 or "",
    )
