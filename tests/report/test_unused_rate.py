"""Lines that were left half empty: told by figures, or not at all."""

from collections.abc import Sequence

import pytest

from runner.report.timeline.timeline import Limit, Timeline, Track, unused_rate

MB = 1_000_000


def _timeline(sent: Sequence[int], *limits: Limit) -> Timeline:
    return Timeline(1.0, (Track("one", "a.insv", 0, tuple(sent)),), (), limits)


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        (_timeline([10 * MB] * 10 + [MB] * 90), (1.9 * MB, 10 * MB)),
        (_timeline([10 * MB] * 100), None),
        (_timeline([10 * MB] * 10 + [MB] * 40), None),  # too short to tell
        (_timeline([10 * MB] * 2 + [MB] * 98), (MB * 1.18, MB * 3.25)),
        (_timeline([10 * MB] * 10 + [MB] * 90, Limit(0, 5 * MB)), None),
        (Timeline(1.0), None),
    ],
)
def test_less_than_half_of_the_best_is_told(
    timeline: Timeline, expected: tuple[float, float] | None
) -> None:
    assert unused_rate(timeline) == (None if expected is None else pytest.approx(expected))
