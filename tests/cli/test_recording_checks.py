"""What a user sees of the checks of recordings: broken ones stop every command, suspicions none."""

import json
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from runner.base.errors import ExitStatus
from runner.recordings.insv.facts import Resolution
from runner.recordings.samples import recipes
from runner.recordings.samples.make import make_recording, write_recording
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk


@pytest.mark.parametrize("command", ["validate", "plan", "apply"])
def test_a_cut_recording_stops_before_anything_is_sent(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, command: str
) -> None:
    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))
    site.record("a.insv")
    path = site.record("b.insv", 500_000)
    path.write_bytes(path.read_bytes()[:400_000])

    ended = sitewalk(command, "manifest.yaml")

    assert ended.status == ExitStatus.INVALID
    assert "M047" in ended.out + ended.err
    assert "manifest.yaml:16:13" in ended.out + ended.err
    assert not sandbox.requests()


def test_what_is_wrong_reads_well(sitewalk: Sitewalk, site: Site) -> None:
    small = replace(recipes.X3, payload_size=2000)
    proxy = replace(recipes.X4, payload_size=2000, alignment=1, resolution=Resolution(1024, 512))
    site.write(
        walk("one", ["front.insv"], date="2026-01-19"),
        walk("two", ["proxy.insv", "c.insv", "IMG_1.insp"]),
    )
    write_recording(site.folder / "front.insv", recipes.lens_pair(small)[0])
    write_recording(site.folder / "proxy.insv", proxy)
    (site.folder / "c.insv").write_bytes(make_recording(small)[:2000])
    (site.folder / "IMG_1.insp").write_bytes(b"\xff\xd8\xff\xe1 a photo")

    ended = sitewalk("validate", "manifest.yaml", "--format", "concise")

    assert ended.out == snapshot("""\
manifest.yaml:12:13: M054 `front.insv` is one lens of two, and the other is not listed
manifest.yaml:12:13: M059 the camera puts `front.insv` on 2026-01-20, the manifest on 2026-01-19
manifest.yaml:16:13: M051 `proxy.insv` is a proxy of 1024 x 512; 2880 x 2880 was recorded
manifest.yaml:16:25: M047 `c.insv` is cut short: 2,000 of at least 2,040 bytes are there
manifest.yaml:16:33: M046 `IMG_1.insp` is not an Insta360 recording: it begins like a JPEG photo
""")
    assert ended.err == snapshot("4 errors, 1 warning in 1 manifest\n")


def test_a_suspicion_is_told_and_does_not_stop(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"], date="2026-01-19"))
    site.record("a.insv")
    assert sitewalk("plan", "manifest.yaml", "--strict").status == ExitStatus.INVALID
    assert sitewalk("plan", "manifest.yaml", "-o", "plan.json").status == ExitStatus.DONE

    ended = sitewalk("apply", "plan.json", "--yes")

    assert ended.status == ExitStatus.DONE
    assert "M059" in ended.err
    assert len(sandbox.objects()) == 1


def test_problems_with_recordings_follow_the_schema_of_all_others(
    sitewalk: Sitewalk, site: Site
) -> None:
    site.write(walk("one", ["a.insv"]))
    site.record("a.insv").write_bytes(b"%PDF-1.7")
    report = json.loads(sitewalk("validate", "manifest.yaml", "--format", "json").out)
    assert [problem["code"] for problem in report["problems"]] == ["M045"]


def test_two_manifests_are_judged_together(sitewalk: Sitewalk, site: Site) -> None:
    front, back = recipes.lens_pair(replace(recipes.X3, payload_size=2000))
    (site.folder / "other").mkdir()
    other = Site(site.folder / "other")
    site.write(walk("one", [front.file_name]))
    other.write(walk("two", [back.file_name]))
    write_recording(site.folder / front.file_name, front)
    write_recording(other.folder / back.file_name, back)

    ended = sitewalk("validate", "manifest.yaml", "other/manifest.yaml", "--format", "concise")

    assert ended.status == ExitStatus.INVALID
    assert "M055" in ended.out
    assert "manifest.yaml" in ended.out
