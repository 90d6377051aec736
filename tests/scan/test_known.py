"""What need not be found again."""

import datetime as dt
from pathlib import Path

import pytest

from runner.base.destination import Destination
from runner.ledger.events import Event, Kind
from runner.recordings.identity import Identity
from runner.recordings.samples.recipes import X5
from runner.scan.finding import identify_file
from runner.scan.known import known_recordings
from runner.scan.model import Reason
from tests.scan.cards import put, small
from tests.scan.scans import files, left_out, scan

_HERE = Destination("https://here", "evercam")
_AT = dt.datetime(2026, 1, 20, tzinfo=dt.UTC)


def _events(identity: Identity, *kinds: Kind) -> list[Event]:
    data = {"name": "a.insv", "length": 1, "url": "x", "upload_id": 1, "offset": 0}
    return [Event(_AT, "run", _HERE, "walk", kind, str(identity), data) for kind in kinds]


def test_the_ledger_knows_a_recording_under_any_name(tmp_path: Path) -> None:
    (path,) = put(tmp_path, small(X5), name="renamed.insv")
    identity = identify_file(str(tmp_path / path))
    assert identity
    begun = _events(identity, Kind.TUS_CREATING, Kind.TUS_CREATED)
    finished = [*begun, *_events(identity, Kind.UPLOADED, Kind.FINISHING, Kind.FINISHED)]
    for events, reason in ((begun, Reason.UNDER_WAY), (finished, Reason.FINISHED)):
        scanned = scan(tmp_path, known_recordings({}, tmp_path, events))
        assert files(scanned) == []
        assert left_out(scanned) == {path: reason}


def test_a_listed_name_counts_however_it_is_written(tmp_path: Path) -> None:
    (path,) = put(tmp_path, small(X5))
    data = {"walkthroughs": [{"id": "a", "files": [f"./site/../{path}"]}]}
    scanned = scan(tmp_path, known_recordings(data, tmp_path, ()))
    assert left_out(scanned) == {path: Reason.LISTED}


def test_an_unfinished_manifest_lists_what_it_lists(tmp_path: Path) -> None:
    data = {"walkthroughs": ["TODO", {"files": "a.insv"}, {"id": 1, "files": [3, "b.insv", "\0"]}]}
    known = known_recordings(data, tmp_path, ())
    assert [(recording.path, recording.owner) for recording in known.listed] == [
        ("b.insv", (Reason.LISTED, "1"))
    ]


@pytest.mark.parametrize("name", ["../b.insv", "/b.insv", "//host/share/b.insv", r"\\host\b.insv"])
def test_what_a_manifest_names_outside_its_root_is_not_touched(name: str, tmp_path: Path) -> None:
    data = {"walkthroughs": [{"id": "a", "files": [name]}]}
    assert known_recordings(data, tmp_path / "root", ()).listed == ()
