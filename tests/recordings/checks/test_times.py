"""The day of a walk, and one camera in two places at once."""

import datetime as dt
from dataclasses import replace

import pytest

from runner.recordings.insv.facts import Resolution
from runner.recordings.samples.recipes import lens_pair
from tests.recordings.checks.listing import DAY, X3, X4, at, codes, judge, named

MIDNIGHT = replace(at(X4, "2026-01-20T23:50"), duration=1200.0)


def test_both_days_are_told() -> None:
    (problem,) = judge({"a.insv": at(X4, "2026-01-18T10:15")})
    assert (problem.code, problem.severity) == ("M059", "warning")
    assert "2026-01-18" in problem.message
    assert "2026-01-20" in problem.message


@pytest.mark.parametrize("day", [DAY, DAY + dt.timedelta(days=1)])
def test_a_walk_across_midnight_may_have_either_day(day: dt.date) -> None:
    after = at(replace(X4, seed=2), "2026-01-21T00:25")
    assert codes({"a.insv": MIDNIGHT}, date=day) == []
    assert codes({"a.insv": MIDNIGHT, "b.insv": after}, date=day) == []


def test_recordings_of_other_days_do_not_vouch_for_each_other() -> None:
    before, after = at(X4, "2026-01-19T10:15"), at(replace(X4, seed=2), "2026-01-21T10:15")
    assert codes({"a.insv": before, "b.insv": after}) == ["M059?", "M059?"]


def test_one_outing_is_told_once() -> None:
    pair = lens_pair(at(X3, "2026-01-19T10:15"))
    assert codes(named(*pair)) == ["M059?"]


@pytest.mark.parametrize("clock", ["1970-01-01T00:00", "2015-01-01T00:03"])
def test_a_clock_that_was_never_set_is_called_that(clock: str) -> None:
    (problem,) = judge({"a.insv": at(X4, clock)})
    assert "looks unset" in problem.message
    assert "2026-01-20" in problem.message


def test_without_a_clock_the_name_is_a_hint() -> None:
    silent = replace(at(X4, "2026-01-19T10:15"), states_clock=False)
    assert codes({"a.insv": silent}) == []
    (problem,) = judge(named(silent))
    assert problem.message.startswith("its name puts")


def test_the_clock_wins_over_the_name() -> None:
    assert codes({"VID_20260119_101500_00_001.insv": X4}) == []


def test_one_camera_in_two_walks_at_once_is_told() -> None:
    second = at(replace(X4, seed=2), "2026-01-20T10:15:30")
    (problem,) = judge({"a.insv": X4}, {"b.insv": second})
    assert (problem.code, problem.severity) == ("M065", "warning")
    assert (problem.place.line, problem.notes[0].place.line) == (102, 2)


def test_it_points_at_the_later_entry_whatever_was_recorded_first() -> None:
    second = at(replace(X4, seed=2), "2026-01-20T10:15:30")
    (problem,) = judge({"b.insv": second}, {"a.insv": X4})
    assert (problem.place.line, problem.notes[0].place.line) == (102, 2)


@pytest.mark.parametrize(
    "other",
    [
        at(X4, "2026-01-20T10:16"),
        replace(at(X4, "2026-01-20T10:15:30"), serial="IAHED2400002CD"),
        replace(at(X4, "2026-01-20T10:15:30"), serial=""),
    ],
    ids=["right after", "another camera", "any camera"],
)
def test_what_can_be_is_not_told(other: object) -> None:
    assert isinstance(other, type(X4))
    assert codes({"a.insv": X4}, {"b.insv": replace(other, seed=2)}) == []


def test_a_clock_that_was_never_set_is_no_witness() -> None:
    first, second = at(X4, "2015-01-01T00:00"), at(replace(X4, seed=2), "2015-01-01T00:00:10")
    assert "M065?" not in codes({"a.insv": first}, {"b.insv": second})


def test_a_proxy_is_not_said_to_overlap_its_recording() -> None:
    proxy = replace(X4, resolution=Resolution(1024, 512))
    assert codes(named(X4), {"LRV_20260120_101500_01_001.insv": proxy}) == ["M051"]


def test_an_overlap_is_found_behind_a_recording_of_the_same_walk() -> None:
    long = replace(X4, duration=3600.0)
    inside = at(replace(X4, seed=2), "2026-01-20T10:20")
    other = at(replace(X4, seed=3), "2026-01-20T10:30")
    assert codes({"a.insv": long, "b.insv": inside}, {"c.insv": other}) == ["M065?"]
