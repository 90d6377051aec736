"""Kill the real process at every event and inside the bytes; whatever it did, it did it once."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.ledger.events import Kind
from runner.recordings.identity import EDGE
from runner.sandbox import Fault, Sandbox
from tests.crash.campaign import held_walkthroughs
from tests.crash.dying import DIED
from tests.crash.walker import Walker
from tests.crash.warm import run_warm
from tests.sites import HEAD, Site, walk

PEOPLE = {Kind.ADOPTED, Kind.RELEASED, Kind.RENEWED}
OTHERS = {Kind.CLAIMED, Kind.ELSEWHERE, Kind.KEPT, Kind.STRAY, Kind.STOPPED}
"""Events of a run beside which another runs, or that is stopped by a person."""
TROUBLES = {
    Kind.REFUSED: "create:status=429~one",
    Kind.HELD: "create:drop-after~one",
    Kind.SENT: "patch:cut@100000~a.insv",
    Kind.FAILED: "finish:status=422",
}
"""Events of a run in which something goes wrong, and what it takes."""

RESUMED = {Kind.ABANDONED, Kind.HASHED}
"""Events about what an earlier run sent."""

EVENTS = sorted(set(Kind) - PEOPLE - OTHERS - set(TROUBLES) - RESUMED)
PLACES = [f"{when}:{kind}" for kind in EVENTS for when in ("before", "after")]
PLACES += [f"bytes:{count}" for count in (1, 400_000, 800_000, 1_200_000)]
APPLY = ("apply", "manifest.yaml", "--yes", "--jobs")
JOBS = ("1", "3")
"""One recording after the other, and all of a walkthrough at once."""
SIZES = {"a.insv": 600_000, "b.insv": 500_000, "c.insv": 100_000}

pytestmark = pytest.mark.slow  # a campaign: each place costs a death and a whole run


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox.start(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def walker(sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> Walker:
    project = "p" + hashlib.sha256(request.node.name.encode()).hexdigest()[:12]
    head = HEAD.replace("project: evercam", f"project: {project}")
    site = Site(tmp_path / "site")
    site.write(walk("one", ["a.insv", "b.insv"]), walk("two", ["c.insv"]), head=head)
    for name, size in SIZES.items():
        site.record(name, size)
    return Walker(site, sandbox)


@pytest.mark.parametrize("jobs", JOBS)
@pytest.mark.parametrize("place", PLACES)
def test_after_a_death_the_next_run_ends_the_job(walker: Walker, place: str, jobs: str) -> None:
    died = run_warm(walker, *APPLY, jobs, SITEWALK_DIE=place)
    assert died.status == DIED, died
    _assert_the_next_run_ends_the_job(walker)


@pytest.mark.parametrize("jobs", JOBS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", TROUBLES)
def test_after_a_death_in_trouble_the_next_run_ends_the_job(
    walker: Walker, when: str, kind: Kind, jobs: str
) -> None:
    walker.sandbox.inject(Fault.parse(TROUBLES[kind]))
    died = run_warm(walker, *APPLY, jobs, SITEWALK_DIE=f"{when}:{kind}")
    assert died.status == DIED, died
    _assert_the_next_run_ends_the_job(walker)


@pytest.mark.parametrize("when", ["before", "after"])
def test_after_a_death_while_a_file_is_abandoned_the_next_run_ends_the_job(
    walker: Walker, when: str
) -> None:
    assert run_warm(walker, *APPLY, "1", SITEWALK_DIE="bytes:400000").status == DIED
    walker.site.record("a.insv", SIZES["a.insv"], seed=77)
    died = run_warm(walker, *APPLY, "1", SITEWALK_DIE=f"{when}:{Kind.ABANDONED}")
    assert died.status == DIED, died
    _assert_the_next_run_ends_the_job(walker)


@pytest.mark.parametrize("jobs", JOBS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_after_a_death_around_a_digest_nothing_is_left_to_do(
    walker: Walker, when: str, jobs: str
) -> None:
    assert run_warm(walker, *APPLY, "1", SITEWALK_DIE="bytes:400000").status == DIED
    words = *APPLY, jobs, "--sha256"
    died = run_warm(walker, *words, SITEWALK_DIE=f"{when}:{Kind.HASHED}")
    assert died.status == DIED, died
    before = len(walker.sandbox.requests())
    assert run_warm(walker, *words).status == ExitStatus.DONE
    assert len(walker.sandbox.requests()) == before
    _assert_everything_is_there_once(walker)


def test_after_a_death_with_a_file_that_is_not_what_is_linked_a_person_decides(
    walker: Walker,
) -> None:
    assert run_warm(walker, *APPLY, "1", SITEWALK_DIE="bytes:400000").status == DIED
    path = walker.site.folder / "a.insv"
    content, before = bytearray(path.read_bytes()), path.stat().st_mtime_ns
    content[EDGE] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before, before))
    died = run_warm(walker, *APPLY, "1", "--sha256", SITEWALK_DIE=f"after:{Kind.HASHED}")
    assert died.status == DIED, died
    assert run_warm(walker, *APPLY, "1").status == ExitStatus.DECISION
    assert "may hold bytes of two versions" in run_warm(walker, "status").out
    ended = run_warm(walker, *APPLY, "1", "--refinish", "one")
    assert ended.status == ExitStatus.DONE, ended
    _assert_everything_is_there_once(walker)


def _assert_the_next_run_ends_the_job(walker: Walker) -> None:
    ended = run_warm(walker, *APPLY, "3")
    if ended.status == ExitStatus.DECISION:
        _settle(walker)
        ended = run_warm(walker, *APPLY, "3")
    assert ended.status == ExitStatus.DONE, ended

    _assert_everything_is_there_once(walker)
    before = len(walker.sandbox.requests())
    assert run_warm(walker, "apply", "manifest.yaml").status == ExitStatus.DONE
    assert len(walker.sandbox.requests()) == before


def _project(walker: Walker) -> str:
    return walker.site.manifest.read_text(encoding="utf-8").split("project: ")[1].split("\n")[0]


def _settle(walker: Walker) -> None:
    """Do what the message of each held walkthrough says: look, then adopt or retry."""
    uploads = [
        upload for upload in walker.sandbox.objects() if upload.project_id == _project(walker)
    ]
    for name in held_walkthroughs(walker):
        found = [upload for upload in uploads if upload.name == name]
        choice = ["--adopt", str(found[0].id)] if found else ["--retry"]
        assert run_warm(walker, "resolve", name, *choice, "--yes").status == ExitStatus.DONE


def _assert_everything_is_there_once(walker: Walker) -> None:
    uploads = [
        upload for upload in walker.sandbox.objects() if upload.project_id == _project(walker)
    ]
    assert sorted(upload.name for upload in uploads) == ["one", "two"]
    linked = {
        recording.url.rpartition("/")[2] for upload in uploads for recording in upload.recordings
    }
    stored = {
        recording.filename: recording
        for recording in walker.sandbox.recordings()
        if recording.file_id in linked
    }
    for name in SIZES:
        on_disk = hashlib.sha256((walker.site.folder / name).read_bytes()).hexdigest()
        assert stored[name].sha256() == on_disk
