"""What the commands for manifests say of a drawing that is not on Evercam yet."""

import pytest

from runner.base.errors import ExitStatus
from tests.cli.conftest import Sitewalk
from tests.drawings.pictures import png
from tests.sites import Site, walk

PROJECT = """\
version: 1
project: evercam
uploaded_by: walker@example.com
drawings:
  level-2: {id: 6143}
  level-3: {image: level-3.png, map_style: blank}
"""
ROUTE = 'routes: {loop: {drawing: NAME, start_position: "0.1, 0.2", end_position: "0.3, 0.4"}}\n'
HEAD = "version: 1\n" + ROUTE + "walkthroughs:\n"


@pytest.fixture
def with_project(site: Site) -> Site:
    (site.folder / "sitewalk.yaml").write_text(PROJECT, encoding="utf-8")
    (site.folder / "level-3.png").write_bytes(png(40, 30))
    site.record("a.insv")
    return site


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_a_walk_on_it_waits_for_a_command(
    with_project: Site, sitewalk: Sitewalk, command: str
) -> None:
    with_project.write(walk("one", ["a.insv"]), head=HEAD.replace("NAME", "level-3"))
    ended = sitewalk(command, "manifest.yaml")
    assert ended.status == ExitStatus.INVALID
    assert "M038" in ended.out + ended.err
    assert "create it first: sitewalk drawing create level-3\n" in ended.out + ended.err


def test_the_plan_of_other_walks_lists_it(with_project: Site, sitewalk: Sitewalk) -> None:
    with_project.write(walk("one", ["a.insv"]), head=HEAD.replace("NAME", "level-2"))
    assert sitewalk("validate", "manifest.yaml").status == ExitStatus.DONE
    ended = sitewalk("plan", "manifest.yaml")
    assert ended.status == ExitStatus.DONE
    assert "create it: sitewalk drawing create level-3\n" in ended.err


@pytest.mark.parametrize("keys", ["{map_style: blank}", "{Id: 6143, image: level-3.png}"])
def test_without_a_picture_or_with_a_misspelt_id_it_is_none_to_create(
    with_project: Site, sitewalk: Sitewalk, keys: str
) -> None:
    text = PROJECT.replace("{image: level-3.png, map_style: blank}", keys)
    (with_project.folder / "sitewalk.yaml").write_text(text, encoding="utf-8")
    with_project.write(walk("one", ["a.insv"]), head=HEAD.replace("NAME", "level-3"))
    ended = sitewalk("validate", "manifest.yaml")
    assert ended.status == ExitStatus.INVALID
    assert "M038" not in ended.out


def test_a_manifests_own_drawing_needs_its_id(with_project: Site, sitewalk: Sitewalk) -> None:
    head = "version: 1\ndrawings: {roof: {image: level-3.png}}\n" + ROUTE + "walkthroughs:\n"
    with_project.write(walk("one", ["a.insv"]), head=head.replace("NAME", "roof"))
    ended = sitewalk("validate", "manifest.yaml")
    assert ended.status == ExitStatus.INVALID
    assert "drawing `roof` has neither `id` nor `url`" in ended.out
