"""Fuzz the reading of documents that come back: results.json, plan.json and a ledger's lines.

Only UsageError and its kinds may be raised. See fuzz_validate.py for how atheris is run.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("atheris is not installed: .venv/bin/python -m pip install atheris")

with atheris.instrument_imports(
    include=[
        "runner.report.forms.as_json",
        "runner.report.runs",
        "runner.plan.saved",
        "runner.ledger",
    ]
):
    from runner.base.errors import UsageError
    from runner.ledger.lines import begins_an_export, from_lines
    from runner.plan.saved import load_plan, saved_choices, saved_manifests
    from runner.report.forms.as_json import results_json
    from runner.report.forms.text import results_text
    from runner.report.past_runs import read_results

from tests.report.hostile import results

MEGABYTES = 400
SECONDS_PER_INPUT = 10
EVENT = {
    "at": "2026-01-20T10:15:00+00:00",
    "run": "r",
    "destination": "https://ingest2.evercam.io evercam",
    "walkthrough": "one",
    "kind": "run_started",
    "recording": "",
    "data": {},
}
PLAN = {
    "sitewalk_plan": "1.1",
    "made_at": "2026-01-20T10:15:00+00:00",
    "addresses": {"media": "https://m", "ingest": "https://i", "tus": "https://t/"},
    "choices": {"again": [], "refinish": []},
    "manifests": [{"path": "week.yaml", "project": "evercam", "sha256": "0" * 64}],
    "totals": {"walkthroughs": 0, "bytes_left": 0, "pending": False, "needs_decision": False},
    "walkthroughs": [],
}
WORDS = (
    *("null", "true", "-1", "1e999", "NaN", "9" * 5000, "[[[[", '"\\ud83d"', "0001-01-01", '"at"'),
    *("+99:99", "2026-02-30", "2026-01-20T24:00:00Z", '"version"', '"1.9"', '"2.0"', '"outcome"'),
    *("held", "created", "finishing", "finished", "checkpoint", "tus_created", "released", "{}"),
)


class Documents:
    """Reads an input as each kind of document."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, data: bytes) -> None:
        """Fail when anything but UsageError is raised."""
        kind, rest = data[:1], data[1:]
        with suppress(UsageError):
            if kind in b"r":
                (self._folder / "results.json").write_bytes(rest)
                results_text(read_results(self._folder))
            elif kind == b"p":
                path = self._folder / "plan.json"
                path.write_bytes(rest)
                saved = load_plan(path)
                saved_choices(saved)
                saved_manifests(path, saved)
            else:
                text = rest.decode("utf-8", "replace")
                begins_an_export(text)
                list(from_lines(text))


def write_seeds(folder: Path) -> None:
    """A sound document of each kind, behind the letter that says which."""
    for kind, document in (("r", results_json(results("Level 2"))), ("p", PLAN), ("l", EVENT)):
        (folder / kind).write_text(kind + json.dumps(document), encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory() as seeds:
        words = Path(work) / "words.dict"
        lines = ('"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"' for word in WORDS)
        words.write_text("\n".join(lines), encoding="ascii")
        write_seeds(Path(seeds))
        limits = [f"-timeout={SECONDS_PER_INPUT}", f"-rss_limit_mb={MEGABYTES}", f"-dict={words}"]
        arguments = [sys.argv[0], *limits, "-max_len=16384", *sys.argv[1:], seeds]
        atheris.Setup(arguments, Documents(Path(work)))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
