"""A card is wiped once its walks are uploaded; the manifest goes on listing them."""

from pathlib import Path

from runner.base.errors import ExitStatus
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk


def _one_sent_and_wiped(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv"]))
    site.record("a.insv")
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    Path("a.insv").unlink()


def test_what_is_done_asks_for_no_files(sitewalk: Sitewalk, site: Site, sandbox: Sandbox) -> None:
    _one_sent_and_wiped(sitewalk, site)
    before = len(sandbox.requests())
    for command in ("validate", "plan", "apply"):
        assert sitewalk(command, "manifest.yaml").status == ExitStatus.DONE
    assert len(sandbox.requests()) == before


def test_next_weeks_walk_goes_beside_it(sitewalk: Sitewalk, site: Site, sandbox: Sandbox) -> None:
    _one_sent_and_wiped(sitewalk, site)
    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))
    site.record("b.insv")
    applied = sitewalk("apply", "manifest.yaml", "--yes")
    assert applied.status == ExitStatus.DONE
    assert "2 walkthroughs: 1 done, 1 done already" in applied.out
    assert [one.name for one in sandbox.objects()] == ["one", "two"]


def test_a_file_that_was_never_sent_is_still_missed(sitewalk: Sitewalk, site: Site) -> None:
    _one_sent_and_wiped(sitewalk, site)
    site.write(walk("one", ["a.insv", "b.insv"]), walk("two", ["c.insv"]))
    for command in ("validate", "plan", "apply"):
        ended = sitewalk(command, "manifest.yaml")
        assert ended.status == ExitStatus.INVALID
        said = ended.out + ended.err
        assert "`b.insv` and 1 more recording are not beside the manifest" in said
        assert "`a.insv`" not in said.replace("files: [a.insv", "")


def test_uploading_again_needs_the_file(sitewalk: Sitewalk, site: Site) -> None:
    _one_sent_and_wiped(sitewalk, site)
    again = sitewalk("apply", "manifest.yaml", "--yes", "--again", "one")
    assert again.status == ExitStatus.INVALID
    assert "`a.insv` is not there" in again.err


def test_other_changes_to_what_is_done_are_still_seen(sitewalk: Sitewalk, site: Site) -> None:
    _one_sent_and_wiped(sitewalk, site)
    site.write(walk("one", ["a.insv"], name="Another"))
    ended = sitewalk("plan", "manifest.yaml")
    assert ended.status == ExitStatus.DECISION
    assert "name: one → Another" in ended.out
    assert "other content" not in ended.out


def test_a_card_that_is_not_plugged_in_is_one_error(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv", "b.insv"], date="nonsense"), walk("two", ["c.insv"]))
    for command in ("validate", "plan", "apply"):
        ended = sitewalk(command, "manifest.yaml", "--media-root", "card")
        assert ended.status == ExitStatus.INVALID
        said = ended.out + ended.err
        assert said.count("is not there") == 1
        assert "the media root card is not there" in said
        assert "2 errors" in said  # the date is told as well


def test_what_is_done_asks_for_no_card(sitewalk: Sitewalk, site: Site) -> None:
    _one_sent_and_wiped(sitewalk, site)
    for command in ("validate", "plan", "apply"):
        ended = sitewalk(command, "manifest.yaml", "--media-root", "card")
        assert ended.status == ExitStatus.DONE
    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))
    ended = sitewalk("plan", "manifest.yaml", "--media-root", "card")
    assert ended.status == ExitStatus.INVALID
    assert "the media root card is not there" in ended.err
