"""A listener gets every step of a run as it is journaled, in words that stay the same."""

from pathlib import Path

from runner.api import apply_manifests
from runner.sandbox import Fault, Sandbox
from runner.upload.journal import ProgressEvent, StepDone
from tests.sites import InlineExecutor, Site, begin_ledger, settings_for, walk


def _steps(site: Site, sandbox: Sandbox) -> list[tuple[str, str]]:
    events: list[ProgressEvent] = []
    settings, executor = settings_for(sandbox), InlineExecutor()
    apply_manifests([site.manifest], settings, listener=events.append, executor=executor)
    return [(event.step, event.detail) for event in events if isinstance(event, StepDone)]


def test_every_step_of_two_runs_is_reported_once(tmp_path: Path, sandbox: Sandbox) -> None:
    site = begin_ledger(Site(tmp_path / "site")).write(walk("one", ["a.insv", "b.insv"]))
    site.record("a.insv", 300_000)
    site.record("b.insv", 300_000)
    sandbox.inject(Fault.parse("patch:status=403~b.insv"))
    *begun, (last, _) = _steps(site, sandbox)
    assert begun == [
        ("created", "upload 1000"),
        ("sending", "a.insv, 300.0 kB"),
        ("sent", "a.insv"),
        ("sending", "b.insv, 300.0 kB"),
    ]
    assert last == "failed"
    site.write(walk("one", ["a.insv", "c.insv"]))
    site.record("c.insv", 200_000)
    assert _steps(site, sandbox) == [
        ("abandoned", "b.insv: the manifest lists another file now"),
        ("sending", "c.insv, 200.0 kB"),
        ("sent", "c.insv"),
        ("done", "upload 1000"),
    ]


def test_a_recording_that_was_begun_is_resumed(tmp_path: Path, sandbox: Sandbox) -> None:
    site = begin_ledger(Site(tmp_path / "site")).write(walk("one", ["a.insv"]))
    site.record("a.insv", 300_000)
    sandbox.inject(Fault.parse("patch:status=403"))
    _steps(site, sandbox)
    assert _steps(site, sandbox) == [
        ("resuming", "a.insv, 300.0 kB"),
        ("sent", "a.insv"),
        ("done", "upload 1000"),
    ]
