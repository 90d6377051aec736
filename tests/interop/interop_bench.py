"""The benchmark still runs, on small files; what it measures here means nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def test_every_client_uploads_what_every_row_asks_for(tmp_path: Path) -> None:
    measured = tmp_path / "measured.json"
    groups = ["loopback", "tls", "jobs", "line", "resume", "tiny"]  # namespaces take root
    options = [
        "--rows",
        ",".join(groups),
        "--rounds",
        "1",
        "--scale",
        "0.01",
        "--folder",
        str(tmp_path),
        "--json",
        str(measured),
    ]
    finished = subprocess.run(
        [sys.executable, "bench/upload.py", *options],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    rows = json.loads(measured.read_text(encoding="utf-8"))["rows"]
    assert {row["group"] for row in rows} == set(groups)
    assert all(cost["wall"] > 0 for row in rows for cost in row["medians"].values())
    assert [path.name for path in tmp_path.iterdir()] == ["measured.json"], "it cleans up"
