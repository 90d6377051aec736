"""What `sitewalk inspect` says of sound, cut and foreign files."""

import json

import jsonschema

from runner.recordings.make import make_recording, write_recording
from runner.recordings.recipes import X3, X5
from runner.schemas import load_schema
from tests.cli.conftest import Sitewalk
from tests.sites import Site


def test_a_sound_recording_is_told_as_text(site: Site, sitewalk: Sitewalk) -> None:
    write_recording(site.folder / "a.insv", X5)

    told = sitewalk("inspect", "a.insv")

    assert told.status == 0
    assert "Insta360 X5" in told.out
    assert "2026-01-20 10:15:00" in told.out
    assert "damage" not in told.out


def test_json_has_its_schema_and_every_recording(site: Site, sitewalk: Sitewalk) -> None:
    write_recording(site.folder / "a.insv", X5)
    write_recording(site.folder / "b.insv", X3)

    told = sitewalk("inspect", "a.insv", "b.insv", "--format", "json")

    document = json.loads(told.out)
    jsonschema.validate(document, load_schema("recordings"))
    assert [one["layout"] for one in document["recordings"]] == ["two_tracks", "split_files"]


def test_a_cut_recording_is_told_with_its_damage(site: Site, sitewalk: Sitewalk) -> None:
    data = make_recording(X5)
    (site.folder / "cut.insv").write_bytes(data[: len(data) // 2])

    told = sitewalk("inspect", "cut.insv")

    assert told.status == 3
    assert "cut short" in told.out


def test_what_is_no_recording_leaves_the_others_told(site: Site, sitewalk: Sitewalk) -> None:
    (site.folder / "note.txt").write_bytes(b"%PDF-1.7 a drawing")
    write_recording(site.folder / "a.insv", X5)

    told = sitewalk("inspect", "note.txt", "missing.insv", "a.insv")

    assert told.status == 3
    assert "note.txt: not an Insta360 recording: it begins like a PDF document" in told.err
    assert "missing.insv cannot be read" in told.err
    assert "Insta360 X5" in told.out
