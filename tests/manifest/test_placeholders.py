from inline_snapshot import snapshot

from runner.manifest.reading import read_manifest
from runner.problems.forms.text import problems_concise
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
