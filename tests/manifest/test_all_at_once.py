"""Every mistake is found at once, whatever else is wrong, and each makes one problem."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.flow.check import check_manifests
from runner.recordings.samples.make import write_recording
from tests.problems.examples import TODAY
from tests.sites import true_recording

_SOUND = """\
version: 1
project: evercam
uploaded_by: ann@example.com
drawings:
  level-2: {id: 6143}
  site:
    id: 6150
    map_style: satellite
    bounds: {north: 53.36, south: 53.34, east: -6.25, west: -6.28}
routes:
  loop:
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    target_points: 3
walkthroughs:
  - id: one
    name: First
    date: 2026-01-20
    drawing: site
    start_position: "53.3498, -6.2603"
    end_position: "53.3501, -6.2598"
    target_points: ["53.3499, -6.2600"]
    files: [VID_1.insv]
  - id: two
    date: 2026-01-21
    route: loop
    files: [VID_2.insv, VID_3.insv]
  - id: three
    date: 2026-01-22
    drawing: level-2
    start_position: "0.2, 0.8"
    end_position: {lat: 0.9, lng: 0.1}
    files: [VID_4.insv]
"""
_MISTAKES: dict[str, list[tuple[str, str]]] = {
    "version: 1": [("version: 2", "M015"), ("version: one", "M014"), ("verson: 1", "M012")],
    "project: evercam": [
        ("project: ../evercam", "M020"),
        ("projct: evercam", "M012"),
        ("project: 7", "M014"),
        ("project: !x evercam", "M011"),
    ],
    "uploaded_by: ann@example.com": [("uploaded_by: Ann", "M025"), ("uploaded_by: 1", "M014")],
    "level-2: {id: 6143}": [
        ("level-2: {idd: 6143}", "M012"),
        ("level-2: {id: x}", "M014"),
        ("level-2: {id: 6143, url: 'https://x/projects/evercam?id=1'}", "M021"),
        ("level-2: {name: level 2}", "M012,M013"),
        ("level-2: 6143", "M014"),
    ],
    "id: 6150": [("id: -1", "M016"), ("idd: 6150", "M012")],
    '"0.12, 0.88"': [('"0.12 0.88"', "M016"), ('"12, 88"', "M033"), ('"0.90, 0.15"', "M035")],
    "target_points: 3": [("target_points: -3", "M016"), ("target_point: 3", "M012")],
    "id: one": [("id: two", "M026"), ("id: o n e", "M016"), ("ID: one", "M012")],
    "name: First": [
        ("nmae: First", "M012"),
        ('name: "First\\nwalk"', "M027"),
        ("name: First\n    7: x", "M009"),
        ("name: First\n    name: Second", "M010"),
        ("name: First\n    <<: {a: b}", "M008"),
    ],
    "date: 2026-01-20": [
        ("date: 2026-02-30", "M024"),
        ("date: 2026-1-20", "M016"),
        ("date: 2126-01-20", "M028"),
        ("date: 2020-01-20", "M029"),
        ("dat: 2026-01-20", "M012"),
        ("", "M013"),
    ],
    '"53.3498, -6.2603"': [('"-6.2603, 53.3498"', "M034"), ('"0.5, 0.5"', "M033")],
    '"53.3501, -6.2598"': [("5", "M014"), ("{lat: 53.3501, lgn: -6.2598}", "M012")],
    '"53.3499, -6.2600"': [('"53.3499, -7"', "M032"), ("north", "M016")],
    "VID_1.insv": [("VID_9.insv", "M041"), ("/VID_1.insv", "M040"), ("VID_empty.insv", "M043")],
    "route: loop": [("route: lop", "M023"), ("rout: loop", "M012"), ("route: [loop]", "M014")],
    "VID_3.insv": [("5", "M014"), ("VID_2.insv", "M036"), ("day-1", "M042")],
    "id: three": [("", "M013")],
    "date: 2026-01-22": [
        ("date: 2026-13-01", "M024"),
        ("<<: {date: 2026-01-22}", "M008"),
        ("<<: [{}, {date: 2026-01-22, name: x}]", "M008"),
        ("<<: {}", "M008,M013"),
    ],
    'start_position: "0.2, 0.8"': [
        ("", "M013"),
        ('start_positon: "0.2, 0.8"', "M012"),
        ('start_position: "0.2, 8"', "M033"),
    ],
    "{lat: 0.9, lng: 0.1}": [("{lat: 0.9}", "M013"), ("{lat: 0.2, lng: 0.8}", "M035")],
    "VID_4.insv": [("VID_4.insv, VID_8.insv", "M041")],
}
"""What is written, and what might be written instead, with the codes of the problems it makes."""

_HIDES = {
    # on a drawing that cannot be read, nobody can say where a position is
    ("level-2: 6143", '"12, 88"'),
    ("level-2: 6143", 'start_position: "0.2, 8"'),
    # two positions are not equal when one of them is wrong
    ('start_position: "0.2, 8"', "{lat: 0.2, lng: 0.8}"),
    ('start_positon: "0.2, 0.8"', "{lat: 0.2, lng: 0.8}"),
    ("", "{lat: 0.2, lng: 0.8}"),
    # what seems missing may stand under a key that is no text
    ("name: First\n    7: x", ""),
}
"""Pairs of which the first keeps the second from being seen."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "day-1").mkdir()
    (folder / "VID_empty.insv").touch()
    for number in range(1, 5):
        recipe = replace(true_recording(8000, number), states_clock=False)
        write_recording(folder / f"VID_{number}.insv", recipe)
    return folder


_CHOICES = st.fixed_dictionaries(
    {}, optional={place: st.sampled_from(wrong) for place, wrong in _MISTAKES.items()}
)


@given(chosen=_CHOICES)
def test_each_mistake_makes_one_problem_whatever_else_is_wrong(
    site: Path, chosen: dict[str, tuple[str, str]]
) -> None:
    written = {wrong for wrong, _ in chosen.values()}
    hidden = {later for earlier, later in _HIDES if earlier in written}
    text, expected = _SOUND, list[str]()
    for place, (wrong, codes) in chosen.items():
        if wrong not in hidden:
            text = _replaced(text, place, wrong)
            expected += codes.split(",")
    path = site / "week.yaml"
    path.write_text(text, encoding="utf-8")
    found = check_manifests([path], None, TODAY).problems
    assert sorted(problem.code for problem in found) == sorted(expected), text


def _replaced(text: str, place: str, wrong: str) -> str:
    assert text.count(place) == 1
    if wrong or not place.startswith("id:"):
        return text.replace(place, wrong or "# nothing")
    return text.replace(f"{place}\n    ", "")
