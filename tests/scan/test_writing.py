"""Whatever recordings are called and say: the manifest is sound but for its blanks."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from runner.manifest.reading import read_manifest
from runner.manifest.yaml.document import parse_document
from runner.recordings.insv.facts import GpsFix, GpsSpan, InsvFacts, Layout
from runner.scan.listing import unfit_name
from runner.scan.model import NewWalk, ScannedFile
from runner.scan.writing import entries_of, new_manifest
from tests.scan.scans import TODAY

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
_START = dt.datetime(2025, 6, 1)  # noqa: DTZ001 - a camera's clock
_FIX = GpsFix(dt.datetime(2025, 6, 1, tzinfo=dt.UTC), 53.349805, -6.260309, 10.0)


def _facts(camera: str | None, gps: GpsSpan | None) -> InsvFacts:
    return InsvFacts(
        size=1,
        camera=camera,
        serial=None,
        firmware=None,
        layout=Layout.TWO_TRACKS,
        lens=None,
        stream_layout=None,
        projection=None,
        tracks=(),
        dimension=None,
        fps=None,
        duration=90.0,
        local_start=None,
        gps=gps,
        group=None,
        damage=(),
    )


def _is_a_files_name(name: str) -> bool:
    return name not in {".", ".."} and not {"/", "\0"} & {*name} and not unfit_name(name)


_FOUND = st.builds(
    lambda name, size, camera, gps: ScannedFile("", f"a/{name}", size, None, _facts(camera, gps)),
    _TEXT.filter(_is_a_files_name),
    st.integers(1, 10**11),
    st.none() | _TEXT,
    st.sampled_from([None, GpsSpan(_FIX, _FIX)]),
)
_WALKS = st.lists(
    st.builds(
        lambda files, start: NewWalk(tuple(files), start),
        st.lists(_FOUND, min_size=1, max_size=3),
        st.none() | st.datetimes(_START, _START + dt.timedelta(days=200)),
    ),
    min_size=1,
    max_size=4,
)


@given(
    _WALKS,
    st.none() | _TEXT.filter(lambda route: route != "TODO"),
    st.sampled_from([None, "evercam"]),
)
def test_a_new_manifest_lacks_only_what_is_marked(
    walks: list[NewWalk], route: str | None, project: str | None
) -> None:
    raw = new_manifest(entries_of(walks, route, ()), route, project).encode()
    found = read_manifest(raw, "m.yaml", TODAY)
    repeated = {"M036"}  # equal paths are an invention of this test
    assert {problem.code for problem in found.problems} <= {"M017", *repeated}
    document, _ = parse_document(raw, "m.yaml")
    assert document is not None
    written = [walk["files"] for walk in document.data["walkthroughs"]]
    assert written == [[file.path for file in walk.files] for walk in walks]


def test_the_comments_tell_a_walk_from_others() -> None:
    files = (
        ScannedFile("", "a.insv", 4_200_000_000, None, _facts("Insta360 X5", GpsSpan(_FIX, _FIX))),
    )
    (entry,) = entries_of([NewWalk(files, None)], None, ())
    assert entry.comments == {
        "id": "Insta360 X5, 1 min 30 s, 4.2 GB",
        "date": "the camera did not say",
        "start_position": "GPS: 53.349805, -6.260309",
        "end_position": "GPS: 53.349805, -6.260309",
    }
