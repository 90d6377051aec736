"""The command that a plan gives for carrying it out can be pasted and works."""

import shlex

import pytest
from inline_snapshot import snapshot

from runner.base.errors import ExitStatus
from tests.cli.conftest import Ended, Sitewalk
from tests.sites import Site, walk


@pytest.fixture
def apart(site: Site) -> Site:
    """A manifest in one folder and its recording in another, both with a space in their names."""
    (site.folder / "the plans").mkdir()
    Site(site.folder / "the plans").write(walk("one", ["a.insv"]))
    site.record("the card/a.insv")
    return site


def _told(ended: Ended) -> list[str]:
    (line,) = [line for line in ended.err.splitlines() if line.startswith("apply it with: ")]
    return shlex.split(line.removeprefix("apply it with: "))[1:]


@pytest.mark.parametrize("saving", [(), ("-o", "the plans/p 2.json")], ids=["shown", "saved"])
def test_the_told_command_works(sitewalk: Sitewalk, apart: Site, saving: tuple[str, ...]) -> None:
    manifest = str(apart.folder / "the plans" / "manifest.yaml")
    planned = sitewalk("plan", manifest, "--media-root", "the card", *saving)
    assert sitewalk(*_told(planned), "--yes").status == ExitStatus.DONE


def test_a_media_root_of_the_environment_is_not_repeated(sitewalk: Sitewalk, apart: Site) -> None:
    manifest = str(apart.folder / "the plans" / "manifest.yaml")
    planned = sitewalk("plan", manifest, SITEWALK_MEDIA_ROOT="the card")
    assert _told(planned) == ["apply", manifest]


def test_a_plan_that_leaves_nothing_to_do_tells_no_command(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    sitewalk("apply", "manifest.yaml", "--yes")
    assert "apply it with" not in sitewalk("plan", "manifest.yaml").err


@pytest.mark.parametrize("command", ["plan", "pick"])
def test_a_page_is_not_written_over_a_manifest(
    sitewalk: Sitewalk, site: Site, command: str
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    before = (site.folder / "manifest.yaml").read_bytes()
    refused = sitewalk(command, "manifest.yaml", "--html", "manifest.yaml")
    assert (refused.status, refused.err) == (
        ExitStatus.USAGE,
        snapshot("""\
error: a page ends in .html, not as manifest.yaml does
  help: for example --html manifest.html
"""),
    )
    assert (site.folder / "manifest.yaml").read_bytes() == before


@pytest.mark.parametrize("option", ["--output", "--html"])
def test_a_place_that_is_not_there_is_refused_with_a_way_out(
    sitewalk: Sitewalk, site: Site, option: str
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    refused = sitewalk("plan", "manifest.yaml", option, "nodir/plan.json")
    assert refused.status == ExitStatus.USAGE
    assert f"help: choose another place with {option}" in refused.err
