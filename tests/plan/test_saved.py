"""A saved plan runs while it holds, goes on after its own interruption, else is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot
from jsonschema import Draft202012Validator

from runner.base.errors import StalePlanError, UsageError
from runner.base.schemas import load_schema
from runner.flow.apply import apply_plan
from runner.flow.context import Runtime
from runner.flow.plan import plan_manifests, plan_saved
from runner.ledger.store import Ledger
from runner.plan.model import NO_CHOICES, Action, Choices
from runner.plan.planner import Planned
from runner.plan.saved import load_plan, save_plan, what_changed
from runner.report.results import Outcome, Results
from runner.sandbox import Fault, Sandbox
from runner.settings import Settings
from tests.contract.running import HOLDER
from tests.sites import TODAY, InlineExecutor, Site, settings_for, walk


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return settings_for(sandbox)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site").write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))
    site.record("a.insv")
    site.record("b.insv")
    return site


@pytest.fixture
def saved(site: Site, settings: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    _save(site, settings, path)
    return path


def _save(site: Site, settings: Settings, path: Path, choices: Choices = NO_CHOICES) -> None:
    planned = plan_manifests([site.manifest], settings, TODAY, choices)
    save_plan(planned.plan, "2026-01-21T08:00:00+00:00", path)


def _apply(planned: Planned, settings: Settings, run: str = "run-1") -> Results:
    with Ledger.open(planned.ledger) as ledger:
        runtime = Runtime(run, HOLDER)
        return apply_plan(planned, settings, ledger, InlineExecutor(), runtime)


def test_a_plan_that_holds_is_run(saved: Path, settings: Settings) -> None:
    results = _apply(plan_saved(saved, settings, TODAY), settings)
    assert [walkthrough.outcome for walkthrough in results.walkthroughs] == [Outcome.DONE] * 2


def test_plan_and_manifest_can_move_together(
    saved: Path, settings: Settings, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "site").rename(elsewhere / "site")
    saved.rename(elsewhere / "plan.json")
    planned = plan_saved(elsewhere / "plan.json", settings, TODAY)
    assert planned.plan.is_pending


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda site: site.write(walk("one", ["a.insv"])), "was edited"),
        (lambda site: site.record("a.insv", seed=9), "one: the file a.insv has other content"),
    ],
    ids=["manifest", "file"],
)
def test_a_change_is_named(
    saved: Path, settings: Settings, site: Site, change: Callable[[Site], object], said: str
) -> None:
    change(site)
    with pytest.raises(StalePlanError) as caught:
        plan_saved(saved, settings, TODAY)
    assert any(said in line for line in caught.value.changes)


def test_other_addresses_are_named(saved: Path, settings: Settings, tmp_path: Path) -> None:
    with (
        Sandbox.start(tmp_path / "another") as another,
        pytest.raises(StalePlanError) as caught,
    ):
        plan_saved(saved, settings_for(another), TODAY)
    assert "the ingest address was" in " ".join(caught.value.changes)
    assert settings.addresses.ingest in " ".join(caught.value.changes)


def test_somebody_elses_run_makes_it_stale(saved: Path, settings: Settings, site: Site) -> None:
    _apply(plan_manifests([site.manifest], settings, TODAY), settings)
    with pytest.raises(StalePlanError) as caught:
        plan_saved(saved, settings, TODAY)
    assert "one: the ledger moved on: create → nothing" in caught.value.changes[0]


def test_another_file_is_not_taken_for_a_ledger_that_moved_on(
    site: Site, settings: Settings, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.inject(Fault.parse("patch:status=403~a.insv"))
    _apply(plan_manifests([site.manifest], settings, TODAY), settings)
    _save(site, settings, tmp_path / "plan.json")
    site.record("a.insv", seed=9)
    with pytest.raises(StalePlanError) as caught:
        plan_saved(tmp_path / "plan.json", settings, TODAY)
    other, what = caught.value.changes
    assert other == "one: the file a.insv has other content"
    assert what.startswith("one: what is to be done: resume → upload")


@pytest.mark.parametrize("size", [8_000, 9_000], ids=["same size", "other size"])
def test_only_what_differs_is_named(saved: Path, settings: Settings, site: Site, size: int) -> None:
    site.record("a.insv", size, seed=9)
    with pytest.raises(StalePlanError) as caught:
        plan_saved(saved, settings, TODAY)
    assert caught.value.changes == ("one: the file a.insv has other content",)


def test_another_amount_to_send_is_named_in_bytes(
    saved: Path, settings: Settings, site: Site
) -> None:
    now = plan_manifests([site.manifest], settings, TODAY).plan
    data = json.loads(saved.read_text(encoding="utf-8"))
    data["walkthroughs"][0]["bytes_left"] = 12_000
    assert what_changed(data, now) == ("one: what is to be done: 12.0 kB → 8.0 kB to send",)


def test_a_ledger_that_moved_on_within_one_action_is_named_without_an_arrow(
    saved: Path, settings: Settings, site: Site
) -> None:
    now = plan_manifests([site.manifest], settings, TODAY).plan
    data = json.loads(saved.read_text(encoding="utf-8"))
    data["walkthroughs"][0]["known"] = "another fingerprint"
    (said,) = what_changed(data, now)
    assert said == "one: the ledger moved on: still create, no upload of it is known"


def test_an_interrupted_run_of_a_plan_does_not_make_it_stale(
    saved: Path, settings: Settings, sandbox: Sandbox
) -> None:
    sandbox.inject(Fault.parse("finish:status=422~one"))
    assert _apply(plan_saved(saved, settings, TODAY), settings).exit_status == 4
    again = plan_saved(saved, settings, TODAY)
    assert [walkthrough.action for walkthrough in again.plan.walkthroughs] == [
        Action.RESUME,
        Action.NOTHING,
    ]
    assert _apply(again, settings, "run-2").exit_status == 0
    assert not plan_saved(saved, settings, TODAY).plan.is_pending
    assert len(sandbox.objects()) == 2


def test_a_choice_in_a_saved_plan_is_carried_out_once(
    site: Site, settings: Settings, sandbox: Sandbox, tmp_path: Path
) -> None:
    _apply(plan_manifests([site.manifest], settings, TODAY), settings)
    again = tmp_path / "again.json"
    _save(site, settings, again, Choices(again=frozenset({"one"})))
    for run in ("run-2", "run-3"):
        assert _apply(plan_saved(again, settings, TODAY), settings, run).exit_status == 0
    assert [upload.name for upload in sandbox.objects()] == ["one", "two", "one"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "[" * 100_000, "\x00"])
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="is not a saved plan"):
        load_plan(path)


def _refusal(path: Path, change: Callable[[dict[str, Any]], object]) -> str:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_plan(path)
    return str(caught.value).replace(str(path), "plan.json")


def test_what_is_wrong_with_a_plan_is_said_in_plain_words(saved: Path) -> None:
    text = saved.read_text(encoding="utf-8")
    changes: list[Callable[[dict[str, Any]], object]] = [
        lambda data: data.update(sitewalk_plan="2.0"),
        lambda data: data.pop("addresses"),
        lambda data: data["walkthroughs"][1].pop("date"),
        lambda data: data["walkthroughs"][1].update(action="destroy"),
    ]
    said = []
    for change in changes:
        saved.write_text(text, encoding="utf-8")
        said.append(_refusal(saved, change))
    assert said == snapshot(
        [
            "plan.json is a plan of version 2.0, and this sitewalk reads 1.x",
            "the saved plan plan.json is damaged: `addresses` is missing",
            "the saved plan plan.json is damaged: `walkthroughs[1].date` is missing",
            "the saved plan plan.json is damaged: `walkthroughs[1].action` cannot be that",
        ]
    )


def test_a_plan_of_a_newer_minor_version_may_say_more(saved: Path, settings: Settings) -> None:
    data = json.loads(saved.read_text(encoding="utf-8"))
    data |= {"sitewalk_plan": "1.99", "weather": "dry"}
    data["walkthroughs"][0]["steps"] = 4_200
    saved.write_text(json.dumps(data), encoding="utf-8")
    assert plan_saved(saved, settings, TODAY).plan.is_pending


def test_the_schema_describes_every_key_of_a_plan(saved: Path) -> None:
    described = json.dumps(load_schema("plan")).replace(
        '"type": "object"', '"type": "object", "additionalProperties": false'
    )
    data = json.loads(saved.read_text(encoding="utf-8"))
    Draft202012Validator(json.loads(described)).validate(data)


def test_a_plan_holds_the_facts_of_its_recordings(saved: Path) -> None:
    data = json.loads(saved.read_text(encoding="utf-8"))
    (recording,) = data["walkthroughs"][0]["recordings"]
    about = [recording[key] for key in ("camera", "duration", "local_start")]
    assert about == ["Insta360 X4", 30.0, "2026-01-20T17:51:00"]


def test_a_plan_saved_before_recordings_were_read_still_holds(
    saved: Path, settings: Settings
) -> None:
    data = json.loads(saved.read_text(encoding="utf-8"))
    for walkthrough in data["walkthroughs"]:
        for recording in walkthrough["recordings"]:
            for key in ("camera", "duration", "local_start"):
                del recording[key]
    saved.write_text(json.dumps({**data, "sitewalk_plan": "1.0"}), encoding="utf-8")
    assert plan_saved(saved, settings, TODAY).plan.is_pending


def test_a_plan_names_its_manifest_from_its_own_folder(saved: Path) -> None:
    data = json.loads(saved.read_text(encoding="utf-8"))
    assert [manifest["path"] for manifest in data["manifests"]] == ["site/manifest.yaml"]
