"""GPS, as a hint for satellite drawings and nothing else."""

import datetime as dt
from dataclasses import replace

import pytest

from runner.manifest.model import Drawing, MapStyle, Position
from runner.problems.problem import Problem
from runner.recordings.checks.check import check_recordings
from runner.recordings.checks.listed import listed_in
from runner.recordings.insv.facts import GpsFix
from tests.recordings.checks.listing import X4, draft_of, on_disk, walk

YARD = Drawing("yard", 6150, MapStyle.SATELLITE)
MUNICH, BERLIN = (48.137, 11.575), (52.52, 13.405)


def judge(
    fix: tuple[float, float], start: tuple[float, float], drawing: Drawing = YARD
) -> list[Problem]:
    moment = dt.datetime(2026, 1, 20, 9, 15, tzinfo=dt.UTC)
    files = {name: replace(X4, gps=(GpsFix(moment, *fix, 520.0),)) for name in ("a.insv",)}
    walks = [walk("yard", files, drawing=drawing, start=Position(*start))]
    return list(check_recordings(listed_in(map(draft_of, walks), on_disk(files), walks)))


def test_a_walk_far_from_its_drawing_is_told_with_the_distance() -> None:
    (problem,) = judge(MUNICH, BERLIN)
    assert (problem.code, problem.severity) == ("M070", "warning")
    assert "48.13700,11.57500" in problem.message
    assert "504 km" in problem.message


def test_swapped_positions_are_seen_through() -> None:
    (problem,) = judge(MUNICH, MUNICH[::-1])
    assert "look swapped" in problem.help


@pytest.mark.parametrize("fix", [MUNICH, (48.1, 11.6 - 0.02), (48.1371, 11.59)])
def test_near_enough_is_fine(fix: tuple[float, float]) -> None:
    assert judge(fix, fix) == []
    assert judge((fix[0] + 0.01, fix[1]), fix) == []


def test_across_the_date_line_is_near() -> None:
    assert judge((-16.8, 179.999), (-16.8, -179.999)) == []


def test_a_blank_drawing_has_no_place_on_earth() -> None:
    assert judge(MUNICH, (0.1, 0.2), Drawing("level-2", 6143)) == []


def test_no_fix_is_no_hint() -> None:
    assert judge((0.0, 0.0), BERLIN) == []
