"""Recordings that fsspec reads: its own memory stands for SFTP and SMB, which cost a server."""

from pathlib import Path

import fsspec
import pytest

from runner.base.errors import ExitStatus, RecordingChangedError
from runner.recordings.files import look
from runner.recordings.stored import StoredObject
from runner.recordings.stores import ReplacedError
from runner.recordings.unchanged import require_unchanged
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.remote.bucket import digest
from tests.sites import Site, walk

ROOT = "memory://site-a"


@pytest.fixture
def recording(site: Site, tmp_path: Path) -> Path:
    """A recording that is in fsspec's memory too."""
    site.write(walk("loop-1", ["day/a.insv"]))
    path = Site(tmp_path / "card").record("a.insv", 3_000_000)
    _put(path)
    return path


def _put(path: Path) -> None:
    fsspec.filesystem("memory").pipe("/site-a/day/a.insv", path.read_bytes())


def test_it_is_planned_sent_and_scanned(
    recording: Path, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--media-root", ROOT)
    assert ended.status == ExitStatus.DONE, ended.err
    assert [stored.sha256() for stored in sandbox.recordings()] == [digest(recording)]
    assert sitewalk("inspect", f"{ROOT}/day/a.insv").status == 0
    scanned = sitewalk("scan", f"{ROOT}/day", "--media-root", ROOT)
    assert scanned.status == 0, scanned.err


def test_a_replaced_file_is_noticed(recording: Path) -> None:
    from runner.manifest.reading import read_manifest  # noqa: PLC0415 - one test's own
    from runner.recordings.address import StoreAddress  # noqa: PLC0415 - as above
    from tests.sites import TODAY  # noqa: PLC0415 - as above

    reading = read_manifest(Path("manifest.yaml").read_bytes(), "manifest.yaml", TODAY)
    (found,) = look(reading.drafts, StoreAddress(ROOT)).files.values()
    require_unchanged(found)
    assert isinstance(found.location, StoredObject)
    with found.location.open() as file:
        _put(recording)
        with pytest.raises(ReplacedError, match=r"site-a/day/a\.insv was replaced"):
            file.version()  # type: ignore[attr-defined] # of every object
    with pytest.raises(RecordingChangedError, match="was replaced"):
        require_unchanged(found)
