"""`sitewalk plan --html`: from manifests, recordings and the ledger to the page."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.recordings.identity import BoundedFile
from runner.recordings.insv.facts import Resolution
from runner.recordings.insv.trailer import read_trailer
from runner.recordings.samples.make import make_recording
from runner.sandbox import Fault, Sandbox
from tests.cli.conftest import Sitewalk
from tests.pages.movies import SIDE, write_movie
from tests.pages.plan.reviews import PLAN_SVG
from tests.sites import HEAD, Site, true_recording, walk

# Each makes a whole page, with its drawings and frames.
pytestmark = pytest.mark.slow


def _site(site: Site, image: str = "plans/level-2.svg") -> None:
    head = HEAD.replace("{id: 6143}", f"{{id: 6143, image: {image}}}")
    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"]), head=head)
    site.record("a.insv", 700_000)
    site.record("b.insv", 700_000)
    Path("plans").mkdir()
    Path("plans/level-2.svg").write_bytes(PLAN_SVG)


def _page(sitewalk: Sitewalk, *words: str) -> str:
    assert sitewalk("plan", "manifest.yaml", "--html", "review.html", *words).status == 0
    return Path("review.html").read_text(encoding="utf-8")


def test_the_page_shows_the_drawing_and_names_the_command(sitewalk: Sitewalk, site: Site) -> None:
    _site(site)
    page = _page(sitewalk, "-o", "plan.json")
    assert "2 new walkthroughs" in page
    assert 'href="data:image/png;base64,' in page
    assert "sitewalk apply plan.json" in page


def test_choices_are_part_of_the_command(sitewalk: Sitewalk, site: Site) -> None:
    _site(site)
    sitewalk("apply", "manifest.yaml", "--yes")
    page = _page(sitewalk, "--again", "two")
    assert "sitewalk apply manifest.yaml --again two" in page


def test_an_image_outside_the_manifests_folder_is_never_shown(
    sitewalk: Sitewalk, site: Site
) -> None:
    (Path("..") / "secret.svg").write_bytes(PLAN_SVG)
    _site(site, "../secret.svg")
    sitewalk("plan", "manifest.yaml", "--html", "review.html")
    page = Path("review.html")
    assert not page.exists() or "data:image/" not in page.read_text(encoding="utf-8")


def test_the_expected_time_is_that_of_the_last_run_or_of_an_uplink(
    sitewalk: Sitewalk, site: Site
) -> None:
    _site(site)
    assert "Expected time" not in _page(sitewalk)
    assert "Expected time" in _page(sitewalk, "--uplink", "100k")
    sitewalk("apply", "manifest.yaml", "--yes")
    site.write(walk("three", ["c.insv"]))
    site.record("c.insv", 900_000)
    planned = sitewalk("plan", "manifest.yaml", "--html", "review.html")
    assert "the speed of the run of" in planned.err
    assert "the speed of the run of" in Path("review.html").read_text(encoding="utf-8")
    given = sitewalk("plan", "manifest.yaml", "--uplink", "90k")
    assert "takes about 10 s at 90 kB/s (720 kbit/s)\n" in given.err


def test_an_uplink_that_is_no_rate_is_refused(sitewalk: Sitewalk, site: Site) -> None:
    _site(site)
    for wrong in ("fast", "unlimited", "0"):
        assert sitewalk("plan", "manifest.yaml", "--uplink", wrong).status == ExitStatus.USAGE


def test_nothing_secret_is_on_the_page_of_a_half_done_plan(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    _site(site)
    sandbox.inject(Fault.parse("finish:status=422~one"))
    sitewalk("apply", "manifest.yaml", "--yes")
    page = _page(sitewalk)
    assert "1 walkthrough resumed, 1 done already" in page
    ids = [recording.file_id for recording in sandbox.recordings()]
    assert len(ids) == 2
    assert not [secret for secret in (*ids, sandbox.password) if secret in page]


@pytest.mark.parametrize("place", [".", "nowhere/review.html"])
def test_a_page_without_a_place_is_refused(sitewalk: Sitewalk, site: Site, place: str) -> None:
    _site(site)
    refused = sitewalk("plan", "manifest.yaml", "--html", place)
    assert refused.status == ExitStatus.USAGE
    assert f"cannot write {place}" in refused.err


def test_a_recording_that_can_be_decoded_shows_a_frame(sitewalk: Sitewalk, site: Site) -> None:
    _site(site)
    whole = make_recording(replace(true_recording(700_000), dimension=Resolution(SIDE, SIDE)))
    trailer = read_trailer(BoundedFile(io.BytesIO(whole)), len(whole))
    assert trailer
    movie = write_movie(Path("movie.mp4")).read_bytes()
    Path("a.insv").write_bytes(movie + whole[trailer.start :])
    assert _page(sitewalk).count("data:image/jpeg;base64,") == 1
