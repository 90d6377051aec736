"""What people get wrong in a manifest, one by one, and the rule that finds it."""

import os
from pathlib import Path

import pytest

from runner.flow.check import check_manifests
from runner.manifest.reading import read_manifest
from tests.problems.examples import TODAY, complete

_WALK = """\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
"""
_SITE = """\
drawings:
  site: {id: 6150, map_style: satellite}
walkthroughs:
  - {id: a, date: 2026-01-20, drawing: site, start_position: S, end_position: E, files: [a]}
"""


def _text(**changed: str) -> str:
    """A manifest whose walkthrough has other values for some keys."""
    lines = []
    for line in _WALK.splitlines():
        key = line.strip(" -").partition(":")[0]
        lines.append(
            f"{line.partition(key)[0]}{key}: {changed.pop(key)}" if key in changed else line
        )
    more = [f"    {key}: {value}" for key, value in changed.items()]
    return complete("\n".join([*lines, *more]) + "\n")


def _site(start: str, end: str = '"53.3501, -6.2598"') -> str:
    return complete(_SITE.replace("S,", f"{start},").replace("E,", f"{end},"))


def _top(line: str) -> str:
    return complete("project: evercam\n") + line + "\n"


_TEXTS: dict[str, tuple[str | bytes, str]] = {
    "a bracket that is never closed": (_text(files="[VID_1.insv"), "M004"),
    "a quote that is never closed": (_text(name='"Level 2'), "M004"),
    "a colon in a name": (_text(name="Level 2: north"), "M004"),
    "a tab": (_text(name="x") + "\tdate: 2026-01-20\n", "M004"),
    "a backslash in double quotes": (_text(files='["day\\VID_1.insv"]'), "M004"),
    "a control character": (_top("# \x07"), "M004"),
    "an alias without its anchor": (_text(name="*walk"), "M004"),
    "an empty file": ("", "M005"),
    "only comments": ("# version: 1\n\n", "M005"),
    "only the mark of a document": ("---\n", "M005"),
    "only a byte-order mark": (b"\xef\xbb\xbf", "M005"),
    "two documents": (_top("---\na: b"), "M006"),
    "an alias inside its anchor": (_top("project: &a [*a]").replace("project: ev", "#"), "M007"),
    "a merge key": (_text(**{"<<": "{name: x}"}), "M008"),
    "a number as a key": (_text(**{"7": "x"}), "M009"),
    "null as a key": (_text(**{"~": "x"}), "M009"),
    "true as a key": (_text(true="x"), "M009"),
    "a list as a key": (_top("? [a]\n: b"), "M009"),
    "a mapping as a key": (_top("? {a: b}\n: b"), "M009"),
    "a key twice": (_text(name="x") + "    name: y\n", "M010"),
    "a tag": (_text(name="!env NAME"), "M011"),
    "a Python tag": (_text(name="!!python/object/apply:os.system [ls]"), "M011,M014"),
    "UTF-16": (_text().encode("utf-16"), "M003"),
    "UTF-16 without a mark": (_text().encode("utf-16-le"), "M003"),
    "a code page": (_text(name="Étage").encode("cp1252"), "M003"),
    "a file of 9 MB": (b"#" * 9_000_000, "M002"),
    "a list at the top": ("- a\n", "M014"),
    "a date of another form": (_text(date="2026-4-3"), "M016"),
    "a date with slashes": (_text(date="03/04/2026"), "M016"),
    "a date that no calendar has": (_text(date="31-04-2026"), "M024"),
    "a day in the year 0": (_text(date="0000-01-01"), "M024"),
    "a day to come": (_text(date="2026-01-27"), "M028"),
    "a day more than a year ago": (_text(date="2025-01-24"), "M029"),
    "a drawing that is not defined": (_text(drawing="levl-2"), "M022"),
    "a route that is not defined": (_text(route="loop"), "M023"),
    "a route nobody takes": (_top("routes: {loop: {drawing: level-2}}"), "M030"),
    "an absolute path": (_text(files="[/VID_1.insv]"), "M040"),
    "a path upwards": (_text(files="[../VID_1.insv]"), "M040"),
    "a drive letter": (_text(files="['C:/VID_1.insv']"), "M040"),
    "backslashes": (_text(files="['day-1\\VID_1.insv']"), "M040"),
    "a recording twice": (_text(files="[VID_1.insv, VID_1.insv]"), "M036"),
    "a recording by two names": (_text(files="[VID_1.insv, ./VID_1.insv]"), "M036"),
    "a position above 1": (_text(start_position='"0.12, 1.01"'), "M032"),
    "degrees on a blank drawing": (_text(start_position='"53.3498, -6.2603"'), "M033"),
    "0 to 1 on a satellite drawing": (_site('"0.12, 0.88"'), "M033"),
    "latitude and longitude swapped": (_site('"-106.1, 53.3"'), "M034"),
    "no place on earth": (_site('"253.3498, -6.2603"'), "M032"),
    "a walk to where it starts": (_text(end_position="{lat: 0.12, lng: 0.88}"), "M035"),
    "a negative count of target points": (_text(target_points="-1"), "M016"),
    "half a target point": (_text(target_points="1.5"), "M014"),
    "a target point off the drawing": (_text(target_points='["0.1, 1.5"]'), "M032"),
    "an e-mail that is none": (_top("uploaded_by: ann@example"), "M025"),
    "two e-mails": (_top("uploaded_by: ann@example.com, bob@example.com"), "M025"),
    "a name that is too long": (_text(name="x" * 256), "M016"),
    "a name of two lines": (_text(name='"Level 2\\nnorth"'), "M027"),
    "a name that turns the line around": (_text(name='"Level \\u202e2"'), "M027"),
    "a name that ends a line for some": (_text(name='"Level\\u20282"'), "M027"),
    "an empty name": (_text(name='""'), "M016"),
    "an id with a space": (_text(id="level 2"), "M016"),
    "a value to fill in": (_text(start_position="TODO"), "M017"),
}


