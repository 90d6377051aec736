"""A campaign of kills: one job, killed -9 at random on a bad line until it is done."""

import hashlib
import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.base.errors import ExitStatus
from runner.sandbox import Fault, Sandbox
from tests.badline import BadLine, Cut, Direction, Line
from tests.crash.walker import Walker
from tests.crash.warm import Life, run_warm
from tests.sites import Site, walk

RATE = 40_000_000
"""Bytes a second: slow enough for a kill to fall into a transfer."""

MOST_REQUESTS, MOST_SECONDS = 30, 0.3
"""A run is killed after fewer requests than these, and then within these seconds."""

STILLBORN = 0.1
"""How many of the lives are killed without waiting for a request."""

PARTS = 2
"""Recordings of each walkthrough; `size` is that of all of them."""

APPLY = ("apply", "manifest.yaml", "--yes")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a campaign.

    `inside` counts the kills that left a recording half sent; `ratio` is bytes received by bytes
    of files.
    """

    kills: int
    inside: int
    settled: int
    ratio: float


def run_campaign(
    folder: Path, seed: int, *, walkthroughs: int, size: int, most_kills: int = 60
) -> Outcome:
    """Kill and run until everything is done; raises AssertionError when the job was not done once.

    Held walkthroughs are settled as a person would: by looking at what the server has.
    """
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    site = make_site(folder, walkthroughs, size)
    with _bad_sandbox(folder, size, rng) as (sandbox, tus_url):
        walker = Walker(site, sandbox, {"EVERCAM_TUS_URL": tus_url})
        kills, inside = _kill_until_done(walker, rng, most_kills)
        settled = finish(walker)
        assert_done_once(walker, walkthroughs)
        received = sum(
            request.bytes_received for request in sandbox.requests() if request.step == "patch"
        )
    return Outcome(kills, inside, settled, received / (walkthroughs * size))


def make_site(folder: Path, walkthroughs: int, size: int) -> Site:
    """A site below a folder, whose walkthroughs have recordings of `size` bytes together."""
    site = Site(folder / "site")
    names = [f"walk-{number}" for number in range(walkthroughs)]
    site.write(*(walk(name, _recordings(name)) for name in names))
    for number, name in enumerate(names):
        for part, recording in enumerate(_recordings(name)):
            site.record(recording, size // PARTS, seed=number + 1000 * (part + 1))
    return site


def _recordings(walkthrough: str) -> list[str]:
    """The recordings of a walkthrough, which go at once."""
    return [f"{walkthrough}-{part}.insv" for part in range(PARTS)]


@contextmanager
def _bad_sandbox(folder: Path, size: int, rng: random.Random) -> Iterator[tuple[Sandbox, str]]:
    kinds = ("drop-after", "drop-before", "status=503", "garbage")
    faults = [
        Fault.parse(f"{rng.choice(('create', 'finish', 'tus_create'))}:{rng.choice(kinds)}")
        for _ in range(4)
    ]
    with Sandbox.start(folder / "sandbox", faults=faults) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        with BadLine(port, Line(rate=RATE), faults=_cuts(rng, size)) as line:
            yield sandbox, line.through(sandbox.tus_url)


def _cuts(rng: random.Random, size: int) -> Iterator[Cut]:
    """Connections that end early, in each of three ways; a third of them hold long enough."""
    while True:
        after = rng.randrange(size + size // 2)
        yield rng.choice(
            (
                Cut(after=after),
                Cut(after=after, how="close"),
                Cut(after=after % 200, direction=Direction.DOWN),
            )
        )


def _kill_until_done(walker: Walker, rng: random.Random, most: int) -> tuple[int, int]:
    """Kill runs until one ends well; returns how many were killed, and how many inside bytes."""
    inside = 0
    for kills in range(most):
        end = run_warm(walker, *APPLY, life=_life(walker, rng))
        if end.status in {ExitStatus.DONE, ExitStatus.DECISION}:
            return kills, inside
        inside += any(
            recording.offset > 0 and not recording.complete
            for recording in walker.sandbox.recordings()
        )
    return most, inside


def _life(walker: Walker, rng: random.Random) -> Life:
    """A life by chance, counted in requests, so that a busy machine makes it no shorter."""
    requests, seconds = rng.randrange(MOST_REQUESTS), rng.uniform(0, MOST_SECONDS)
    if rng.random() < STILLBORN:
        return Life(seconds)
    end = len(walker.sandbox.requests()) + requests
    return Life(seconds, lambda: len(walker.sandbox.requests()) > end)


def finish(walker: Walker, patience: float = 120) -> int:
    """Run undisturbed, settling what is held, until nothing is left; returns how many were held."""
    settled = 0
    deadline = time.monotonic() + patience
    while (end := run_warm(walker, *APPLY)).status != ExitStatus.DONE:
        assert time.monotonic() < deadline, f"still not done after {patience} s: {end}"
        settled += _settle(walker)
    return settled


def _settle(walker: Walker) -> int:
    held = held_walkthroughs(walker)
    for name in held:
        found = [upload.id for upload in walker.sandbox.objects() if upload.name == name]
        choice = ["--adopt", str(found[0])] if found else ["--retry"]
        end = run_warm(walker, "resolve", name, *choice, "--yes")
        assert end.status == ExitStatus.DONE, end
    return len(held)


def held_walkthroughs(walker: Walker) -> list[str]:
    status = json.loads(run_warm(walker, "status", "--format", "json").out)
    return [
        walkthrough["id"]
        for walkthrough in status["walkthroughs"]
        if walkthrough["phase"] == "held"
    ]


def assert_done_once(walker: Walker, walkthroughs: int) -> None:
    """Every walkthrough is there once, with the bytes that are on disk."""
    uploads = walker.sandbox.objects()
    assert len({upload.name for upload in uploads}) == len(uploads) == walkthroughs
    stored = {recording.file_id: recording.sha256() for recording in walker.sandbox.recordings()}
    for upload in uploads:
        for name, linked in zip(_recordings(upload.name), upload.recordings, strict=True):
            on_disk = (walker.site.folder / name).read_bytes()
            assert stored[linked.url.rpartition("/")[2]] == hashlib.sha256(on_disk).hexdigest()
