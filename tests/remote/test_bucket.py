"""Recordings in a bucket: what commands make of them, and what they fetch for it."""

import json
import os
import sys
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.remote.bucket import BUCKET, CUT, Bucket, digest
from tests.sites import Site, walk

# Each runs commands against a store of its own; tests/remote/test_ranged.py is the quick part.
pytestmark = pytest.mark.slow

ROOT = f"s3://{BUCKET}/site-a"
MB = 1_000_000
NAMES = ["VID_20260120_080000_00_001.insv", "VID_20260120_081500_00_002.insv"]
PREFLIGHT = 250_000
"""Bytes over the wire that a look at one recording may take, headers and all."""


@pytest.fixture
def recording(site: Site, bucket: Bucket) -> Path:
    """The one recording of a manifest, 30 MB of it, in the bucket."""
    site.write(walk("loop-1", [NAMES[0]]))
    return Site(bucket.folder / "site-a").record(NAMES[0], 30 * MB)


def test_a_look_takes_few_bytes_of_one_version_and_its_probes_go_at_once(
    recording: Path, bucket: Bucket, sitewalk: Sitewalk
) -> None:
    ended = sitewalk("validate", "manifest.yaml", "--media-root", ROOT)
    assert ended.status == ExitStatus.DONE, ended.out + ended.err
    assert bucket.wire < PREFLIGHT
    reads = [asked for asked in bucket.asked if asked.method == "GET" and asked.key]
    assert len(reads) > 64
    assert all(asked.if_match and asked.start is not None for asked in reads)
    assert bucket.most_at_once >= 4
    assert recording.stat().st_size == 30 * MB


