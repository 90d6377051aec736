"""Kill the real process at every event of a new drawing: whatever it did, it did it once."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.ledger.events import Kind
from runner.sandbox import Fault, Sandbox
from tests.crash.dying import DIED
from tests.crash.walker import Walker
from tests.crash.warm import run_warm
from tests.drawings.pictures import png
from tests.sites import Site, noise

EVENTS = (Kind.TUS_CREATING, Kind.TUS_CREATED, Kind.UPLOADED, Kind.CREATING, Kind.CREATED)
PLACES = [f"{when}:{kind}" for kind in EVENTS for when in ("before", "after")]
PLACES += ["bytes:1", "bytes:200000"]
TROUBLES = {
    Kind.REFUSED: "drawing:status=429",
    Kind.HELD: "drawing:drop-after",
    Kind.FAILED: "drawing:status=422",
    Kind.SENT: "patch:cut@100000",
}
CREATE = ("drawing", "create", "level-3", "--yes")
BODY = """\
{"overlay": {"url": "{url}", "title": "{filename}"},
 "north": "{north}", "south": "{south}", "east": "{east}", "west": "{west}"}
"""

pytestmark = pytest.mark.slow  # a campaign: each place costs a death and two runs


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox.start(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def walker(sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> Walker:
    project = "p" + hashlib.sha256(request.node.name.encode()).hexdigest()[:12]
    site = Site(tmp_path / "site")
    walker = Walker(site, sandbox)
    files = {
        "sitewalk.yaml": (
            f"version: 1\nproject: {project}\nuploaded_by: a@example.com\n"
            "drawings:\n  level-3: {image: level-3.png, map_style: blank} # new\n"
        ).encode(),
        "drawing.template.json": BODY.encode(),
        # What follows a picture's end belongs to nothing, and makes it worth several blocks.
        "level-3.png": png(40, 30) + noise(300_000, len(request.node.name)),
    }
    for name, content in files.items():
        (site.folder / name).write_bytes(content)
    return walker


@pytest.mark.parametrize("place", PLACES)
def test_after_a_death_the_next_run_ends_it(walker: Walker, place: str) -> None:
    begun = len(walker.sandbox.requests())
    died = run_warm(walker, *CREATE, SITEWALK_DIE=place)
    assert died.status == DIED, died
    _assert_the_next_run_ends_it(walker)
    if not place.startswith("bytes"):  # then what was on its way may be lost
        requests = walker.sandbox.requests()[begun:]
        sent = sum(request.bytes_received for request in requests if request.step == "patch")
        assert sent == (walker.site.folder / "level-3.png").stat().st_size


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", TROUBLES)
def test_after_a_death_in_trouble_the_next_run_ends_it(
    walker: Walker, when: str, kind: Kind
) -> None:
    walker.sandbox.inject(Fault.parse(TROUBLES[kind]))
    died = run_warm(walker, *CREATE, SITEWALK_DIE=f"{when}:{kind}")
    assert died.status == DIED, died
    _assert_the_next_run_ends_it(walker)


def _assert_the_next_run_ends_it(walker: Walker) -> None:
    text = _project_file(walker)
    project = text.split("project: ")[1].split("\n")[0]
    ended = run_warm(walker, *CREATE)
    if ended.status == ExitStatus.DECISION:
        found = [floor.id for floor in walker.sandbox.floors() if floor.project_id == project]
        choice = ("--adopt", str(found[0])) if found else ("--retry",)
        resolve = ("drawing", "resolve", "level-3", *choice, "--yes")
        assert run_warm(walker, *resolve).status == ExitStatus.DONE
        ended = run_warm(walker, *CREATE)
    assert ended.status == ExitStatus.DONE, ended
    (floor,) = [floor for floor in walker.sandbox.floors() if floor.project_id == project]
    assert _project_file(walker) == text.replace("{image", f"{{id: {floor.id}, image")
    stored = {one.location: one for one in walker.sandbox.recordings()}
    picture = (walker.site.folder / "level-3.png").read_bytes()
    assert stored[floor.url].sha256() == hashlib.sha256(picture).hexdigest()
    before = len(walker.sandbox.requests())
    assert run_warm(walker, *CREATE).status == ExitStatus.DONE
    assert len(walker.sandbox.requests()) == before


def _project_file(walker: Walker) -> str:
    return (walker.site.folder / "sitewalk.yaml").read_text(encoding="utf-8")
