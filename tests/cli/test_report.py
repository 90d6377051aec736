"""Reports of past runs, from the folders they left and from the ledger."""

import codecs
import csv
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from runner.base.errors import ExitStatus
from runner.base.schemas import load_schema
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk

RUNS = Path(".sitewalk") / "runs"


@pytest.fixture
def applied(sitewalk: Sitewalk, site: Site) -> Site:
    """A site with two walkthroughs that were uploaded."""
    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))
    site.record("a.insv")
    site.record("b.insv")
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    return site


def test_a_report_outlives_its_folder(sitewalk: Sitewalk, applied: Site) -> None:
    stored = sitewalk("report").out
    shutil.rmtree(applied.folder / RUNS)
    rebuilt = sitewalk("report")
    assert rebuilt.status == ExitStatus.DONE
    assert rebuilt.out == stored + "This report was rebuilt from the ledger.\n"
    assert sitewalk("report", "--manifest", "manifest.yaml").out == rebuilt.out


@pytest.mark.parametrize("form", ["json", "markdown", "junit", "csv", "html"])
def test_every_form_can_be_rebuilt(
    sitewalk: Sitewalk, applied: Site, form: str, sandbox: Sandbox
) -> None:
    shutil.rmtree(applied.folder / RUNS)
    result = sitewalk("report", "--format", form)
    assert result.status == ExitStatus.DONE
    assert "two" in result.out
    assert not [
        recording.file_id for recording in sandbox.recordings() if recording.file_id in result.out
    ]
    if form == "json":
        Draft202012Validator(load_schema("results")).validate(json.loads(result.out))


def test_excel_and_scripts_read_the_csv(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["büro.insv"]))
    site.record("büro.insv")
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    for options in ([], ["--since", "2026-01-01"]):
        csv_bytes = sitewalk("report", "--format", "csv", *options).out.encode()
        assert csv_bytes.startswith(codecs.BOM_UTF8)
        (row,) = csv.DictReader(csv_bytes.decode("utf-8-sig").splitlines())
        assert (row["project"], row["file"]) == ("evercam", "büro.insv")


def test_status_names_the_run_that_report_shows(sitewalk: Sitewalk, applied: Site) -> None:
    (folder,) = (applied.folder / RUNS).iterdir()
    run = folder.name.rpartition("-")[2]
    assert f"  {run}  " in sitewalk("status").out
    assert sitewalk("report", run).out == sitewalk("report").out


def test_a_run_without_an_end_is_the_last_one(sitewalk: Sitewalk, applied: Site) -> None:
    (folder,) = (applied.folder / RUNS).iterdir()
    (folder / "results.json").unlink()  # what a killed run leaves is its log
    connection = sqlite3.connect(applied.folder / ".sitewalk" / "ledger.db")
    connection.execute("DELETE FROM events WHERE kind IN ('run_ended', 'finished')")
    connection.commit()
    connection.close()
    result = sitewalk("report")
    assert "2 walkthroughs: 2 interrupted" in result.out
    assert "it was killed" in result.out


def test_a_killed_run_is_reported_from_its_log_where_the_ledger_is_gone(
    sitewalk: Sitewalk, applied: Site
) -> None:
    (folder,) = (applied.folder / RUNS).iterdir()
    (folder / "results.json").unlink()
    log = folder / "log.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.write_text("".join(lines[:-2]) + lines[-2][:20], encoding="utf-8")  # cut by the kill
    (applied.folder / ".sitewalk" / "ledger.db").unlink()
    result = sitewalk("report")
    assert result.status == ExitStatus.DONE
    assert "2 walkthroughs: 1 done, 1 interrupted" in result.out
    assert "log.jsonl" in result.err


def test_a_damaged_report_gives_way_to_the_ledger(sitewalk: Sitewalk, applied: Site) -> None:
    (folder,) = (applied.folder / RUNS).iterdir()
    (folder / "results.json").write_text("[]", encoding="utf-8")
    result = sitewalk("report")
    assert result.status == ExitStatus.USAGE
    assert "delete that folder" in result.err
    shutil.rmtree(folder)
    assert "2 walkthroughs: 2 done" in sitewalk("report").out


