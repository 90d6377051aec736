"""A drawing of the project file is created once, and its id is written where it belongs."""

import hashlib
import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from runner.base.errors import ExitStatus
from runner.drawings.template import VENDORS_PAGE
from runner.ledger.address import LedgerAddress
from runner.ledger.store import read_events
from runner.sandbox import Fault, Sandbox
from tests.cli.conftest import Sitewalk
from tests.drawings.pictures import png
from tests.report.schemas import check_described
from tests.sites import HEAD, Site, walk

PROJECT = """\
version: 1
project: evercam
uploaded_by: a+b@example.com
drawings:
  level-2: {id: 6143}
  level-3: # the new one
    image: level-3.png # as the architect sent it
    map_style: blank
"""
BODY = """\
{
  "overlay": {"url": "{url}", "title": "{filename}", "kind": "{extension}"},
  "edges": {"north": "{north}", "south": "{south}", "east": "{east}", "west": "{west}"},
  "style": "{map_style}",
  "name": "{name}"
}
"""
_BOUNDS = (
    "{{image: level-3.png, map_style: blank, "
    "bounds: {{north: {north}, south: 1, east: 1, west: 0}}}}"
)
CREATE = ("drawing", "create", "level-3", "--yes")


@pytest.fixture
def project(site: Site) -> Path:
    (site.folder / "drawing.template.json").write_text(BODY, encoding="utf-8")
    (site.folder / "level-3.png").write_bytes(png(40, 30))
    file = site.folder / "sitewalk.yaml"
    file.write_text(PROJECT, encoding="utf-8")
    return file


def _with_id(id_: int) -> str:
    return PROJECT.replace("    image:", f"    id: {id_}\n    image:")


