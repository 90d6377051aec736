import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from runner.base.wording import counted, duration, moment, rough_duration, shorten, size, speed


def test_sizes_are_written_as_disks_are_sold() -> None:
    shown = [size(count) for count in (0, 999, 1000, 4_200_000_000, 50e9, 7.2e12, 7e15)]
    assert shown == snapshot(["0 B", "999 B", "1.0 kB", "4.2 GB", "50.0 GB", "7.2 TB", "7000.0 TB"])


def test_times_are_written_as_people_say_them() -> None:
    shown = [duration(seconds) for seconds in (0, 0.01, 0.96, 59.4, 59.6, 200, 3600, 18_420)]
    assert shown == snapshot(
        ["0 s", "0.1 s", "1.0 s", "59 s", "1 min 0 s", "3 min 20 s", "1 h 0 min", "5 h 7 min"]
    )


def test_seconds_are_left_out_where_they_do_not_matter() -> None:
    shown = [rough_duration(seconds) for seconds in (42, 1_690, 18_420)]
    assert shown == snapshot(["42 s", "28 min", "5 h 7 min"])


def test_a_moment_is_told_in_utc() -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    at = dt.datetime(2026, 1, 20, 1, 3, 12, tzinfo=zone)
    assert moment(at) == snapshot("2026-01-19 23:03:12Z")


def test_a_noun_follows_its_number() -> None:
    assert [counted(1, "walk"), counted(2000, "walk"), counted(0, "retry", "retries")] == snapshot(
        ["1 walk", "2,000 walks", "0 retries"]
    )
    assert speed(1_500_000) == snapshot("1.5 MB/s")


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_shortened_text_keeps_its_width(text: str, width: int) -> None:
    short = shorten(text, width)
    assert len(short) <= width
    assert short == text or short.endswith("…")
