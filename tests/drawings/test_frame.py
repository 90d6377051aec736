import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.drawings.frame import Frame, frame_of
from runner.manifest.model import Bounds, Drawing, MapStyle, Position

BLANK = Drawing("level-2", 6143)
SATELLITE = Drawing("site", 6144, MapStyle.SATELLITE)


@st.composite
def _bounds(draw: st.DrawFn) -> Bounds:
    south = draw(st.floats(-80, 79))
    west = draw(st.floats(-179, 178))
    height, width = draw(st.floats(1e-5, 1)), draw(st.floats(1e-5, 1))
    return Bounds(north=south + height, south=south, east=west + width, west=west)


@given(_bounds(), st.floats(0, 1), st.floats(0, 1))
def test_there_and_back_is_the_same_place_to_a_pixel(bounds: Bounds, x: float, y: float) -> None:
    frame = Frame(bounds, 1.5)
    there = frame.place(frame.position(x, y))
    assert math.dist(there, (x, y)) < 1e-4


@given(_bounds(), st.floats(0, 1), st.floats(0, 1))
def test_a_picked_position_stays_itself(bounds: Bounds, x: float, y: float) -> None:
    frame = Frame(bounds, 1.5)
    picked = frame.position(x, y)
    assert frame.position(*frame.place(picked)) == picked


def test_a_blank_drawing_runs_from_its_lower_left_corner() -> None:
    frame = frame_of(BLANK, 2.0)
    assert frame is not None
    assert frame.place(Position(0, 0)) == (0, 1)
    assert frame.place(Position(1, 1)) == (1, 0)
    assert frame.position(0.25, 0.25) == Position(0.75, 0.25)
    assert (frame.aspect, frame.decimals) == (2.0, 4)


def test_a_grid_in_degrees_is_as_long_as_the_ground() -> None:
    bounds = Bounds(north=60.001, south=59.999, east=10.002, west=10.0)
    frame = frame_of(Drawing("site", 1, MapStyle.SATELLITE, bounds=bounds), None)
    assert frame is not None
    assert frame.aspect == pytest.approx(0.5, rel=1e-3)  # at 60° a degree of longitude is half
    assert frame.decimals == 7


@given(st.lists(st.builds(Position, st.floats(-80, 80), st.floats(-179, 179)), min_size=1))
def test_a_grid_without_bounds_holds_all_positions(positions: list[Position]) -> None:
    frame = frame_of(SATELLITE, None, positions)
    assert frame is not None
    for place in map(frame.place, positions):
        assert all(0 <= fraction <= 1 for fraction in place)
    assert frame.aspect == pytest.approx(1, rel=1e-6)


def test_degrees_without_bounds_and_positions_lie_nowhere() -> None:
    assert frame_of(SATELLITE, None) is None
