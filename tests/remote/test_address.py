"""Which texts are addresses of a store, which are paths, and which are refused."""

import dataclasses
import json
import pickle
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.errors import ExitStatus, UsageError
from runner.recordings.address import StoreAddress, parse_media_root
from runner.recordings.store_root import open_store
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk


@given(st.sampled_from("CDcd"), st.sampled_from([":\\", ":/", "://", ":\\\\", ":"]), st.text())
def test_a_drive_of_windows_is_never_an_address(letter: str, after: str, rest: str) -> None:
    text = letter + after + rest.replace("\0", "")
    assert parse_media_root(text) == Path(text)


@pytest.mark.parametrize("text", ["card", "/media/card", "./s3:/x", "s3:bucket", "", "a b/ü"])
def test_a_path_stays_one(text: str) -> None:
    assert parse_media_root(text) == Path(text)


def test_an_address_is_one_however_it_is_spelt() -> None:
    assert parse_media_root("S3://bucket/site-a/") == StoreAddress("s3://bucket/site-a")
    assert parse_media_root("sftp://walker@nas.example/walks").__class__ is StoreAddress


@pytest.mark.parametrize(
    "address",
    [
        "s3://AKIAX:hunter2@bucket/site-a",
        "s3://hunter2@bucket",
        "az://container/site?sig=hunter2",
        "gs://bucket/#hunter2",
        "sftp://walker:hunter2@nas.example/walks",
        "smb://walker:hunter2@[nas/walks",
    ],
)
@pytest.mark.parametrize("command", ["validate", "plan", "apply", "scan", "inspect", "config"])
def test_an_address_with_a_secret_is_refused_and_not_repeated(
    site: Site, sitewalk: Sitewalk, command: str, address: str
) -> None:
    site.write(walk("loop-1", ["a.insv"]))
    words = {
        "scan": ["scan", address],
        "inspect": ["inspect", address],
        "config": ["config", "set", "media_root", address],
    }.get(command, [command, "manifest.yaml", "--media-root", address])
    ended = sitewalk(*words)
    assert ended.status == ExitStatus.USAGE
    assert "hunter2" not in ended.out + ended.err
    assert not Path(".sitewalk/settings.toml").exists()


@pytest.mark.parametrize(
    ("address", "way_out"), [("http://host/x", "s3://"), ("s3://", "bucket/site-a")]
)
def test_an_address_of_no_use_is_refused_with_what_is(address: str, way_out: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_media_root(address)
    assert way_out in str(refused.value) + refused.value.help


def test_the_address_may_stand_in_the_settings(site: Site, sitewalk: Sitewalk) -> None:
    site.write(walk("loop-1", ["a.insv"]))
    assert sitewalk("config", "set", "media_root", "memory://site-a/").status == 0
    assert "memory://site-a" in sitewalk("config").out
    ended = sitewalk("validate", "manifest.yaml")
    assert ended.status == ExitStatus.INVALID
    assert "memory://site-a" in ended.out


@pytest.mark.parametrize(("scheme", "package"), [("s3", "obstore"), ("memory", "fsspec")])
def test_without_the_extra_it_is_named(
    monkeypatch: pytest.MonkeyPatch, scheme: str, package: str
) -> None:
    for name in ("", ".exceptions", ".store", ".core"):
        monkeypatch.setitem(sys.modules, package + name, None)
    for name in ("cloud_store", "file_server"):  # as in a process that has not loaded it yet
        monkeypatch.delitem(sys.modules, f"runner.recordings.{name}", raising=False)
    with pytest.raises(UsageError) as refused:
        open_store(StoreAddress(f"{scheme}://bucket"))
    assert package in str(refused.value)
    assert "[remote]" in refused.value.help


def test_a_store_travels_to_another_process_without_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "canary")
    packed = pickle.dumps(open_store(StoreAddress("s3://bucket/site-a")))
    assert b"canary" not in packed
    assert pickle.loads(packed).address == StoreAddress("s3://bucket/site-a")  # noqa: S301 - ours
    assert dataclasses.asdict(StoreAddress("s3://bucket")) == {"url": "s3://bucket"}


def test_a_plan_leads_to_no_server_that_only_the_plan_names(site: Site, sitewalk: Sitewalk) -> None:
    site.write(walk("loop-1", ["a.insv"]))
    site.record("a.insv")
    saved = sitewalk("plan", "manifest.yaml", "-o", "plan.json", "--media-root", ".")
    assert saved.status == 0, saved.err
    plan = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    plan["media_root"] = "smb://stranger.example/share"
    Path("plan.json").write_text(json.dumps(plan), encoding="utf-8")
    ended = sitewalk("apply", "plan.json", "--yes")
    assert ended.status == ExitStatus.USAGE
    assert "--media-root smb://stranger.example/share" in ended.err
