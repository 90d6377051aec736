"""Own the clients that are measured: for each, the command that uploads some files with jobs."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import requests

HERE = Path(__file__).parent
SITEWALK = Path(sys.executable).with_name("sitewalk")

HEAD = """\
version: 1
project: bench
uploaded_by: bench@example.com
drawings: {ground: {id: 1}}
routes: {loop: {drawing: ground, start_position: "0.1, 0.2", end_position: "0.3, 0.4"}}
walkthroughs:
"""
WALK = "  - {{id: walk-{0}, date: 2026-01-20, route: loop, files: [{1}]}}\n"


@dataclass(frozen=True, slots=True)
class Task:
    """Files to upload to a tus server, so many at once; `folder` is empty and the client's own."""

    files: Sequence[Path]
    jobs: int
    tus_url: str
    evercam_url: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Command:
    """What to start, and what it finds in its environment."""

    words: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def curl(task: Task) -> Command:
    """One PATCH a file into uploads that exist already: the least that can be done."""
    parts = [_curl_part(file, _created(task.tus_url, file)) for file in task.files]
    config = task.folder / "curl"
    config.write_text("next\n".join(parts), encoding="utf-8")
    at_once = ["--parallel", "--parallel-max", str(task.jobs)] if task.jobs > 1 else []
    return Command(["curl", *at_once, "--config", str(config)])


def _created(tus_url: str, file: Path) -> str:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(file.stat().st_size)}
    answer = requests.post(tus_url, headers=headers, timeout=30)
    answer.raise_for_status()
    return answer.headers["Location"]


def _curl_part(file: Path, url: str) -> str:
    return f"""\
silent
show-error
fail
request = PATCH
upload-file = "{file}"
url = "{url}"
header = "Expect:"
header = "Tus-Resumable: 1.0.0"
header = "Upload-Offset: 0"
header = "Content-Type: application/offset+octet-stream"
"""


def tus_js_client(task: Task) -> Command:
    """tus-js-client in Node, from file streams."""
    return Command(["node", str(HERE / "tus_js.mjs"), *_words(task)])


def tuspy(task: Task) -> Command:
    """As tuspy comes: a file is one chunk, held in memory."""
    return Command([sys.executable, str(HERE / "plain_tuspy.py"), *_words(task)])


def _words(task: Task) -> list[str]:
    return [task.tus_url, str(task.jobs), *map(str, task.files)]


def sitewalk(task: Task) -> Command:
    """`sitewalk apply` as it comes, a walkthrough for each file."""
    manifest = task.folder / "manifest.yaml"
    walks = [WALK.format(number, file.name) for number, file in enumerate(task.files)]
    manifest.write_text(HEAD + "".join(walks), encoding="utf-8")
    words = [
        str(SITEWALK),
        "apply",
        str(manifest),
        "--yes",
        "--new-ledger",
        "--jobs",
        str(task.jobs),
    ]
    environment = {
        "SITEWALK_MEDIA_ROOT": str(task.files[0].parent),
        "EVERCAM_USERNAME": "bench@example.com",
        "EVERCAM_PASSWORD": "bench",
        "EVERCAM_MEDIA_URL": task.evercam_url,
        "EVERCAM_INGEST_URL": task.evercam_url,
        "EVERCAM_TUS_URL": task.tus_url,
    }
    return Command(words, environment)


def sitewalk_with_sha256(task: Task) -> Command:
    """The same with --sha256, which the others do not compute."""
    command = sitewalk(task)
    return Command([*command.words, "--sha256"], command.environment)


Client = Callable[[Task], Command]

BASE = "curl"
CLIENTS: dict[str, Client] = {
    BASE: curl,
    "tus-js-client": tus_js_client,
    "tuspy": tuspy,
    "sitewalk": sitewalk,
    "sitewalk --sha256": sitewalk_with_sha256,
}
