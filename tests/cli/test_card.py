"""`status --card`: a card may be wiped when each recording on it is proven to be on Evercam."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from runner.base.errors import ExitStatus
from runner.sandbox import Fault, Sandbox
from tests.cli.conftest import Sitewalk
from tests.report.schemas import check_described
from tests.sites import Site, walk

CARD = "card/DCIM/Camera01"
LONG = 3_000_000


@pytest.fixture
def sent(sitewalk: Sitewalk, site: Site) -> Path:
    """A card with two recordings and a preview; both were sent from it."""
    for name in ("a.insv", "b.insv"):
        site.record(f"{CARD}/{name}", LONG)
    (site.folder / CARD / "LRV_20260120_101500_01_001.lrv").write_bytes(b"small")
    (site.folder / CARD / "IMG_20260120_101500_00_001.insp").write_bytes(b"picture")
    site.write(walk("one", [f"{CARD}/a.insv"]), walk("two", [f"{CARD}/b.insv"]))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    return site.folder / CARD


def _told(sitewalk: Sitewalk, *words: str, status: int) -> dict[str, Any]:
    ended = sitewalk("status", "--card", "card", "--format", "json", *words)
    assert ended.status == status, ended.err
    told: dict[str, Any] = json.loads(ended.out)
    check_described("card", told)
    assert told["may_be_wiped"] == (status == ExitStatus.DONE)
    return told


def _standings(told: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {
        one["path"].rpartition("/")[2]: (one["standing"], one["proof"])
        for one in told["recordings"]
    }


@pytest.mark.usefixtures("sent")
def test_a_card_that_was_sent_may_be_wiped(sitewalk: Sitewalk, sandbox: Sandbox) -> None:
    before = len(sandbox.requests())
    told = _told(sitewalk, status=ExitStatus.DONE)
    assert _standings(told) == {
        "a.insv": ("on_evercam", "time"),
        "b.insv": ("on_evercam", "time"),
    }
    first = told["recordings"][0]
    upload = next(one for one in sandbox.objects() if one.name == "one")
    assert (first["walkthrough"], first["upload_id"]) == ("one", upload.id)
    assert {one["reason"] for one in told["left_out"]} == {"proxy", "photo"}
    text = sitewalk("status", "--card", "card").out
    assert "2 recordings, on Evercam: the card may be wiped." in text
    assert "left out: 1 proxy: `DCIM/Camera01/LRV_20260120_101500_01_001.lrv`" in text
    assert len(sandbox.requests()) == before


def test_what_is_new_is_named(sitewalk: Sitewalk, site: Site, sent: Path) -> None:
    site.record(f"{CARD}/c.insv", LONG)
    (sent / "d.insv").write_bytes(b"cut off")
    told = _told(sitewalk, status=ExitStatus.DECISION)
    assert _standings(told)["c.insv"] == ("not_sent", None)
    assert _standings(told)["d.insv"] == ("not_sent", None)
    text = sitewalk("status", "--card", "card").out
    assert "4 recordings, 2 on Evercam: do not wipe the card." in text
    assert "what is not sent yet: sitewalk scan card" in text


def test_a_copy_elsewhere_is_compared_by_its_content(
    sitewalk: Sitewalk, site: Site, sent: Path
) -> None:
    renamed = sent / "renamed.insv"
    renamed.write_bytes((sent / "a.insv").read_bytes())
    os.utime(renamed, ns=(1, 1))
    assert _standings(_told(sitewalk, status=0))["renamed.insv"] == ("on_evercam", "blake3")
    content = bytearray(renamed.read_bytes())
    content[LONG // 2] ^= 1  # both ends stay
    renamed.write_bytes(content)
    told = _told(sitewalk, status=ExitStatus.DECISION)
    assert _standings(told)["renamed.insv"] == ("other_content", None)
    assert "changed" in sitewalk("status", "--card", "card").out
    assert site.manifest.exists()


def test_an_edit_that_hides_its_time_is_found_when_whole_files_are_compared(
    sitewalk: Sitewalk, sent: Path
) -> None:
    file = sent / "a.insv"
    before = file.stat()
    content = bytearray(file.read_bytes())
    content[LONG // 2] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    told = _told(sitewalk, "--sha256", status=ExitStatus.DECISION)
    assert _standings(told) == {
        "a.insv": ("other_content", None),
        "b.insv": ("on_evercam", "blake3"),
    }


def test_whole_files_are_compared_by_the_sha256_that_was_taken(
    sitewalk: Sitewalk, site: Site
) -> None:
    site.record(f"{CARD}/a.insv", LONG)
    site.write(walk("one", [f"{CARD}/a.insv"]))
    assert sitewalk("apply", "manifest.yaml", "--yes", "--sha256").status == ExitStatus.DONE
    told = _told(sitewalk, "--sha256", status=ExitStatus.DONE)
    assert _standings(told) == {"a.insv": ("on_evercam", "sha256")}


def test_what_was_sent_but_not_finished_is_not_there_yet(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.record(f"{CARD}/a.insv", LONG)
    site.write(walk("one", [f"{CARD}/a.insv"]))
    sandbox.inject(Fault.parse("finish:status=400"))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.FAILED
    told = _told(sitewalk, status=ExitStatus.DECISION)
    assert _standings(told) == {"a.insv": ("not_finished", None)}


@pytest.mark.usefixtures("sent")
def test_another_server_has_nothing(sitewalk: Sitewalk) -> None:
    ended = sitewalk("status", "--card", "card", EVERCAM_INGEST_URL="https://elsewhere.example")
    assert ended.status == ExitStatus.DECISION
    assert "2 recordings, 0 on Evercam" in ended.out


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="it needs a folder it may not read"
)
def test_a_folder_that_cannot_be_read_stands_in_the_way(sitewalk: Sitewalk, sent: Path) -> None:
    closed = sent / "closed"
    closed.mkdir(mode=0o000)
    told = _told(sitewalk, status=ExitStatus.DECISION)
    closed.chmod(0o700)
    assert _standings(told)["closed"] == ("unreadable", None)


@pytest.mark.skipif(os.name == "nt", reason="Windows has not these links")
def test_a_link_proves_nothing(sitewalk: Sitewalk, sent: Path) -> None:
    (sent / "link.insv").symlink_to(sent / "a.insv")
    assert _standings(_told(sitewalk, status=ExitStatus.DECISION))["link.insv"][0] == "unreadable"


def test_an_empty_or_missing_card_is_not_said_to_be_safe(
    sitewalk: Sitewalk, site: Site, sent: Path
) -> None:
    (site.folder / "empty").mkdir()
    ended = sitewalk("status", "--card", "empty")
    assert ended.status == ExitStatus.DECISION
    assert "There is no recording in empty" in ended.out
    assert sitewalk("status", "--card", "no-such").status == ExitStatus.USAGE
    assert sitewalk("status", "--card", str(sent / "a.insv")).status == ExitStatus.USAGE
    assert sitewalk("status", "--sha256").status == ExitStatus.USAGE
    (site.folder / ".sitewalk" / "ledger.db").unlink()
    assert sitewalk("status", "--card", "card").status == ExitStatus.USAGE


def test_what_the_project_file_ignores_is_left_out(
    sitewalk: Sitewalk, site: Site, sent: Path
) -> None:
    (sent / "broken.insv").write_bytes(b"cut off")
    project = "version: 1\nproject: evercam\nignore: [broken.insv]\n"
    (site.folder / "sitewalk.yaml").write_text(project, encoding="utf-8")
    told = _told(sitewalk, status=ExitStatus.DONE)
    assert ["DCIM/Camera01/broken.insv"] in [one["paths"] for one in told["left_out"]]
