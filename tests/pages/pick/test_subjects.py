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


def test_routes_and_walkthroughs_are_found_in_order() -> None:
    found = list(find_subjects(_data(MANIFEST)))
    assert [(subject.key, subject.path) for subject in found] == [
        ("routes/loop", ("routes", "loop")),
        ("routes/other", ("routes", "other")),
        ("routes/undecided", ("routes", "undecided")),
        *((f"walkthroughs/{id_}", ("walkthroughs", at)) for at, id_ in enumerate("abcdefg")),
    ]


def test_a_walk_is_open_until_it_has_a_drawing_a_start_and_an_end() -> None:
    placed = """\
  - {id: h, drawing: level-2, start_position: "0.1, 0.2", end_position: "0.3, 0.4"}
"""
    found = find_subjects(_data(MANIFEST + placed))
    assert [subject.name for subject in found if not subject.is_open] == ["a", "h"]


def test_a_route_of_the_project_file_counts_as_well() -> None:
    shared = {"missing": {"drawing": "level-4", "start_position": "0.1, 0.2"}}
    found = {subject.name: subject for subject in find_subjects(_data(MANIFEST), shared)}
    assert found["d"].inherited == Positions(Position(0.1, 0.2), drawing="level-4")
    assert "missing" not in found


def test_what_a_walk_says_and_what_its_route_says_are_kept_apart() -> None:
    found = {subject.name: subject for subject in find_subjects(_data(MANIFEST))}
    first, second = found["a"], found["b"]
    assert first.own == Positions(end=Position(0.3, 0.4), route="loop")
    expected = Positions(start=Position(0.1, 0.2), target_points=12, drawing="level-2")
    assert first.inherited == expected
    assert first.title == "First"
    assert second.own == Positions(target_points=(Position(0.5, 0.6),), drawing="level-2")


def test_a_position_of_the_route_counts_unless_the_walk_has_a_placeholder() -> None:
    text = MANIFEST.replace("end_position: {lat: 0.3, lng: 0.4}", "start_position: %s")
    inherited = {
        start: next(
            subject for subject in find_subjects(_data(text % start)) if subject.name == "a"
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
    assert all(subject.name is not None for subject in find_subjects(data))