def test_apply_fetches_every_byte_once_and_sends_it(
    recording: Path, bucket: Bucket, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--sha256", SITEWALK_MEDIA_ROOT=ROOT)
    assert ended.status == ExitStatus.DONE, ended.err
    (stored,) = sandbox.recordings()
    assert stored.sha256() == digest(recording)
    assert digest(recording) in _written(Path(".sitewalk"))
    assert bucket.fetched() < 30 * MB + 2 * PREFLIGHT  # planned twice: before and with the lock
    assert sitewalk("apply", "manifest.yaml", "--yes", "--media-root", ROOT).status == 0


def test_a_saved_plan_keeps_the_address_and_no_credentials_are_written_anywhere(
    recording: Path, sitewalk: Sitewalk
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIACANARY", "AWS_SECRET_ACCESS_KEY": "canary+secret"}
    keys["AWS_SKIP_SIGNATURE"] = "false"
    saved = sitewalk("plan", "manifest.yaml", "-o", "plan.json", "--media-root", ROOT, **keys)
    assert saved.status == 0, saved.err
    assert json.loads(Path("plan.json").read_text(encoding="utf-8"))["media_root"] == ROOT
    ended = sitewalk("apply", "plan.json", "--yes")
    assert ended.status == 0, ended.err
    everything = _written(Path()) + saved.out + saved.err + ended.out + ended.err
    assert "CANARY" not in everything
    assert "canary" not in everything
    assert recording.exists()


def test_a_replaced_object_makes_a_saved_plan_stale(recording: Path, sitewalk: Sitewalk) -> None:
    sitewalk("plan", "manifest.yaml", "-o", "plan.json", "--media-root", ROOT)
    Site(recording.parent).record(recording.name, 30 * MB, seed=5)
    ended = sitewalk("apply", "plan.json", "--yes")
    assert ended.status == ExitStatus.DECISION
    assert "other content" in ended.err


@pytest.mark.parametrize("at", [2 * MB, 20 * MB])
def test_an_object_replaced_while_it_is_sent_is_abandoned_and_sent_anew(
    recording: Path, bucket: Bucket, sitewalk: Sitewalk, sandbox: Sandbox, at: int
) -> None:
    def replaced(_key: str, start: int | None) -> None:
        if start is not None and _is_sending(bucket) and start > at:
            bucket.fault = lambda _key, _start: None
            Site(recording.parent).record(recording.name, 30 * MB, seed=5)

    bucket.fault = replaced
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--media-root", ROOT)
    assert ended.status == ExitStatus.FAILED
    assert f"{ROOT}/{recording.name} was replaced while it was sent" in ended.err
    assert "make sure nothing writes to it" in ended.out
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--media-root", ROOT)
    assert ended.status == 0, ended.err
    assert digest(recording) in {stored.sha256() for stored in sandbox.recordings()}


def test_a_store_that_is_away_for_a_while_costs_waiting_and_nothing_else(
    recording: Path, bucket: Bucket, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    left = [9, 9, 9, 9, 9, 9, 9, 9, 9]  # more than obstore asks for by itself

    def away(_key: str, start: int | None) -> int | None:
        if start is not None and _is_sending(bucket) and start > 10 * MB and left:
            left.pop()
            return 503
        return None

    bucket.fault = away
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--media-root", ROOT)
    assert ended.status == 0, ended.err
    assert not left
    assert "the store answered 503" in ended.err
    (stored,) = sandbox.recordings()
    assert stored.sha256() == digest(recording)
    assert bucket.fetched() < 30 * MB + 12 * 4 * 2**20  # and the blocks that were refused


def test_an_answer_that_is_cut_short_is_asked_for_again(
    recording: Path, bucket: Bucket, sitewalk: Sitewalk, sandbox: Sandbox
) -> None:
    cuts = [CUT] * 3
    bucket.fault = lambda _key, start: (
        cuts.pop() if start is not None and _is_sending(bucket) and cuts else None
    )
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--media-root", ROOT)
    assert ended.status == 0, ended.err
    assert not cuts
    (stored,) = sandbox.recordings()
    assert stored.sha256() == digest(recording)


def test_a_bucket_that_may_be_read_and_not_listed_will_do(
    recording: Path, bucket: Bucket, sitewalk: Sitewalk
) -> None:
    bucket.fault = lambda key, _start: None if key else 403
    ended = sitewalk("validate", "manifest.yaml", "--media-root", ROOT)
    assert ended.status == 0, ended.out + ended.err
    scanned = sitewalk("scan", ROOT, "--media-root", ROOT)
    assert scanned.status == ExitStatus.USAGE
    assert f"the store refuses to let {ROOT} be read" in scanned.err
    assert recording.exists()


@pytest.mark.parametrize(
    ("status", "words"), [(403, "refuses to let"), (404, "is not there any more")]
)
def test_what_a_store_refuses_in_the_middle_is_kept_and_gone_on_with(
    recording: Path,
    bucket: Bucket,
    sitewalk: Sitewalk,
    sandbox: Sandbox,
    status: int,
    words: str,
) -> None:
    bucket.fault = lambda _key, start: (
        status if start is not None and _is_sending(bucket) and start > 10 * MB else None
    )
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--media-root", ROOT)
    assert ended.status == ExitStatus.FAILED
    assert words in ended.err
    assert f"{ROOT}/{recording.name}" in ended.err
    bucket.fault = lambda _key, _start: None
    bucket.asked.clear()
    (half,) = sandbox.recordings()
    left = half.length - half.offset
    assert 0 < left < half.length
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--media-root", ROOT)
    assert ended.status == 0, ended.err
    assert left <= bucket.fetched() < left + 2 * PREFLIGHT


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_a_store_that_cannot_be_asked_is_no_mistake_in_a_manifest(
    recording: Path, bucket: Bucket, sitewalk: Sitewalk, command: str
) -> None:
    bucket.fault = lambda _key, _start: 503
    ended = sitewalk(command, "manifest.yaml", "--media-root", ROOT)
    assert ended.status == ExitStatus.FAILED
    assert "the store answered 503" in ended.err
    assert ROOT in ended.err
    bucket.fault = lambda key, _start: 403 if key else None
    ended = sitewalk("validate", "manifest.yaml", "--media-root", ROOT)
    assert ended.status == ExitStatus.INVALID
    assert f"the store refuses to let {ROOT}/{recording.name} be read" in ended.out
    assert "s3:GetObject" in ended.out


def test_a_recording_that_is_not_there_is_named_with_the_address(
    recording: Path, sitewalk: Sitewalk
) -> None:
    ended = sitewalk("validate", "manifest.yaml", "--media-root", f"s3://{BUCKET}/elsewhere")
    assert ended.status == ExitStatus.INVALID
    assert f"`{recording.name}` is not there" in ended.out
    assert f"s3://{BUCKET}/elsewhere" in ended.out


@pytest.mark.usefixtures("site")
def test_a_prefix_is_scanned_as_a_card_is(bucket: Bucket, sitewalk: Sitewalk) -> None:
    for number, name in enumerate(NAMES):
        Site(bucket.folder / "site-a" / "week-3").record(name, 8000, seed=15 * number)
    (bucket.folder / "site-a" / "week-3" / ".trash.insv").write_bytes(b"x")
    ended = sitewalk("scan", f"{ROOT}/week-3", "-o", "new.yaml", "--media-root", ROOT)
    assert ended.status == 0, ended.err
    text = Path("new.yaml").read_text(encoding="utf-8")
    assert all(f"week-3/{name}" in text for name in NAMES)
    again = sitewalk("scan", f"{ROOT}/week-3", "-o", "new.yaml", "--media-root", ROOT)
    assert "nothing new" in again.err or "0 new" in again.err or "no new" in again.err, again.err
    outside = sitewalk("scan", f"s3://{BUCKET}/site-b", "-o", "new.yaml", "--media-root", ROOT)
    assert outside.status == ExitStatus.USAGE
    assert "not inside the media root" in outside.err
    empty = sitewalk("scan", f"{ROOT}/week-4", "--media-root", ROOT)
    assert empty.status == ExitStatus.USAGE
    assert f"nothing is at {ROOT}/week-4" in empty.err


def test_an_object_is_inspected(recording: Path, sitewalk: Sitewalk) -> None:
    ended = sitewalk("inspect", f"{ROOT}/{recording.name}")
    assert ended.status == 0, ended.err
    assert "Insta360 X4" in ended.out
    missing = sitewalk("inspect", f"{ROOT}/no.insv")
    assert missing.status == ExitStatus.INVALID
    assert f"{ROOT}/no.insv: cannot be read" in missing.err


@pytest.mark.parametrize(
    ("variables", "status", "words"),
    [
        ({"AWS_METADATA_ENDPOINT": "http://127.0.0.1:9"}, ExitStatus.REFUSED, "AWS_ACCESS_KEY_ID"),
        ({"AWS_PROFILE": "site"}, ExitStatus.USAGE, "pip install boto3"),
        ({"AWS_ENDPOINT_URL": "http://minio.example:9000"}, ExitStatus.USAGE, "AWS_ALLOW_HTTP"),
    ],
)
def test_what_leads_to_no_store_is_said_with_the_way_out(
    recording: Path,
    monkeypatch: pytest.MonkeyPatch,
    sitewalk: Sitewalk,
    variables: dict[str, str],
    status: ExitStatus,
    words: str,
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_SKIP_SIGNATURE"):
        monkeypatch.delenv(name)
    if "AWS_ENDPOINT_URL" in variables:
        variables = {"AWS_SKIP_SIGNATURE": "true", **variables}
    monkeypatch.setitem(sys.modules, "boto3", None)
    ended = sitewalk("validate", "manifest.yaml", "--media-root", ROOT, **variables)
    assert ended.status == status, ended.out + ended.err
    assert words in ended.err
    assert recording.exists()


def test_az_without_an_account_is_one_message(
    recording: Path, sitewalk: Sitewalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    ended = sitewalk("validate", "manifest.yaml", "--media-root", "az://container/site-a")
    assert ended.status == ExitStatus.REFUSED
    assert "AZURE_STORAGE_ACCOUNT_NAME" in ended.err
    assert recording.exists()


def _is_sending(bucket: Bucket) -> bool:
    """Whether a block was asked for: nothing before the sending reads so much at once."""
    return any(asked.length > MB for asked in bucket.asked)


def _written(folder: Path) -> str:
    """Everything that stands in files below a folder."""
    files = [Path(top) / name for top, _, names in os.walk(folder) for name in names]
    return "".join(path.read_bytes().decode("latin-1") for path in files)
