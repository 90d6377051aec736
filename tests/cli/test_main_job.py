"""The main job as a user runs it: validate, plan, apply, apply again."""

import json

from jsonschema import Draft202012Validator

from runner.base.errors import ExitStatus
from runner.base.schemas import load_schema
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk


def _two_walks(site: Site) -> None:
    site.write(walk("one", ["a.insv", "b.insv"]), walk("two", ["c.insv"], date="20-01-2026"))
    for name in ("a.insv", "b.insv", "c.insv"):
        site.record(name, 300_000)


def test_from_manifest_to_report(sitewalk: Sitewalk, site: Site, sandbox: Sandbox) -> None:
    _two_walks(site)
    assert sitewalk("validate", "manifest.yaml").status == ExitStatus.DONE
    assert sitewalk("plan", "manifest.yaml", "-o", "plan.json").status == ExitStatus.DONE
    assert not sandbox.requests(), "neither of them sends anything"

    applied = sitewalk("apply", "plan.json", "--yes")

    assert applied.status == ExitStatus.DONE
    assert "2 walkthroughs: 2 done" in applied.out
    assert sorted(upload.name for upload in sandbox.objects()) == ["one", "two"]
    assert all(recording.complete for recording in sandbox.recordings())
    assert {upload.processing_status for upload in sandbox.objects()} == {"processing"}


def test_a_second_run_sends_nothing(sitewalk: Sitewalk, site: Site, sandbox: Sandbox) -> None:
    _two_walks(site)
    sitewalk("apply", "manifest.yaml", "--yes")
    before = len(sandbox.requests())
    again = sitewalk("apply", "manifest.yaml")
    assert again.status == ExitStatus.DONE
    assert len(sandbox.requests()) == before
    assert "2 walkthroughs: 2 done already" in again.out


def test_a_walk_with_another_id_waits_for_a_person(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    _two_walks(site)
    sitewalk("apply", "manifest.yaml", "--yes")
    site.write(walk("other", ["a.insv", "b.insv"]))
    renamed = sitewalk("apply", "manifest.yaml", "--yes", "--format", "json")
    assert renamed.status == ExitStatus.DECISION
    (walkthrough,) = json.loads(renamed.out)["walkthroughs"]
    assert [recording["outcome"] for recording in walkthrough["recordings"]] == [
        "not_sent",
        "not_sent",
    ]
    assert len(sandbox.objects()) == 2

    assert sitewalk("apply", "manifest.yaml", "--yes", "--again", "other").status == ExitStatus.DONE
    assert sorted(upload.name for upload in sandbox.objects()) == ["one", "other", "two"]


def test_what_is_uploaded_is_what_lies_on_disk(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    _two_walks(site)
    results = json.loads(sitewalk("apply", "manifest.yaml", "--yes", "--format", "json").out)
    stored = {recording.filename: recording.sha256() for recording in sandbox.recordings()}
    reported = {
        recording["name"]: recording["sha256"]
        for walkthrough in results["walkthroughs"]
        for recording in walkthrough["recordings"]
    }
    assert reported == stored


def test_json_that_leaves_the_program_follows_its_schema(sitewalk: Sitewalk, site: Site) -> None:
    _two_walks(site)
    plan = json.loads(sitewalk("plan", "manifest.yaml", "--format", "json").out)
    results = json.loads(sitewalk("apply", "manifest.yaml", "--yes", "--format", "json").out)
    status = json.loads(sitewalk("status", "--format", "json").out)
    Draft202012Validator(load_schema("plan")).validate(plan)
    Draft202012Validator(load_schema("status")).validate(status)
    Draft202012Validator(load_schema("results")).validate(results)


def test_pending_changes_are_an_exit_status_only_on_demand(sitewalk: Sitewalk, site: Site) -> None:
    _two_walks(site)
    assert sitewalk("plan", "manifest.yaml").status == ExitStatus.DONE
    detailed = sitewalk("plan", "manifest.yaml", "--detailed-exitcode")
    assert detailed.status == ExitStatus.PENDING
    sitewalk("apply", "manifest.yaml", "--yes")
    assert sitewalk("plan", "manifest.yaml", "--detailed-exitcode").status == ExitStatus.DONE


def test_a_plan_can_ask_the_servers_without_changing_anything(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    _two_walks(site)
    planned = sitewalk("plan", "manifest.yaml", "--online")
    assert planned.status == ExitStatus.DONE
    assert "accepts the credentials" in planned.err
    assert {request.step for request in sandbox.requests()} == {"login", "options"}


def test_every_run_leaves_its_report(sitewalk: Sitewalk, site: Site) -> None:
    _two_walks(site)
    sitewalk("apply", "manifest.yaml", "--yes")
    (folder,) = (site.folder / ".sitewalk" / "runs").iterdir()
    assert {path.name for path in folder.iterdir()} == {"results.json", "report.html", "log.jsonl"}
    assert (site.folder / ".sitewalk" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert "2 walkthroughs: 2 done" in sitewalk("report").out


def test_tus_ids_and_secrets_stay_inside(sitewalk: Sitewalk, site: Site, sandbox: Sandbox) -> None:
    _two_walks(site)
    planned = sitewalk("plan", "manifest.yaml", "-o", "plan.json")
    applied = sitewalk("apply", "plan.json", "--yes")
    status = sitewalk("status")
    reports = [path.read_text(encoding="utf-8") for path in site.folder.glob(".sitewalk/runs/*/*")]
    texts = [planned.out, applied.out, applied.err, status.out, *reports]
    texts.append((site.folder / "plan.json").read_text(encoding="utf-8"))
    ids = [recording.file_id for recording in sandbox.recordings()]
    for text in texts:
        assert not [secret for secret in (*ids, sandbox.password) if secret in text]
