"""How pins, lanes and grids are laid out on a drawing."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.drawings.frame import Frame
from runner.manifest.model import WHOLE_IMAGE, Bounds
from runner.pages.plan.canvas import grid_of
from runner.pages.plan.lanes import WIDTH, DrawnRoute, Stops, lanes_of
from runner.pages.plan.pins import EDGE, PIN, pins_of
from runner.plan.model import Action
from tests.pages.plan.reviews import walkthrough

NUMBERS = st.floats(0, 1000).map(lambda number: round(number, 1))
POINTS = st.tuples(NUMBERS, NUMBERS)
ROUTES = st.lists(POINTS, min_size=2, max_size=4).map(tuple)
# Few different ones, as a site has routes.
CROWDED = st.lists(ROUTES, min_size=1, max_size=4).flatmap(
    lambda routes: st.lists(st.sampled_from(routes), max_size=40)
)
ACTIONS = st.sampled_from([Action.CREATE, Action.HELD, Action.NOTHING])


def _lanes(stops_of_walks: list[Stops], data: st.DataObject) -> tuple[DrawnRoute, ...]:
    numbered = [
        (number, walkthrough("a", data.draw(ACTIONS)))
        for number in range(1, len(stops_of_walks) + 1)
    ]
    return lanes_of(1, numbered, stops_of_walks)


@given(CROWDED, st.data())
def test_every_route_is_drawn_once_and_every_walk_is_on_one(
    stops_of_walks: list[Stops], data: st.DataObject
) -> None:
    lanes = _lanes(stops_of_walks, data)
    assert len({lane.stops for lane in lanes}) == len(lanes) == len(set(stops_of_walks))
    by_number = {walk.number: lane.stops for lane in lanes for walk in lane.walks}
    assert [by_number[number] for number in range(1, len(stops_of_walks) + 1)] == stops_of_walks


@given(CROWDED, st.data())
def test_every_walk_stands_at_one_pin_near_its_start_and_no_label_covers_another(
    stops_of_walks: list[Stops], data: st.DataObject
) -> None:
    pins = pins_of(_lanes(stops_of_walks, data), 1000)
    walks = [walk.number for pin in pins for label in pin.labels for walk in label.walks]
    assert sorted(walks) == list(range(1, len(stops_of_walks) + 1))
    for pin in pins:
        for label, below in itertools.pairwise(pin.labels):
            assert abs(below.y - label.y) >= 2 * PIN
            assert below.is_finished >= label.is_finished
        for label in pin.labels:
            for walk in label.walks:
                assert math.dist(stops_of_walks[walk.number - 1][0], pin.at) < 2 * PIN
                assert walk.is_finished == label.is_finished


@given(CROWDED, st.data())
def test_no_label_leaves_the_page_even_as_large_as_phones_show_it(
    stops_of_walks: list[Stops], data: st.DataObject
) -> None:
    for pin in pins_of(_lanes(stops_of_walks, data), 1000):
        for label in pin.labels:
            for side in (-1, 1):
                edge = pin.at[0] + 1.6 * (label.x + side * label.width / 2)
                assert -EDGE - 0.1 <= edge <= WIDTH + EDGE + 0.1


@given(st.sets(st.integers(1, 10_000), min_size=1, max_size=60))
def test_a_label_stays_short_and_says_how_many_more_there_are(numbers: set[int]) -> None:
    walks = [(number, walkthrough("a")) for number in sorted(numbers)]
    (pin,) = pins_of(lanes_of(1, walks, [((0.0, 0.0), (1.0, 1.0))] * len(walks)), 1000)
    (label,) = pin.labels
    shown, _, more = label.text.partition(" +")
    named = sum(int(last or first) - int(first) + 1 for first, last in _spans(shown))
    assert named + int(more or 0) == len(numbers)
    assert len(label.text) <= 16


def _spans(text: str) -> list[tuple[str, str]]:
    parts = (part.partition("-") for part in text.split(", "))
    return [(first, last) for first, _, last in parts]


def test_a_blank_drawing_is_marked_in_fifths() -> None:
    grid = grid_of(Frame(WHOLE_IMAGE, 1))
    assert [line.label for line in grid.down] == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert [line.at for line in grid.across] == pytest.approx([1, 0.8, 0.6, 0.4, 0.2, 0])


@given(st.floats(-80, 80), st.floats(-170, 170), st.floats(0.0005, 5), st.floats(0.0005, 5))
def test_a_grid_has_a_handful_of_lines_with_labels_of_their_own(
    south: float, west: float, height: float, width: float
) -> None:
    bounds = Bounds(north=south + height, south=south, east=west + width, west=west)
    grid = grid_of(Frame(bounds, 1))
    for lines in (grid.down, grid.across):
        assert 3 <= len(lines) <= 11
        assert all(-1e-6 <= line.at <= 1 + 1e-6 for line in lines)
        assert len({line.label for line in lines}) == len(lines)
