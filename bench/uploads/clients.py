"""The clients that are measured: for each, the command that uploads some files with jobs."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

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
    """Files to upload to a tus server, so many at once; `folder` is empty and the client's own.

    `near` is what a command begins with to be run where the files are, `ca` vouches for the server.
    """

    files: Sequence[Path]
    jobs: int
    tus_url: str
    evercam_url: str
    folder: Path
    near: tuple[str, ...] = ()
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """What to start, what it finds in its environment, and what is run before it, unmeasured."""

    words: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)


def curl(task: Task) -> Command:
    """One PATCH a file into uploads that exist already: the least that can be done."""
    parts = [_curl_part(file, _created(task, file), task.ca) for file in task.files]
    config = task.folder / "curl"
    config.write_text("next\n".join(parts), encoding="utf-8")
    at_once = ["--parallel", "--parallel-max", str(task.jobs)] if task.jobs > 1 else []
    return Command(["curl", *at_once, "--config", str(config)])


def _created(task: Task, file: Path) -> str:
    """Where to send it. By curl, which can be started at the near end of a line."""
    headers = ("Tus-Resumable: 1.0.0", f"Upload-Length: {file.stat().st_size}")
    words = [word for header in headers for word in ("--header", header)]
    ca = ["--cacert", str(task.ca)] if task.ca else []
    quiet = ["--silent", "--show-error", "--fail", "--output", str(task.folder / "answer")]
    told = ["--write-out", "%header{location}", "--request", "POST", task.tus_url]
    command = [*task.near, "curl", *quiet, *ca, *words, *told]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def _curl_part(file: Path, url: str, ca: Path | None) -> str:
    vouched = f'cacert = "{ca}"\n' if ca else ""
    return f"""\
{vouched}\
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
    vouched = {"NODE_EXTRA_CA_CERTS": str(task.ca)} if task.ca else {}
    return Command(["node", str(HERE / "tus_js.mjs"), *_words(task)], vouched)


def tuspy(task: Task) -> Command:
    """As tuspy comes: a file is one chunk, held in memory."""
    return Command([sys.executable, str(HERE / "plain_tuspy.py"), *_words(task)])


def _words(task: Task) -> list[str]:
    return [task.tus_url, str(task.jobs), *map(str, task.files)]


def sitewalk(task: Task, *options: str, together: bool = False) -> Command:
    """`sitewalk apply` as it comes, a walkthrough for each file or one for all of them."""
    manifest = task.folder / "manifest.yaml"
    names = [file.name for file in task.files]
    lists = [", ".join(names)] if together else names
    walks = [WALK.format(number, files) for number, files in enumerate(lists)]
    manifest.write_text(HEAD + "".join(walks), encoding="utf-8")
    jobs = ["--jobs", str(task.jobs)]
    words = [str(SITEWALK), "apply", str(manifest), "--yes", "--new-ledger", *jobs, *options]
    environment = {
        "SITEWALK_MEDIA_ROOT": str(task.files[0].parent),
        "EVERCAM_USERNAME": "bench@example.com",
        "EVERCAM_PASSWORD": "bench",
        "EVERCAM_MEDIA_URL": task.evercam_url,
        "EVERCAM_INGEST_URL": task.evercam_url,
        "EVERCAM_TUS_URL": task.tus_url,
        **({"REQUESTS_CA_BUNDLE": str(task.ca)} if task.ca else {}),
    }
    return Command(words, environment)


CARD_MEGABYTES = "20"


def from_card(task: Task, *options: str) -> Command:
    """`sitewalk apply` with its file on a slow card."""
    command = sitewalk(task, *options)
    return replace(command, words=_on_card(0, command.words))


def resumed_from_card(task: Task, *options: str) -> Command:
    """The same once an earlier run was stopped at three quarters."""
    command = sitewalk(task, *options)
    stop = task.files[0].stat().st_size * 3 // 4
    again = [word for word in command.words if word != "--new-ledger"]
    return replace(command, words=_on_card(0, again), before=_on_card(stop, command.words))


def _on_card(stop: int, words: list[str]) -> list[str]:
    return [sys.executable, str(HERE / "slow_card.py"), CARD_MEGABYTES, str(stop), *words[1:]]


def bare_loop(task: Task) -> Command:
    """The requests of as many walks, one after the other."""
    words = [task.evercam_url, task.tus_url, *map(str, task.files)]
    return Command([sys.executable, str(HERE / "bare_loop.py"), *words])


@dataclass(frozen=True, slots=True)
class Client:
    """How a client is started, and with what: which of the row's files, how many jobs (the row's).

    `congestion` is the control that the line gives its connections, None where it is its own.
    """

    command: Callable[[Task], Command]
    files: slice = field(default_factory=lambda: slice(None))
    jobs: int | None = None
    congestion: str | None = "cubic"


BASE = "curl"
CLIENTS: dict[str, Client] = {
    BASE: Client(curl),
    "tus-js-client": Client(tus_js_client),
    "tuspy": Client(tuspy),
    "sitewalk": Client(sitewalk),
    "sitewalk --sha256": Client(lambda task: sitewalk(task, "--sha256")),
}
ONE_STREAM = {
    "curl x1": Client(curl),
    "tus-js-client x1": Client(tus_js_client),
    "a walk of 1 file": Client(sitewalk),
}
FOUR_STREAMS = {
    "curl x4": Client(curl),
    "a walk of 4 files": Client(partial(sitewalk, together=True)),
    "4 walks": Client(sitewalk),
}
WITH_BBR = ("--congestion-control", "bbr")
BBR = {
    "curl x1, bbr": Client(curl, congestion="bbr"),
    "tus-js-client x1, bbr": Client(tus_js_client, congestion="bbr"),
    "a walk of 1 file, bbr": Client(lambda task: sitewalk(task, *WITH_BBR), congestion=None),
}
FORCED = ("--congestion-control", "bbr+")
FOUR_BBR = {
    "curl x4, bbr": Client(curl, congestion="bbr"),
    "a walk of 4 files, bbr+": Client(
        lambda task: sitewalk(task, *FORCED, together=True), congestion=None
    ),
    "4 walks, bbr+": Client(lambda task: sitewalk(task, *FORCED), congestion=None),
}
TINY_CLIENTS = {
    "bare loop": Client(bare_loop),
    "sitewalk --jobs 1": Client(sitewalk, jobs=1),
    "sitewalk --jobs 16": Client(sitewalk, jobs=16),
}
WHOLE, QUARTER = slice(0, 1), slice(1, 2)
"""The files of a row that resumes: one to be resumed at three quarters, and its last quarter."""
RESUME_CLIENTS = {
    "a quarter, from its start": Client(from_card, QUARTER),
    "resumed at 75 %": Client(resumed_from_card, WHOLE),
    "resumed, --sha256": Client(lambda task: resumed_from_card(task, "--sha256"), WHOLE),
}
EVERY = CLIENTS | ONE_STREAM | FOUR_STREAMS | BBR | FOUR_BBR | TINY_CLIENTS | RESUME_CLIENTS
