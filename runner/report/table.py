"""Own the results as CSV: one line for each file, safe to open in a spreadsheet."""

import csv
import io

from runner.report.results import RecordingResult, Results, WalkthroughResult

_HEAD = (
    "project",
    "walkthrough",
    "name",
    "date",
    "drawing",
    "drawing_id",
    "outcome",
    "reason",
    "upload_id",
    "file",
    "length",
    "file_outcome",
    "file_reason",
    "bytes_sent",
    "retries",
    "sha256",
)
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets take them too


def results_csv(results: Results) -> str:
    """The report as a table, with a line of column names first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(_HEAD)
    for walkthrough in results.walkthroughs:
        for recording in walkthrough.recordings:
            writer.writerow([_harmless(str(one)) for one in _row(walkthrough, recording)])
    return out.getvalue()


def _row(walkthrough: WalkthroughResult, recording: RecordingResult) -> tuple[object, ...]:
    return (
        walkthrough.project,
        walkthrough.id,
        walkthrough.name,
        walkthrough.date,
        walkthrough.drawing,
        walkthrough.drawing_id,
        walkthrough.outcome,
        walkthrough.reason,
        "" if walkthrough.upload_id is None else walkthrough.upload_id,
        recording.name,
        recording.length,
        recording.outcome,
        recording.reason,
        recording.bytes_sent,
        recording.retries,
        recording.sha256 or "",
    )


def _harmless(text: str) -> str:
    """The text, quoted where a spreadsheet would take it for a formula."""
    begins_as_formula = text.lstrip().startswith(_FORMULA) or text.startswith(("\t", "\r"))
    return f"'{text}" if begins_as_formula else text
