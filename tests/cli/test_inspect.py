"""What `sitewalk inspect` says of sound, cut and foreign files."""

import datetime as dt
import json
import os
from dataclasses import replace

import jsonschema
import pytest
from inline_snapshot import snapshot

from runner.base.schemas import load_schema
from runner.recordings.insv.facts import GpsFix, Resolution
from runner.recordings.samples.make import make_recording, write_recording
from runner.recordings.samples.recipes import EQUIRECTANGULAR, SIDE_BY_SIDE, SINGLE_LENS, X3, X5
from tests.cli.conftest import Sitewalk
from tests.scan.cards import small
from tests.sites import Site


def test_a_sound_recording_is_described_as_text(site: Site, sitewalk: Sitewalk) -> None:
    write_recording(site.folder / "a.insv", X5)

    result = sitewalk("inspect", "a.insv")

    assert result.status == 0
    assert "Insta360 X5" in result.out
    assert "2026-01-20 10:15:00" in result.out
    assert "damage" not in result.out
    assert "fit to be sent" in result.out


def test_json_has_its_schema_and_every_recording(site: Site, sitewalk: Sitewalk) -> None:
    write_recording(site.folder / "a.insv", X5)
    write_recording(site.folder / "b.insv", X3)

    result = sitewalk("inspect", "a.insv", "b.insv", "--format", "json")

    document = json.loads(result.out)
    jsonschema.validate(document, load_schema("recordings"))
    assert [recording["layout"] for recording in document["recordings"]] == [
        "two_tracks",
        "split_files",
    ]


def test_a_cut_recording_is_described_with_its_damage(site: Site, sitewalk: Sitewalk) -> None:
    data = make_recording(X5)
    (site.folder / "cut.insv").write_bytes(data[: len(data) // 2])

    result = sitewalk("inspect", "cut.insv")

    assert result.status == 3
    assert "cut short" in result.out


def test_a_file_that_is_no_recording_does_not_stop_the_others(
    site: Site, sitewalk: Sitewalk
) -> None:
    (site.folder / "note.txt").write_bytes(b"%PDF-1.7 a drawing")
    write_recording(site.folder / "a.insv", X5)

    result = sitewalk("inspect", "note.txt", "missing.insv", "a.insv")

    assert result.status == 3
    assert "note.txt: not an Insta360 recording: it begins like a PDF document" in result.err
    assert "missing.insv: cannot be read: No such file" in result.err
    assert "Insta360 X5" in result.out


def test_what_is_not_fit_to_be_sent_says_why(site: Site, sitewalk: Sitewalk) -> None:
    proxy = replace(X5, resolution=Resolution(1024, 512))
    write_recording(site.folder / "LRV_20260120_101500_01_001.insv", proxy)

    result = sitewalk("inspect", "LRV_20260120_101500_01_001.insv")

    assert result.status == 3
    assert "is a proxy of 1024 x 512; 2880 x 2880 was recorded (M051)" in result.out


def test_a_hole_is_damage(site: Site, sitewalk: Sitewalk) -> None:
    data = make_recording(X5)
    (site.folder / "a.insv").write_bytes(data[:500_000] + bytes(500_000) + data[1_000_000:])

    result = sitewalk("inspect", "a.insv")

    assert result.status == 3
    assert "kB of zeros from byte" in result.out


def test_one_lens_of_two_names_the_other(site: Site, sitewalk: Sitewalk) -> None:
    write_recording(site.folder / X3.file_name, X3)

    result = sitewalk("inspect", X3.file_name)

    assert result.status == 0
    assert "VID_20260120_101500_10_001.insv is needed too" in result.out


def test_every_layout_says_what_it_means_for_sending(site: Site, sitewalk: Sitewalk) -> None:
    families = (
        X5,
        X3,
        SIDE_BY_SIDE,
        EQUIRECTANGULAR,
        SINGLE_LENS,
        replace(X5, camera="Insta360 X9"),
    )
    for number, family in enumerate(families):
        write_recording(site.folder / f"{number}.insv", small(family))

    result = sitewalk("inspect", *(f"{number}.insv" for number in range(len(families))))

    lines = [line.strip() for line in result.out.splitlines()]
    asked = ("camera", "layout", "verdict", "because", "doubt")
    assert "\n".join(line for line in lines if line.startswith(asked)) == snapshot("""\
camera       Insta360 X5
layout       two tracks: both lenses in one file
verdict      fit to be sent
camera       Insta360 X3
layout       split files: one lens of two, another file is needed too
verdict      fit to be sent with its other lens
camera       Insta360 X3
layout       side by side: both lenses in one picture
verdict      fit to be sent
camera       Insta360 X5
layout       equirectangular: stitched already
verdict      fit to be sent
camera       Insta360 X5
layout       single lens: a flat picture
verdict      not fit to be sent
because      it was recorded with a single lens (M053)
camera       Insta360 X9, which is not known to this version
layout       two tracks: both lenses in one file
verdict      fit to be sent\
""")


def test_gps_is_told_as_a_manifest_takes_it(site: Site, sitewalk: Sitewalk) -> None:
    fix = GpsFix(dt.datetime(2026, 1, 20, 9, 15, 3, tzinfo=dt.UTC), -33.86, 151.21, 12.0)
    write_recording(site.folder / "a.insv", replace(X5, gps=(fix,)))

    assert "-33.860000,151.210000 at 2026-01-20 09:15:03 UTC" in sitewalk("inspect", "a.insv").out


def test_json_tells_of_what_could_not_be_read_too(site: Site, sitewalk: Sitewalk) -> None:
    (site.folder / "card").mkdir()
    (site.folder / "note.txt").write_bytes(b"%PDF-1.7 a drawing")

    result = sitewalk("inspect", "card", "note.txt", "missing.insv", "--format", "json")

    document = json.loads(result.out)
    jsonschema.validate(document, load_schema("recordings"))
    assert result.status == 3
    assert document["recordings"] == []
    reasons = {entry["file"]: entry["reason"] for entry in document["unreadable"]}
    assert "sitewalk scan" in reasons["card"]
    assert "PDF" in reasons["note.txt"]
    assert "cannot be read" in reasons["missing.insv"]


def test_nothing_in_a_file_steers_the_terminal(site: Site, sitewalk: Sitewalk) -> None:
    write_recording(site.folder / "a.insv", replace(X5, camera="\x1b[31mX5", serial="\x07\u202e1"))

    assert not {"\x1b", "\x07", "\u202e"} & set(sitewalk("inspect", "a.insv").out)
    assert "\x1b" not in sitewalk("inspect", "a\x1b[31m.insv").err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are not everywhere")
def test_a_pipe_is_not_waited_for(site: Site, sitewalk: Sitewalk) -> None:
    os.mkfifo(site.folder / "a.insv")
    result = sitewalk("inspect", "a.insv")
    assert (result.status, result.err) == (3, "error: a.insv: is not a file: name a recording\n")
