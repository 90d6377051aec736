"""Moving a ledger, and rebuilding a lost one from the reports."""

import json
import os
import shutil
import stat

import pytest

from runner.base.errors import ExitStatus
from runner.ledger.address import LedgerAddress
from runner.ledger.store import read_events
from runner.sandbox import Fault, Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk


def _site(site: Site) -> None:
    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"]), walk("three", ["c.insv"]))
    for name in ("a.insv", "b.insv", "c.insv"):
        site.record(name)


def test_a_ledger_can_be_moved(sitewalk: Sitewalk, site: Site, sandbox: Sandbox) -> None:
    _site(site)
    sandbox.inject(Fault.parse("create:drop-after~two"))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DECISION
    status = sitewalk("status", "--format", "json").out
    assert sitewalk("ledger", "export", "ledger.jsonl").status == ExitStatus.DONE
    assert sitewalk("ledger", "import", "ledger.jsonl").status == ExitStatus.USAGE
    (site.folder / ".sitewalk" / "ledger.db").unlink()

    assert sitewalk("ledger", "import", "ledger.jsonl").status == ExitStatus.DONE

    assert sitewalk("status", "--format", "json").out == status
    before = len(sandbox.requests())
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DECISION
    assert len(sandbox.requests()) == before


def test_an_export_does_not_take_the_place_of_the_ledger(sitewalk: Sitewalk, site: Site) -> None:
    _site(site)
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    ledger = site.folder / ".sitewalk" / "ledger.db"
    before = ledger.read_bytes()

    ended = sitewalk("ledger", "export", str(ledger))

    assert ended.status == ExitStatus.USAGE
    assert "is the ledger itself" in ended.err
    assert ledger.read_bytes() == before


