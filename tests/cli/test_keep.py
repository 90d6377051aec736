"""One decision about a changed route: the uploads stay as they are, and nothing waits any more."""

from runner.base.errors import ExitStatus
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import HEAD, Site, walk


def test_a_changed_route_is_one_decision(site: Site, sitewalk: Sitewalk, sandbox: Sandbox) -> None:
    walks = [walk("one", ["a.insv"]), walk("two", ["b.insv"]), walk("three", ["c.insv"])]
    site.write(*walks)
    for name in ("a.insv", "b.insv", "c.insv"):
        site.record(name)
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    site.write(*walks, head=HEAD.replace("0.90, 0.15", "0.80, 0.25"))
    plan = sitewalk("plan", "manifest.yaml")
    assert plan.status == ExitStatus.DECISION
    assert "sitewalk resolve one --keep" in plan.out
    sent = len(sandbox.requests())
    alone = sitewalk("resolve", "one", "--keep", "--yes")
    assert alone.status == ExitStatus.DONE
    assert (
        "3 walkthroughs: 1 done already, 2 need a decision" in sitewalk("plan", "manifest.yaml").out
    )
    rest = sitewalk("resolve", "--route", "loop", "--keep", "--yes")
    assert "end_position: 0.9,0.15 → 0.8,0.25" in rest.err
    assert "settled: 2 walkthroughs" in rest.err
    assert sitewalk("plan", "manifest.yaml").status == ExitStatus.DONE
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    assert len(sandbox.requests()) == sent
    assert "sitewalk resolve --route loop" in sitewalk("status").out


def test_what_did_not_change_is_not_kept(site: Site, sitewalk: Sitewalk) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    sitewalk("apply", "manifest.yaml", "--yes")
    ended = sitewalk("resolve", "one", "--keep", "--yes")
    assert ended.status == ExitStatus.USAGE
    assert "`one` has not changed since it was uploaded" in ended.err
    assert sitewalk("resolve", "--changed", "--yes").status == ExitStatus.USAGE