def test_a_drawing_is_shown_sent_and_written_down(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    ended = sitewalk(*CREATE)
    assert ended.status == ExitStatus.DONE
    assert project.read_text(encoding="utf-8") == _with_id(6000)
    (floor,) = sandbox.floors()
    assert (floor.project_id, floor.created_by) == ("evercam", "a+b@example.com")
    assert (floor.title, floor.map_style) == ("level-3.png", "blank")
    assert floor.bounds == {"north": 1, "south": 0, "east": 1, "west": 0}
    (picture,) = sandbox.recordings()
    assert picture.location == floor.url
    assert picture.path.read_bytes() == project.with_name("level-3.png").read_bytes()
    assert picture.file_id not in ended.out + ended.err
    shown = ended.out.replace(sandbox.url, "http://evercam").splitlines()
    assert "\n".join(shown[:19]) == snapshot("""\
PUT http://evercam/360/floors/evercam?created_by=a%2Bb%40example.com
Authorization: Bearer … (the login's token)
Content-Type: application/json

{
  "overlay": {
    "url": "{url}",
    "title": "level-3.png",
    "kind": "png"
  },
  "edges": {
    "north": 1,
    "south": 0,
    "east": 1,
    "west": 0
  },
  "style": "Blank",
  "name": "level-3"
}\
""")
    digest = hashlib.sha256(picture.path.read_bytes()).hexdigest()
    assert f"sha256: {digest}" in shown
    assert f"({picture.length:,} bytes)" in shown[20]
    assert sandbox.password not in ended.out + ended.err


@pytest.mark.usefixtures("project")
def test_with_an_id_there_is_nothing_to_do(sitewalk: Sitewalk, sandbox: Sandbox) -> None:
    sitewalk(*CREATE)
    before = len(sandbox.requests())
    again = sitewalk(*CREATE)
    assert again.status == ExitStatus.DONE
    assert "`level-3` is drawing 6000 on Evercam already: nothing to do" in again.err
    assert sitewalk("drawing", "create", "level-2").status == ExitStatus.DONE
    assert len(sandbox.requests()) == before


def test_without_yes_and_terminal_the_request_is_only_shown(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    ended = sitewalk("drawing", "create", "level-3")
    assert ended.status == ExitStatus.USAGE
    assert "/360/floors/evercam?created_by=a%2Bb%40example.com" in ended.out
    assert "add --yes" in ended.err
    assert not sandbox.requests()
    assert project.read_text(encoding="utf-8") == PROJECT


@pytest.mark.usefixtures("project")
def test_a_walk_on_it_goes_on_at_once(site: Site, sitewalk: Sitewalk, sandbox: Sandbox) -> None:
    routes = HEAD[HEAD.index("routes:") :].replace("level-2", "level-3")
    site.write(walk("one", ["a.insv"]), head=f"version: 1\n{routes}").record("a.insv")
    assert "M038" in sitewalk("validate", "manifest.yaml").out
    sitewalk(*CREATE)
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    assert [upload.floor_id for upload in sandbox.objects()] == [6000]


def test_what_the_ledger_knows_is_written_and_not_sent_again(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    sitewalk(*CREATE)
    project.write_text(PROJECT, encoding="utf-8")  # as a checkout of another branch does
    before = len(sandbox.requests())
    again = sitewalk("drawing", "create", "level-3")
    assert again.status == ExitStatus.DONE
    assert "the ledger knows `level-3` as drawing 6000: nothing is sent" in again.err
    assert project.read_text(encoding="utf-8") == _with_id(6000)
    assert len(sandbox.requests()) == before


@pytest.mark.parametrize("fault", ["drop-after", "garbage", "status-after", "drop-before"])
def test_what_nobody_knows_is_held_until_a_person_looked(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox, fault: str
) -> None:
    sandbox.inject(Fault.parse(f"drawing:{fault}"))
    held = sitewalk(*CREATE)
    assert held.status == ExitStatus.DECISION
    assert "sitewalk drawing resolve level-3 --adopt DRAWING_ID" in held.err
    assert "sitewalk drawing resolve level-3 --retry" in held.err
    before = len(sandbox.requests())
    assert sitewalk(*CREATE).status == ExitStatus.DECISION
    assert len(sandbox.requests()) == before
    made = [floor.id for floor in sandbox.floors()]
    words = ("--adopt", str(made[0])) if made else ("--retry",)
    assert sitewalk("drawing", "resolve", "level-3", *words, "--yes").status == ExitStatus.DONE
    assert sitewalk(*CREATE).status == ExitStatus.DONE
    assert len(sandbox.floors()) == len(sandbox.recordings()) == 1
    assert project.read_text(encoding="utf-8") == _with_id(6000)


def test_a_refusal_is_no_hold_and_the_picture_is_not_sent_again(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    sandbox.inject(Fault.parse("drawing:status=422"))
    refused = sitewalk(*CREATE)
    assert refused.status == ExitStatus.FAILED
    assert "no drawing was created: the server answered 422" in refused.err
    assert sitewalk(*CREATE).status == ExitStatus.DONE
    assert [one.step for one in sandbox.requests()].count("patch") == 1
    assert len(sandbox.floors()) == 1
    assert "6000" in project.read_text(encoding="utf-8")


def test_a_changed_picture_is_sent_anew(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    sandbox.inject(Fault.parse("drawing:status=403"))
    sitewalk(*CREATE)
    picture = png(41, 30)
    project.with_name("level-3.png").write_bytes(picture)
    assert sitewalk(*CREATE).status == ExitStatus.DONE
    (floor,) = sandbox.floors()
    used = {one.location: one.path.read_bytes() for one in sandbox.recordings()}
    assert used[floor.url] == picture


def test_refused_credentials_leave_nothing_behind(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    ended = sitewalk(*CREATE, EVERCAM_PASSWORD="wrong")
    assert ended.status == ExitStatus.REFUSED
    assert not sandbox.floors()
    assert sitewalk(*CREATE, EVERCAM_PASSWORD=sandbox.password).status == ExitStatus.DONE
    assert "6000" in project.read_text(encoding="utf-8")


def test_an_adoption_is_checked_and_can_be_corrected(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    assert "is not held" in sitewalk("drawing", "resolve", "level-3", "--retry", "--yes").err
    sandbox.inject(Fault.parse("drawing:drop-after"))
    sitewalk(*CREATE)
    resolve = ("drawing", "resolve", "level-3", "--yes")
    assert sitewalk(*resolve).status == ExitStatus.USAGE
    assert sitewalk(*resolve, "--retry", "--adopt", "1").status == ExitStatus.USAGE
    anothers = sitewalk(*resolve, "--adopt", "6143")
    assert anothers.status == ExitStatus.USAGE
    assert "drawing 6143 is `level-2` in sitewalk.yaml" in anothers.err
    assert sitewalk(*resolve, "--adopt", "6001").status == ExitStatus.DONE
    assert sitewalk(*resolve, "--retry").status == ExitStatus.USAGE  # the file names one
    assert sitewalk(*resolve, "--adopt", "6000").status == ExitStatus.DONE
    assert project.read_text(encoding="utf-8") == _with_id(6000)


def test_the_same_picture_under_another_name_waits_for_the_hold(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    sandbox.inject(Fault.parse("drawing:drop-after"))
    sitewalk(*CREATE)
    project.write_text(PROJECT.replace("level-3:", "third:"), encoding="utf-8")
    ended = sitewalk("drawing", "create", "third", "--yes")
    assert ended.status == ExitStatus.DECISION
    assert "the same picture was sent for `level-3`, which is held" in ended.err
    assert len(sandbox.floors()) == 1


@pytest.mark.parametrize(
    ("keys", "status", "message"),
    [
        ("{map_style: blank}", ExitStatus.INVALID, "has no `image`"),
        ("{image: level-3.png}", ExitStatus.INVALID, "has no `map_style`"),
        ("{image: level-3.png, map_style: satellite}", ExitStatus.INVALID, "has no `bounds`"),
        ("{image: ../level-3.png, map_style: blank}", ExitStatus.INVALID, "leaves the manifest's"),
        ("{image: none.png, map_style: blank}", ExitStatus.INVALID, "`none.png` is not there"),
        ("{image: sitewalk.yaml, map_style: blank}", ExitStatus.INVALID, "neither PNG, JPEG"),
        (
            _BOUNDS.format(north=0),
            ExitStatus.INVALID,
            "`north` must be larger than `south`",
        ),
        (
            _BOUNDS.format(north=9),
            ExitStatus.INVALID,
            "the bounds leave the range of a blank drawing",
        ),
        ("{url: https://dash.evercam.io/}", ExitStatus.USAGE, "has no `?id=` number"),
        ("{id: x}", ExitStatus.INVALID, "M014"),
    ],
)
def test_what_it_lacks_is_said_with_its_place(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox, keys: str, status: ExitStatus, message: str
) -> None:
    project.write_text(
        PROJECT.partition("  level-3:")[0] + f"  level-3: {keys}\n", encoding="utf-8"
    )
    ended = sitewalk(*CREATE)
    assert ended.status == status
    assert message in ended.err
    assert "sitewalk.yaml" in ended.err
    assert not sandbox.requests()


def test_a_template_is_written_once_and_its_todos_refuse(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    project.with_name("drawing.template.json").unlink()
    missing = sitewalk(*CREATE)
    assert missing.status == ExitStatus.USAGE
    assert "write one: sitewalk drawing template\n" in missing.err
    assert sitewalk("drawing", "template").status == ExitStatus.DONE
    assert json.loads(project.with_name("drawing.template.json").read_text(encoding="utf-8"))
    assert sitewalk("drawing", "template").status == ExitStatus.USAGE
    refused = sitewalk(*CREATE)
    assert refused.status == ExitStatus.USAGE
    assert "drawing.template.json still has a TODO: line 5" in refused.err
    assert VENDORS_PAGE in refused.err
    assert not sandbox.requests()


def test_without_project_file_name_or_ledger_it_says_what_to_do(
    project: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    unknown = sitewalk("drawing", "create", "level-9")
    assert unknown.status == ExitStatus.USAGE
    assert "sitewalk.yaml has no drawing `level-9`" in unknown.err
    Path(".sitewalk/ledger.db").unlink()
    lost = sitewalk(*CREATE)
    assert lost.status == ExitStatus.DECISION
    assert "--new-ledger" in lost.err
    assert sitewalk(*CREATE, "--new-ledger").status == ExitStatus.DONE
    assert len(sandbox.floors()) == 1
    project.unlink()
    gone = sitewalk(*CREATE)
    assert gone.status == ExitStatus.USAGE
    assert "sitewalk init" in gone.err


@pytest.mark.usefixtures("project")
def test_the_ledger_tells_who_created_what(sitewalk: Sitewalk) -> None:
    sitewalk(*CREATE)
    events = read_events(LedgerAddress(".sitewalk/ledger.db"))
    assert [str(event.kind) for event in events if event.kind != "sent"] == [
        "tus_creating",
        "tus_created",
        "uploaded",
        "creating",
        "created",
    ]
    assert {event.walkthrough for event in events} == {"drawing:level-3"}
    (intent,) = [event.data for event in events if event.kind == "creating"]
    assert intent["name"] == "level-3"
    assert intent["created_by"] == "a+b@example.com"
    assert intent["command"] == "sitewalk drawing create level-3 --yes"


def test_the_status_lists_drawings_apart_and_asks_for_a_decision(
    project: Path, site: Site, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    site.write(
        walk("one", ["a.insv"]), head=HEAD.replace("level-2: {id: 6143}", "level-2: {id: 9}")
    )
    site.record("a.insv")
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    sandbox.inject(Fault.parse("drawing:status=400"), Fault.parse("drawing:drop-after"))
    sitewalk(*CREATE)
    failed = sitewalk("status")
    assert failed.status == ExitStatus.DONE
    assert "to go on with it: sitewalk drawing create level-3" in failed.out
    assert "1 walkthrough: 1 done" in failed.out
    sitewalk(*CREATE)
    held = sitewalk("status")
    assert held.status == ExitStatus.DECISION
    assert "held      level-3 since" in held.out
    assert "sitewalk drawing resolve level-3 --adopt DRAWING_ID" in held.out
    # Drawings and upload objects have numbers of their own: 1000 is a walkthrough's as well.
    words = ("drawing", "resolve", "level-3", "--adopt", "1000", "--yes")
    assert sitewalk(*words).status == ExitStatus.DONE
    told = json.loads(sitewalk("status", "--format", "json").out)
    check_described("status", told)
    assert [walkthrough["id"] for walkthrough in told["walkthroughs"]] == ["one"]
    (drawing,) = told["drawings"]
    assert (drawing["name"], drawing["phase"], drawing["id"]) == ("level-3", "created", 1000)
    assert "drawing resolve level-3 --adopt 1000 --yes" in sitewalk("status").out
    assert "drawing:" not in sitewalk("status", "manifest.yaml").out
    assert project.read_text(encoding="utf-8") == _with_id(1000)


def test_reports_plans_and_exports_are_not_surprised(
    project: Path, site: Site, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    before = sitewalk("report"), sitewalk("report", "--since", "2026-01-01")
    sandbox.inject(Fault.parse("drawing:drop-after"))
    assert sitewalk(*CREATE).status == ExitStatus.DECISION
    assert (sitewalk("report"), sitewalk("report", "--since", "2026-01-01")) == before
    assert sitewalk("plan", "manifest.yaml").status == ExitStatus.DONE
    assert sitewalk("ledger", "export", "moved.jsonl").status == ExitStatus.DONE
    Path(".sitewalk/ledger.db").unlink()
    imported = sitewalk("ledger", "import", "moved.jsonl")
    assert imported.status == ExitStatus.DONE
    assert "1 finished, 1 held, 0 unknown" in imported.err
    assert sitewalk(*CREATE).status == ExitStatus.DECISION
    assert sitewalk("drawing", "resolve", "level-3", "--adopt", "6000", "--yes").status == 0
    assert project.read_text(encoding="utf-8") == _with_id(6000)
    assert len(sandbox.floors()) == 1
