"""Which routes and walkthroughs of a manifest can be picked on a drawing."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from runner.manifest.edit.positions import Positions
from runner.manifest.model import Position
from runner.manifest.yaml.document import parse_document
from runner.pages.pick.subjects import find_subjects

MANIFEST = """\
routes:
  loop: {drawing: level-2, start_position: "0.1, 0.2", target_points: 12}
  other: {drawing: level-3}
  undecided: {drawing: TODO}
walkthroughs:
  - {id: a, name: First, route: loop, end_position: {lat: 0.3, lng: 0.4}}
  - {id: b, drawing: level-2, start_position: TODO, target_points: ["0.5, 0.6", TODO]}
  - {id: c, drawing: level-3, route: loop}
  - {id: d, route: missing}
  - {id: e, drawing: TODO}
  - {id: f}
  - {id: g, route: undecided}
  - just text
"""


def _data(text: str) -> Any:
    document, _ = parse_document(text.encode(), "m.yaml")
    assert document
    return document.data


def test_routes_and_walkthroughs_on_the_drawing_are_found_in_order() -> None:
    found = list(find_subjects(_data(MANIFEST), "level-2"))
    assert [(subject.key, subject.path) for subject in found] == [
        ("routes/loop", ("routes", "loop")),
        ("routes/undecided", ("routes", "undecided")),
        ("walkthroughs/a", ("walkthroughs", 0)),
        ("walkthroughs/b", ("walkthroughs", 1)),
        ("walkthroughs/e", ("walkthroughs", 4)),
        ("walkthroughs/f", ("walkthroughs", 5)),
    ]
    assert [subject.name for subject in found if subject.is_undecided] == ["undecided", "e", "f"]


def test_positions_of_a_walk_and_those_of_its_route_are_kept_apart() -> None:
    found = {subject.name: subject for subject in find_subjects(_data(MANIFEST), "level-2")}
    first, second = found["a"], found["b"]
    assert first.positions == Positions(end=Position(0.3, 0.4))
    assert first.inherited == Positions(start=Position(0.1, 0.2), target_points=12)
    assert first.title == "First"
    assert second.positions == Positions(target_points=(Position(0.5, 0.6),))


def test_a_position_of_the_route_counts_unless_the_walk_has_a_placeholder() -> None:
    text = MANIFEST.replace("end_position: {lat: 0.3, lng: 0.4}", "start_position: %s")
    inherited = {
        start: next(
            subject
            for subject in find_subjects(_data(text % start), "level-2")
            if subject.name == "a"
        )
        for start in ('"0.5, 0.5"', "TODO")
    }
    assert [subject.inherited.start for subject in inherited.values()] == [Position(0.1, 0.2), None]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "route", "drawing", "routes", "walkthroughs"]), inner
        )
    ),
)


@given(_VALUES)
def test_a_manifest_of_any_shape_can_be_read(data: Any) -> None:
    assert all(subject.name is not None for subject in find_subjects(data, "level-2"))
