"""Ids are the same whenever they are made, and never the same for two walks."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from runner.base.schemas import load_schema
from runner.manifest.schema.quick import compile_check
from runner.scan.model import NewWalk, ScannedFile
from runner.scan.writing import give_ids, walk_name

_AT = dt.datetime(2026, 1, 20, 10, 15)  # noqa: DTZ001 - a camera's clock
_STARTS = st.none() | st.datetimes(dt.datetime(2017, 1, 1), dt.datetime(2099, 1, 1))  # noqa: DTZ001
_WALKS = st.lists(
    st.builds(
        lambda start, size: NewWalk((ScannedFile("", "a.insv", size, None),), start),
        st.sampled_from([_AT, None]) | _STARTS,
        st.integers(0, 2),
    ),
    max_size=6,
)
_ID = load_schema("manifest")["$defs"]["walkthrough"]["properties"]["id"]


def _walk(start: dt.datetime | None = _AT, size: int = 1) -> NewWalk:
    return NewWalk((ScannedFile("", "a.insv", size, None),), start)


def test_an_id_tells_the_day_and_the_time() -> None:
    assert give_ids([_walk()], ()) == ["walk-2026-01-20-101500"]


@given(_WALKS, st.booleans())
def test_ids_are_unique_and_fit_the_schema(walks: list[NewWalk], again: bool) -> None:  # noqa: FBT001 - drawn
    in_use = give_ids(walks, ()) if again else []
    ids = give_ids(walks, in_use)
    assert len({*ids, *in_use}) == len(ids) + len(in_use)
    assert all(map(compile_check(_ID, _ID), ids))


def test_walks_of_one_second_are_told_apart_by_content_not_by_order() -> None:
    small, large = _walk(size=1), _walk(size=2)
    assert give_ids([small, large], ()) == give_ids([large, small], ())[::-1]


def test_a_name_tells_the_route_and_when() -> None:
    assert walk_name(_AT, None) == "Walk, 20 January 2026, 10:15"
    assert walk_name(_AT, "level-2-loop") == "level-2-loop, 20 January 2026, 10:15"
