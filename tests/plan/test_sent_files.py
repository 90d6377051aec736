"""Files of finished walkthroughs: not opened again, unless something about them changed."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from runner.api import apply_manifests, plan_manifests
from runner.base.errors import ExitStatus
from runner.plan.model import Action, Choices, Plan
from runner.sandbox import Sandbox
from runner.settings import Settings
from tests.sites import Site, begin_ledger, settings_for, walk


@pytest.fixture
def site(tmp_path: Path, sandbox: Sandbox) -> Site:
    """A walk of one recording, uploaded."""
    site = begin_ledger(Site(tmp_path / "site").write(walk("one", ["a.insv"])))
    site.record("a.insv")
    results = apply_manifests([site.manifest], settings_for(sandbox))
    assert results.exit_status is ExitStatus.DONE
    return site


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return settings_for(sandbox)


def _plan(site: Site, settings: Settings, choices: Choices | None = None) -> Plan:
    return plan_manifests([site.manifest], settings, choices or Choices())


def _nobody_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_(_location: object) -> NoReturn:
        raise OSError(5, "opened")

    monkeypatch.setattr("runner.recordings.files.open_to_examine", open_)


def test_a_finished_recording_is_not_opened_again(
    site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _nobody_opens(monkeypatch)
    (walkthrough,) = _plan(site, settings).walkthroughs
    assert walkthrough.action is Action.NOTHING
    assert walkthrough.recordings[0].length == 8000


def test_one_of_another_time_is_read_and_found_the_same(site: Site, settings: Settings) -> None:
    os.utime(site.folder / "a.insv", (1, 1))
    (walkthrough,) = _plan(site, settings).walkthroughs
    assert walkthrough.action is Action.NOTHING
    assert walkthrough.recordings[0].camera is not None


def test_one_with_other_content_is_a_change(site: Site, settings: Settings) -> None:
    site.record("a.insv", seed=7)
    os.utime(site.folder / "a.insv", (1, 1))
    (walkthrough,) = _plan(site, settings).walkthroughs
    assert walkthrough.action is Action.CHANGED
    assert [change.new for change in walkthrough.changes] == ["a file with other content"]


def test_one_of_another_length_is_a_change(site: Site, settings: Settings) -> None:
    before = (site.folder / "a.insv").stat()
    site.record("a.insv", size=9000)
    os.utime(site.folder / "a.insv", ns=(before.st_atime_ns, before.st_mtime_ns))
    (walkthrough,) = _plan(site, settings).walkthroughs
    assert walkthrough.action is Action.CHANGED


def test_one_that_is_gone_is_remembered(site: Site, settings: Settings) -> None:
    (site.folder / "a.insv").unlink()
    (walkthrough,) = _plan(site, settings).walkthroughs
    assert walkthrough.action is Action.NOTHING


def test_one_that_shall_be_uploaded_anew_is_read(site: Site, settings: Settings) -> None:
    (walkthrough,) = _plan(site, settings, Choices(again=frozenset({"one"}))).walkthroughs
    assert walkthrough.action is Action.CREATE
    assert walkthrough.recordings[0].camera is not None


def test_a_new_walk_with_a_finished_ones_recording_is_still_noticed(
    site: Site, settings: Settings
) -> None:
    site.write(walk("other", ["a.insv"]))
    (walkthrough,) = _plan(site, settings).walkthroughs
    assert walkthrough.action is Action.CHANGED
    assert "sent before, as `one`" in walkthrough.reason
