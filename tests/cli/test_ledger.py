"""Moving a ledger, and rebuilding a lost one from the reports."""

from runner.exit_status import ExitStatus
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


def test_a_lost_ledger_is_rebuilt_from_reports(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    _site(site)
    sandbox.inject(Fault.parse("create:drop-after~two"), Fault.parse("finish:status=422~three"))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DECISION
    (site.folder / ".sitewalk" / "ledger.db").unlink()
    reports = [str(path) for path in site.folder.glob(".sitewalk/runs/*/results.json")]

    assert sitewalk("ledger", "import", *reports).status == ExitStatus.DONE

    again = sitewalk("apply", "manifest.yaml", "--yes")
    assert again.status == ExitStatus.DECISION
    assert "3 walkthroughs: 1 done, 1 done already, 1 held" in again.out
    assert len(sandbox.objects()) == 3


def test_what_is_neither_is_refused(sitewalk: Sitewalk, site: Site) -> None:
    _site(site)
    ended = sitewalk("ledger", "import", "manifest.yaml")
    assert ended.status == ExitStatus.USAGE
    assert "manifest.yaml, line 1, is no event of a ledger" in ended.err
