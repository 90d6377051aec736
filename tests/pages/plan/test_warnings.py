"""A warning stands at the walkthrough or drawing that it is about."""

from dataclasses import replace

import pytest

from runner.manifest.reading import read_manifest
from runner.pages.plan.page import plan_html
from runner.pages.plan.warnings import place_warnings
from runner.problems.problem import Place, Problem, Severity
from tests.pages.plan.reviews import review, walkthrough
from tests.sites import HEAD, TODAY, walk

TEXT = HEAD + walk("one", ["a.insv"]) + "# a comment\n" + walk("two", ["b.insv"]) + "# the end\n"
FIRST = HEAD.count("\n") + 1


@pytest.mark.parametrize(
    ("line", "walkthrough_id"),
    [
        (FIRST - 1, None),
        (FIRST, "one"),
        (FIRST + 3, "one"),
        (FIRST + 5, "two"),
        (FIRST + 8, "two"),
        (2, None),
    ],
)
def test_the_line_of_a_warning_says_which_walkthrough_it_is_about(
    line: int, walkthrough_id: str | None
) -> None:
    manifest = read_manifest(TEXT.encode(), "week.yaml", TODAY).manifest
    assert manifest
    problem = Problem("M001", "odd", Place("week.yaml", line, 5), severity=Severity.WARNING)
    warnings = place_warnings([problem], [manifest])
    expected = {("evercam", walkthrough_id): [problem]} if walkthrough_id else {}
    assert (warnings.by_walkthrough, warnings.other) == (
        expected,
        [] if walkthrough_id else [problem],
    )


@pytest.mark.parametrize("line", [FIRST, FIRST + 1, FIRST + 2, FIRST + 5])
def test_the_id_of_a_walkthrough_may_stand_anywhere_in_it(line: int) -> None:
    entry = """\
  - name: One
    files:
    - a.insv
    id: one
    date: 2026-01-20
    route: loop
"""
    text = HEAD + entry + walk("two", ["b.insv"])
    manifest = read_manifest(text.encode(), "week.yaml", TODAY).manifest
    assert manifest
    problem = Problem("M001", "odd", Place("week.yaml", line, 5))
    warnings = place_warnings([problem], [manifest])
    assert list(warnings.by_walkthrough) == [("evercam", "one")]


def test_an_image_that_cannot_be_shown_is_reported_at_its_drawing() -> None:
    text = HEAD.replace("id: 6143", "id: 6143, image: level-2.png") + walk("one", ["a.insv"])
    manifest = read_manifest(text.encode(), "week.yaml", TODAY).manifest
    assert manifest
    place = manifest.walkthroughs[0].drawing.image_place
    assert place
    problem = Problem("M061", "not there", place, severity=Severity.WARNING)
    warnings = place_warnings([problem], [manifest])
    assert (warnings.by_drawing, warnings.by_walkthrough, warnings.other) == (
        {("evercam", 6143): [problem]},
        {},
        [],
    )
    page = plan_html(replace(review([walkthrough("one")]), warnings=warnings))
    assert "not there" in page.partition("<figcaption>")[2].partition("</figcaption>")[0]


def test_sections_after_the_walkthroughs_belong_to_none() -> None:
    text = f"version: 1\nproject: evercam\nwalkthroughs:\n{walk('one', ['a.insv'])}"
    text += HEAD.partition("uploaded_by: walker@example.com\n")[2].replace("walkthroughs:\n", "")
    manifest = read_manifest(text.encode(), "week.yaml", TODAY).manifest
    assert manifest
    problem = Problem("M001", "odd", Place("week.yaml", 9))
    assert place_warnings([problem], [manifest]).other == [problem]


def test_walkthroughs_in_one_line_are_told_apart() -> None:
    entry = "{{id: {0}, date: 2026-01-20, route: loop, files: [{0}.insv]}}"
    flow = ", ".join(map(entry.format, ("one", "two")))
    text = HEAD.replace("walkthroughs:\n", f"walkthroughs: [{flow}]\n")
    manifest = read_manifest(text.encode(), "week.yaml", TODAY).manifest
    assert manifest
    places = [planned.file_places[0] for planned in manifest.walkthroughs]
    problems = [Problem("M001", "odd", place, severity=Severity.WARNING) for place in places]
    warnings = place_warnings(problems, [manifest])
    assert warnings.by_walkthrough == {
        ("evercam", "one"): problems[:1],
        ("evercam", "two"): problems[1:],
    }
