# ruff: noqa: E501 - rendered text stands here as people see it
from inline_snapshot import snapshot

from runner.manifest.reading import read_manifest
from runner.problems.forms.text import problems_concise, problems_text
from tests.sites import TODAY

_UNFINISHED = """\
version: 1
project: TODO
drawings:
  level-1: {id: TODO}
routes:
  loop: {drawing: level-1, start_position: TODO, end_position: TODO}
walkthroughs:
  - id: walk-2026-01-20-101500
    name: The TODO list
    date: TODO
    drawing: TODO
    start_position: TODO
    end_position: "0.2, 0.3"
    files: [a.insv]
  - id: walk-2026-01-20-111500
    date: 2026-01-20
    route: loop
    files: [b.insv]
"""


def test_every_blank_is_pointed_at_once_and_nothing_else_is() -> None:
    found = read_manifest(_UNFINISHED.encode(), "m.yaml", TODAY)
    assert problems_concise(found.problems) == snapshot("""\
m.yaml:2:10: M017 `project` is still to be filled in
m.yaml:4:17: M017 `id` of drawing `level-1` is still to be filled in
m.yaml:6:44: M017 `start_position` of route `loop` is still to be filled in
m.yaml:6:64: M017 `end_position` of route `loop` is still to be filled in
m.yaml:10:11: M017 `date` of walkthrough `walk-2026-01-20-101500` is still to be filled in
m.yaml:11:14: M017 `drawing` of walkthrough `walk-2026-01-20-101500` is still to be filled in
m.yaml:12:21: M017 `start_position` of walkthrough `walk-2026-01-20-101500` is still to be filled in
""")
    assert found.manifest is None


def test_a_walk_of_unknown_place_is_one_problem_not_three() -> None:
    walk = """\
  - id: walk-{0}
    date: 2026-01-20
    drawing: TODO
    start_position: TODO
    end_position: TODO
    files: [{0}.insv]
"""
    head = "version: 1\nproject: evercam\ndrawings: {level-1: {id: 6143}}\nwalkthroughs:\n"
    text = head + "".join(walk.format(number) for number in range(15))
    found = read_manifest(text.encode(), "m.yaml", TODAY)
    assert len(found.problems) == 15
    shown = problems_text(found.problems, {"m.yaml": text})
    assert shown == snapshot("""\
error[M017]: `drawing`, `start_position` and `end_position` of walkthrough `walk-0` are still to be filled in
 --> m.yaml:7:14
  |
6 |     date: 2026-01-20
7 |     drawing: TODO
  |              ^^^^
  = note: 14 more like it, in lines 13, 19, 25, 31, 37, 43, 49, 55, …
  = help: tell where each walk was with `sitewalk pick m.yaml`, or write one of `drawings`: `level-1`; and positions, "latitude, longitude": 0 to 1 on a blank drawing, degrees on a satellite one
""")
