"""What the desk says of a walk, and the routes that it puts first."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from runner.base.destination import Destination
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold
from runner.manifest.reading import read_manifest
from runner.pages.pick.walks import Walk, WalkFacts, likely_routes, walks_of
from runner.recordings.files import look
from runner.recordings.samples.make import write_recording
from runner.recordings.samples.recipes import RecordingRecipe

TODAY = dt.date(2026, 1, 26)
HERE = Destination("https://ingest2.evercam.io", "evercam")
ROUTES = ("roof-loop", "level-1-loop", "level-2-loop", "new-loop")
GB = 1_000_000_000


def _walk(day: int, rank: int, length: int, route: str | None = None) -> Walk:
    date = dt.date(2026, 1, day)
    return Walk(f"{day}-{rank}", date, route, rank, WalkFacts(length=length), is_finished=False)


EARLIER = [
    _walk(day, rank, length * GB, route)
    for day in (6, 13)
    for rank, (route, length) in enumerate(
        [("level-1-loop", 5), ("level-2-loop", 8), ("roof-loop", 2)]
    )
]


def test_routes_walked_in_the_same_order_and_length_come_first() -> None:
    first = [
        likely_routes(_walk(20, rank, length * GB), EARLIER, ROUTES)[0].name
        for rank, length in enumerate([5, 8, 2])
    ]
    assert first == ["level-1-loop", "level-2-loop", "roof-loop"]


def test_a_walk_that_was_left_out_this_week_shifts_no_other() -> None:
    second = likely_routes(_walk(20, 0, 8 * GB), EARLIER, ROUTES)
    assert second[0].name == "level-2-loop"
    assert second[0].why == "2nd on 13 January 2026"


@given(
    st.lists(
        st.builds(
            _walk,
            st.integers(1, 31),
            st.integers(0, 5),
            st.integers(0, 9 * GB),
            st.none() | st.sampled_from([*ROUTES, "gone"]),
        )
    ),
    st.integers(1, 31),
)
def test_every_route_is_offered_once_and_those_never_walked_last(
    earlier: Sequence[Walk], day: int
) -> None:
    offered = likely_routes(_walk(day, 0, GB), earlier, ROUTES)
    assert sorted(route.name for route in offered) == sorted(ROUTES)
    walked = [bool(route.why) for route in offered]
    assert walked == sorted(walked, reverse=True)


MANIFEST = """\
version: 1
project: evercam
drawings: {level-1: {id: 1}}
routes:
  loop: {drawing: level-1, start_position: "0.1, 0.2", end_position: "0.3, 0.4"}
walkthroughs:
  - {id: late, date: 2026-01-20, drawing: TODO, files: [VID_20260120_110000_00_001.insv]}
  - {id: early, date: 2026-01-20, drawing: TODO, files: [VID_20260120_101500_00_001.insv]}
  - {id: old, date: 2026-01-13, route: loop, files: [VID_20260113_101500_00_001.insv]}
"""


def test_recordings_and_the_ledger_say_what_is_known_of_each_walk(tmp_path: Path) -> None:
    recording = tmp_path / "VID_20260120_101500_00_001.insv"
    write_recording(recording, RecordingRecipe())
    drafts = read_manifest(MANIFEST.encode(), "m.yaml", TODAY).drafts
    at = dt.datetime(2026, 1, 14, tzinfo=dt.UTC)
    names = {f"{5 * GB}-aa": "VID_20260113_101500_00_001.insv"}
    events = [
        Event(at, "r", HERE, "old", Kind.CREATING, "", {"recordings": names}),
        Event(at, "r", HERE, "old", Kind.CREATED, "", {"upload_id": 7}),
        Event(at, "r", HERE, "old", Kind.FINISHING, "", {"recordings": names}),
        Event(at, "r", HERE, "old", Kind.FINISHED, "", {"status": 200}),
    ]
    walks = {walk.id: walk for walk in walks_of(drafts, look(drafts, tmp_path).files, fold(events))}
    early, late, old = walks["early"], walks["late"], walks["old"]
    assert early.facts.camera.startswith("Insta360")
    assert early.facts.length == recording.stat().st_size
    assert early.facts.first == recording
    assert (early.rank, late.rank) == (0, 1)
    assert late.facts == WalkFacts(start=dt.datetime.fromisoformat("2026-01-20T11:00:00"))
    assert (old.is_finished, old.route, old.facts.length) == (True, "loop", 5 * GB)
    assert not early.is_finished
