"""How pins, ways and grids are laid out on a drawing."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.drawings.frame import Frame
from runner.manifest.model import WHOLE_IMAGE, Bounds
from runner.pages.grid import grid_of
from runner.pages.spots import PIN, Point, spread
from runner.pages.ways import side_by_side

NUMBERS = st.floats(0, 1000).map(lambda number: round(number, 1))
POINTS = st.tuples(NUMBERS, NUMBERS)
# Few different ones, as walks of one route have.
CROWDED = st.lists(POINTS, min_size=1, max_size=4).flatmap(
    lambda points: st.lists(st.sampled_from(points), max_size=40)
)


@given(CROWDED)
def test_every_pin_stands_once_and_covers_no_other_of_its_spot(points: list[Point]) -> None:
    spots = spread(points)
    found = sorted(pin for spot in spots for pin in (*spot.slots, *spot.hidden))
    assert found == list(range(len(points)))
    for spot in spots:
        signs = [*spot.slots.values(), *([spot.more] if spot.hidden else [])]
        for one, other in itertools.combinations(signs, 2):
            assert max(abs(one[0] - other[0]), abs(one[1] - other[1])) >= 2 * PIN


@given(CROWDED)
def test_a_pin_belongs_to_a_spot_nearby(points: list[Point]) -> None:
    for spot in spread(points):
        for pin in (*spot.slots, *spot.hidden):
            assert math.dist(points[pin], spot.at) < PIN


def test_ways_of_one_route_run_parallel_around_corners() -> None:
    corner = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0))
    assert side_by_side([corner, corner, corner]) == (
        ((0, -8), (108, -8), (108, 100)),
        corner,
        ((0, 8), (92, 8), (92, 100)),
    )


@given(st.lists(POINTS, min_size=2, max_size=6), st.integers(1, 30))
def test_ways_of_one_route_never_coincide(stops: list[Point], count: int) -> None:
    ways = side_by_side([tuple(stops)] * count)
    assert len(set(ways)) == count


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