@pytest.mark.parametrize("name", ["manifest.yaml", "a.insv"])
def test_an_export_takes_the_place_of_no_other_file(
    sitewalk: Sitewalk, site: Site, name: str
) -> None:
    _site(site)
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    before = (site.folder / name).read_bytes()

    refused = sitewalk("ledger", "export", name)

    assert refused.status == ExitStatus.USAGE
    assert f"{name} is there already and is no export of a ledger" in refused.err
    assert "for example ledger.jsonl" in refused.err
    assert (site.folder / name).read_bytes() == before
    assert sitewalk("ledger", "export", "ledger.jsonl").status == ExitStatus.DONE
    assert sitewalk("ledger", "export", "ledger.jsonl").status == ExitStatus.DONE


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
def test_an_export_is_private_also_where_an_open_file_was(sitewalk: Sitewalk, site: Site) -> None:
    _site(site)
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    target = site.folder / "ledger.jsonl"
    target.touch(mode=0o644)

    assert sitewalk("ledger", "export", "ledger.jsonl").status == ExitStatus.DONE

    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_lost_ledger_is_rebuilt_from_reports(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    _site(site)
    sandbox.inject(Fault.parse("create:drop-after~two"), Fault.parse("finish:status=422~three"))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DECISION
    (site.folder / ".sitewalk" / "ledger.db").unlink()
    reports = [str(path) for path in site.folder.glob(".sitewalk/runs/*/results.json")]

    imported = sitewalk("ledger", "import", *reports)
    assert imported.status == ExitStatus.DONE
    assert "1 finished, 1 held, 1 unknown" in imported.err

    again = sitewalk("apply", "manifest.yaml", "--yes")
    assert again.status == ExitStatus.DECISION
    assert "3 walkthroughs: 1 done, 1 done already, 1 needs a decision" in again.out
    assert len(sandbox.objects()) == 3


def test_what_was_finished_stays_so_though_a_later_report_found_it_changed(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    """A walk is done, its end is changed for a while, and then the ledger is lost."""
    site.write(walk("one", ["a.insv"]))
    site.record("a.insv")
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    manifest = site.manifest.read_text(encoding="utf-8")
    site.manifest.write_text(manifest.replace("0.90, 0.15", "0.80, 0.15"), encoding="utf-8")
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DECISION
    site.manifest.write_text(manifest, encoding="utf-8")
    (site.folder / ".sitewalk" / "ledger.db").unlink()
    reports = sorted(map(str, site.folder.glob(".sitewalk/runs/*/results.json")), reverse=True)
    assert len(reports) == 2

    assert "1 finished, 0 held, 0 unknown" in sitewalk("ledger", "import", *reports).err

    before = len(sandbox.requests())
    again = sitewalk("apply", "manifest.yaml", "--yes")
    assert (again.status, "1 done already" in again.out) == (ExitStatus.DONE, True)
    assert len(sandbox.requests()) == before


def test_the_log_of_a_run_is_imported_as_its_events(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    _site(site)
    sandbox.inject(Fault.parse("finish:status=422~three"))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.FAILED
    assert sitewalk("ledger", "export", "log.jsonl").status == ExitStatus.DONE
    log = site.folder / "log.jsonl"
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    for event in events:
        event["data"].pop("url", None)  # whoever has a tus address can write to that upload
    log.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    (site.folder / ".sitewalk" / "ledger.db").unlink()
    reports = [str(path) for path in site.folder.glob(".sitewalk/runs/*/results.json")]

    imported = sitewalk("ledger", "import", *reports, "log.jsonl")

    assert imported.status == ExitStatus.DONE
    assert f"{len(events)} events in" in imported.err
    assert "2 finished, 0 held, 1 unknown" in imported.err
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    assert len(sandbox.objects()) == 3


def test_a_lost_ledger_is_rebuilt_from_the_log_of_a_killed_run(
    sitewalk: Sitewalk, site: Site
) -> None:
    _site(site)
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    (report,) = site.folder.glob(".sitewalk/runs/*/results.json")
    report.unlink()
    log = report.with_name("log.jsonl")
    log.unlink()
    assert sitewalk("ledger", "export", str(log)).status == ExitStatus.DONE
    (site.folder / ".sitewalk" / "ledger.db").unlink()
    refused = sitewalk("apply", "manifest.yaml", "--yes")
    assert refused.status == ExitStatus.USAGE
    assert "rebuild it: sitewalk ledger import .sitewalk/runs/*/log.jsonl" in refused.err
    assert sitewalk("ledger", "import", str(log)).status == ExitStatus.DONE
    assert "3 done already" in sitewalk("apply", "manifest.yaml", "--yes").out


def test_damaged_results_are_named_and_nothing_is_taken_in(sitewalk: Sitewalk, site: Site) -> None:
    _site(site)
    (site.folder / "results.json").write_text('{"sitewalk_results": "1.0"}', encoding="utf-8")
    ended = sitewalk("ledger", "import", "results.json")
    assert ended.status == ExitStatus.USAGE
    assert "the results in results.json are damaged: `run` is missing" in ended.err
    assert not read_events(LedgerAddress(str(site.folder / ".sitewalk" / "ledger.db")))


def test_what_a_killed_run_may_have_created_is_not_created_again_unseen(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    _site(site)
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    (report,) = site.folder.glob(".sitewalk/runs/*/results.json")
    told = report.read_text(encoding="utf-8")
    report.unlink()  # as a kill -9 leaves it
    (site.folder / ".sitewalk" / "ledger.db").unlink()

    refused = sitewalk("apply", "manifest.yaml", "--yes")

    assert refused.status == ExitStatus.USAGE
    assert "killed runs have left logs in .sitewalk/runs" in refused.err
    assert len(sandbox.objects()) == 3

    other = site.folder / ".sitewalk" / "runs" / "other" / "results.json"
    other.parent.mkdir()
    other.write_text(told, encoding="utf-8")
    imported = sitewalk("ledger", "import", str(other))
    assert imported.status == ExitStatus.DONE
    log = report.with_name("log.jsonl")
    assert f"a run was killed before it left a report: {log.as_posix()}" in imported.err


def test_what_is_neither_is_refused(sitewalk: Sitewalk, site: Site) -> None:
    _site(site)
    ended = sitewalk("ledger", "import", "manifest.yaml")
    assert ended.status == ExitStatus.USAGE
    assert "manifest.yaml is no export of a ledger: its first line is no event" in ended.err
    assert (
        "help: name exports of a ledger, or log.jsonl or results.json files of its runs"
        in ended.err
    )


def test_without_events_no_ledger_is_made(sitewalk: Sitewalk, site: Site) -> None:
    shutil.rmtree(site.folder / ".sitewalk")
    (site.folder / "empty.jsonl").touch()
    ended = sitewalk("ledger", "import", "empty.jsonl")
    assert ended.status == ExitStatus.USAGE
    assert "there are no events to import" in ended.err
    assert not (site.folder / ".sitewalk").exists()