def test_a_run_that_is_not_there_names_those_that_are(sitewalk: Sitewalk, applied: Site) -> None:
    (folder,) = (applied.folder / RUNS).iterdir()
    result = sitewalk("report", "nosuch")
    assert result.status == ExitStatus.USAGE
    assert folder.name in result.err
    assert sitewalk("report", folder.name.rpartition("-")[2]).status == ExitStatus.DONE


def test_without_any_run_the_way_out_is_named(sitewalk: Sitewalk, site: Site) -> None:
    shutil.rmtree(site.folder / ".sitewalk")
    result = sitewalk("report")
    assert result.status == ExitStatus.USAGE
    assert "--manifest" in result.err
    assert not list(site.folder.iterdir())


@pytest.mark.usefixtures("applied")
def test_a_period_is_reported_from_the_ledger(sitewalk: Sitewalk) -> None:
    result = sitewalk("report", "--since", "2026-01-01")
    assert result.status == ExitStatus.DONE
    assert "2026-01-20  on Evercam        one: 1 file" in result.out
    assert "2 walks on 1 drawing, 2 on Evercam" in result.out
    assert "0 walks" in sitewalk("report", "--since", "2026-01-21").out
    assert "2 walks" in sitewalk("report", "--since", "01-01-2026", "--project", "evercam").out
    assert "2 walks" in sitewalk("report", "--since", "520w").out
    assert "0 walks" in sitewalk("report", "--since", "0d").out
    html = sitewalk(
        "report", "--since", "2026-01-01", "--format", "html", "--manifest", "manifest.yaml"
    )
    assert "Week by week" in html.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--since", "2026-01-01", "last"), "a run or of a period"),
        (("--project", "evercam"), "--project goes with --since"),
        (("--since", "2126-01-01"), "still to come"),
        (("--since", "2026-01-01", "--format", "junit"), "JUnit XML tells a single run"),
        (("--since", "9999999d"), "write a day like 2026-11-01, or 7d"),
        (("--since", "yesterday"), "write a day like 2026-11-01, or 7d"),
        (("--since", "2026-01-01", "--project", "other"), "it knows `evercam`"),
    ],
)
@pytest.mark.usefixtures("applied")
def test_what_does_not_go_together_is_said(
    sitewalk: Sitewalk, options: tuple[str, ...], said: str
) -> None:
    result = sitewalk("report", *options)
    assert result.status == ExitStatus.USAGE
    assert said in result.err


@pytest.mark.usefixtures("applied")
def test_a_manifest_that_is_not_there_has_no_report(sitewalk: Sitewalk) -> None:
    for options in ([], ["--since", "2026-01-01"]):
        result = sitewalk("report", "--manifest", "nope.yaml", *options)
        assert result.status == ExitStatus.INVALID
        assert "cannot read the manifest" in result.err
        assert not result.out


def test_a_period_without_a_ledger_names_the_way_out(sitewalk: Sitewalk, site: Site) -> None:
    shutil.rmtree(site.folder / ".sitewalk")
    result = sitewalk("report", "--since", "2026-01-01")
    assert result.status == ExitStatus.USAGE
    assert "--manifest" in result.err
    assert not list(site.folder.iterdir())


@pytest.mark.parametrize("options", [(), ("--since", "2026-01-01"), ("--format", "json")])
def test_no_ledger_is_said(sitewalk: Sitewalk, site: Site, options: tuple[str, ...]) -> None:
    shutil.rmtree(site.folder / ".sitewalk")
    site.write(walk("one", ["a.insv"]))
    ended = sitewalk("report", *options)
    assert ended.status == ExitStatus.USAGE
    assert f"there is no ledger at {Path('.sitewalk') / 'ledger.db'}" in ended.err
    assert not ended.out
    assert not (site.folder / ".sitewalk").exists()
