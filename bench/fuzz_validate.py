"""Fuzz `validate` from a manifest's bytes to all forms of its problems, with atheris.

atheris follows the branches that inputs reach; it needs CPython on Linux or macOS, and clang where
no wheel fits. `make fuzz` installs it and runs this for SECONDS=60; by hand:

    .venv/bin/python bench/fuzz_validate.py -max_total_time=60 [folder of inputs]

Arguments are libFuzzer's. It ends with 0 when nothing was found; else it prints a traceback and
leaves the input in a file named crash-…, timeout-… or oom-….
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("atheris is not installed: .venv/bin/python -m pip install atheris")

with atheris.instrument_imports(
    include=["runner.manifest", "runner.problems", "runner.flow.check"]
):
    from runner.flow.check import check_manifests, check_texts
    from runner.problems.forms.as_json import problems_json
    from runner.problems.forms.github import problems_github
    from runner.problems.forms.sarif import problems_sarif
    from runner.problems.forms.text import problems_concise, problems_text

from runner.base.errors import UsageError
from runner.problems.rules import explained_rules

TODAY = dt.date(2026, 1, 26)
MEGABYTES = 300
"""What validate may use at the most; libFuzzer's own share is within it."""
SECONDS_PER_INPUT = 10
WHOLE = """\
version: 1
project: evercam
uploaded_by: you@example.com
drawings:
  level-2: {id: 6143, map_style: blank, bounds: {north: 1, south: 0, east: 1, west: 0}}
  site: {url: "https://dash.evercam.io/v2/projects/evercam/drawings/map?id=1", map_style: satellite}
routes:
  loop: {drawing: level-2, start_position: "0.1, 0.8", end_position: {lat: 0.9, lng: 0.1}}
walkthroughs:
  - &walk
    id: one
    name: "Level 2, \\u00e9"
    date: 20-01-2026
    route: loop
    target_points: ["0.2, 0.2", {lat: 0.3, lng: 0.3}]
    files: [VID_1.insv, day-1/VID_2.insv]
  - {id: two, date: 2026-01-21, drawing: site, start_position: "53.3, -6.2", files: ['*']}
  - *walk
"""
WORDS = (
    *("version: 1", "project: ", "uploaded_by: ", "drawings:", "routes:", "walkthroughs:", "id: "),
    *("url: ", "map_style: ", "satellite", "bounds: ", "north: ", "name: ", "date: ", "route: "),
    *("start_position: ", "target_points: ", "lat: ", "files: ", "- ", "? ", "&a ", "*a", "<<: "),
    *("!x ", "--- ", "... ", "%YAML 1.1", "TODO", "../", "2026-02-30", "1e400", "\u2028", "\x85"),
    *("é", "中", "😀", "\ufeff", "|", ">-", "'", '"', "https://", "/projects/", "?id=", "[", "}"),
)


class Validate:
    """Validates bytes as a manifest in a folder that has two recordings."""

    def __init__(self, folder: Path) -> None:
        self.manifest = folder / "week.yaml"
        (folder / "day-1").mkdir()
        for name in ("VID_1.insv", "day-1/VID_2.insv"):
            (folder / name).write_text(name, encoding="utf-8")

    def __call__(self, data: bytes) -> None:
        """Fail when anything is raised on the way to any form of the problems."""
        self.manifest.write_bytes(data)
        for check in (check_manifests, check_texts):
            try:
                found = check([self.manifest], None, TODAY)
            except UsageError:  # a page or a saved plan, not a manifest
                continue
            problems_text(found.problems, found.texts)
            problems_concise(found.problems)
            problems_github(found.problems)
            json.dumps(problems_json(found.problems, explained_rules()))
            json.dumps(problems_sarif(found.problems, explained_rules()))


def write_seeds(folder: Path) -> None:
    """A whole manifest and the rules' examples, so that fuzzing starts behind the first checks."""
    (folder / "whole.yaml").write_text(WHOLE, encoding="utf-8")
    for rule in explained_rules().values():
        (folder / f"{rule.code}-wrong.yaml").write_text(rule.wrong, encoding="utf-8")
        (folder / f"{rule.code}-right.yaml").write_text(rule.right, encoding="utf-8")


def write_words(path: Path) -> None:
    """The words of manifests and of YAML, in libFuzzer's notation."""
    lines = ('"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"' for word in WORDS)
    path.write_text("\n".join(lines), encoding="ascii")


def main() -> None:
    with tempfile.TemporaryDirectory() as site, tempfile.TemporaryDirectory() as seeds:
        words = Path(site) / "words.dict"
        write_words(words)
        write_seeds(Path(seeds))
        options = [
            f"-timeout={SECONDS_PER_INPUT}",
            f"-rss_limit_mb={MEGABYTES}",
            f"-dict={words}",
            "-max_len=16384",
        ]
        # New inputs go to libFuzzer's first folder: the caller's, when there is one.
        atheris.Setup([sys.argv[0], *options, *sys.argv[1:], seeds], Validate(Path(site)))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
