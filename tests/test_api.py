"""The library without the command line."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

import runner
from runner.base.clock import CancelToken
from runner.plan.model import Action
from runner.problems.problem import InvalidManifestError
from runner.report.past_runs import read_results
from runner.report.results import Outcome
from runner.sandbox import Fault, Sandbox
from runner.upload.journal import ProgressEvent, StepDone
from tests.sites import Site, begin_ledger, settings_for, walk


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site").write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))
    site.record("a.insv")
    site.record("b.insv")
    return begin_ledger(site)


def test_a_program_reads_plans_and_applies(site: Site, sandbox: Sandbox) -> None:
    settings = settings_for(sandbox)
    news: list[ProgressEvent] = []

    (reading,) = runner.read_manifests([site.manifest])
    plan = runner.plan_manifests([site.manifest], settings)
    results = runner.apply_manifests([site.manifest], settings, listener=news.append)

    assert reading.manifest is not None
    assert [one.action for one in plan.walkthroughs] == [Action.CREATE] * 2
    assert [one.outcome for one in results.walkthroughs] == [Outcome.DONE] * 2
    assert {one.walkthrough for one in news if isinstance(one, StepDone)} == {"one", "two"}
    assert not runner.plan_manifests([site.manifest], settings).is_pending


def test_a_program_leaves_the_log_and_the_reports_of_the_command_line(
    site: Site, sandbox: Sandbox
) -> None:
    results = runner.apply_manifests([site.manifest], settings_for(sandbox))
    (folder,) = (site.manifest.parent / ".sitewalk" / "runs").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == [
        "log.jsonl",
        "report.html",
        "results.json",
    ]
    assert read_results(folder) == results


def test_reading_never_raises_for_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text("walkthroughs: 3", encoding="utf-8")
    (reading,) = runner.read_manifests([path])
    assert reading.manifest is None
    assert reading.problems


def test_an_invalid_manifest_is_an_error_with_its_problems(site: Site, sandbox: Sandbox) -> None:
    site.write(walk("one", ["missing.insv"]))
    with pytest.raises(InvalidManifestError) as caught:
        runner.apply_manifests([site.manifest], settings_for(sandbox))
    assert [problem.code for problem in caught.value.problems] == ["M041"]
    assert str(caught.value).startswith("1 problem; the first: ")
    assert str(caught.value).endswith(": M041 `missing.insv` is not there")
    assert not sandbox.requests()


def test_a_program_can_stop_a_run_and_go_on_later(site: Site, sandbox: Sandbox) -> None:
    stop = CancelToken()
    sandbox.inject(Fault("create", "delay", seconds=0.5, times=0))
    timer = threading.Timer(0.2, stop.request)
    timer.start()
    results = runner.apply_manifests([site.manifest], settings_for(sandbox), stop=stop)
    timer.join()
    assert results.interrupted
    assert Outcome.DONE not in {one.outcome for one in results.walkthroughs}
    again = runner.apply_manifests([site.manifest], settings_for(sandbox))
    assert [one.outcome for one in again.walkthroughs] == [Outcome.DONE] * 2
    assert len(sandbox.objects()) == 2


def test_importing_it_costs_nothing_until_it_is_used() -> None:
    heavy = "sorted({'requests', 'tusclient', 'jinja2'} & set(sys.modules))"
    code = f"import sys, runner; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