@pytest.mark.parametrize(("text", "codes"), _TEXTS.values(), ids=_TEXTS)
def test_it_is_found_and_nothing_else(text: str | bytes, codes: str) -> None:
    raw = text if isinstance(text, bytes) else text.encode()
    found = read_manifest(raw, "week.yaml", TODAY).problems
    assert ",".join(problem.code for problem in found) == codes
    assert all(problem.message and problem.place.file == "week.yaml" for problem in found)


@pytest.mark.parametrize(
    "project",
    [
        "..",
        "a/../b",
        "a/b",
        "a?b",
        "a#b",
        "a%2fb",
        "a b",
        "é",
        "a\\b",
        "-a",
        "https://x/projects/..",
    ],
)
def test_a_project_that_would_change_the_requests_path(project: str) -> None:
    text = complete(f"project: '{project}'\n")
    assert [problem.code for problem in read_manifest(text.encode(), "a", TODAY).problems] == [
        "M020"
    ]


@pytest.mark.parametrize("date", ["03-04-2025", "2025-04-03", "26-01-2026", "2025-01-25"])
def test_a_date_in_one_of_the_two_forms_is_fine(date: str) -> None:
    assert read_manifest(_text(date=date).encode(), "a", TODAY).problems == ()


def test_a_byte_order_mark_is_fine() -> None:
    assert read_manifest(_text().encode("utf-8-sig"), "a", TODAY).problems == ()


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_that_leads_outside(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "outside.insv").write_text("recording", encoding="utf-8")
    (site / "VID_1.insv").symlink_to(tmp_path / "outside.insv")
    (site / "week.yaml").write_text(_text(), encoding="utf-8")
    found = check_manifests([site / "week.yaml"], None, TODAY).problems
    assert [problem.code for problem in found] == ["M040"]
