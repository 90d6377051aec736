# ruff: noqa: E501 - rendered text stands here as people see it
"""One decision about a changed route: the uploads stay as they are, and nothing waits any more."""

import pytest
from inline_snapshot import snapshot

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
    assert plan.out.partition("\n\n")[2] == snapshot("""\
? decide 3 walkthroughs: changed since it was uploaded
    one (one)
    two (two)
    three (three)
    end_position: 0.9,0.15 → 0.8,0.25
    → to link their uploads again as they are now: sitewalk apply manifest.yaml --refinish --changed
    → to leave the uploads as they are, which counts as done: sitewalk resolve --changed --keep
    → to leave the old values with them: put them back, and give a changed route another name
    → to upload one anew besides the old one: sitewalk apply manifest.yaml --again ID

3 walkthroughs: 3 need a decision; 0 B to send
""")
    applied = sitewalk("apply", "manifest.yaml", "--yes")
    assert applied.out == snapshot("""\
needs a decision 3 walkthroughs: changed since it was uploaded (end_position: 0.9,0.15 → 0.8,0.25)
                 one
                 two
                 three
                 → to link their uploads again as they are now: sitewalk apply manifest.yaml --refinish --changed
                 → to leave the uploads as they are, which counts as done: sitewalk resolve --changed --keep
                 → to leave the old values with them: put them back, and give a changed route another name
                 → to upload one anew besides the old one: sitewalk apply manifest.yaml --again ID

3 walkthroughs: 3 need a decision; 0 B sent in 0 s
""")
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


@pytest.mark.parametrize("which", [("--changed",), ("--route", "loop"), ("--route=loop",)])
def test_a_changed_route_is_linked_again_in_one_go(
    site: Site, sitewalk: Sitewalk, sandbox: Sandbox, which: tuple[str, ...]
) -> None:
    walks = [walk("one", ["a.insv"]), walk("two", ["b.insv"])]
    site.write(*walks)
    for name in ("a.insv", "b.insv"):
        site.record(name)
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    site.write(*walks, head=HEAD.replace("0.90, 0.15", "0.80, 0.25"))
    command = ("apply", "manifest.yaml", "--yes", "--refinish", *which)
    assert "2 to finish" in sitewalk("plan", "manifest.yaml", "--refinish", *which).out
    assert sitewalk(*command).status == ExitStatus.DONE
    ends = {upload.finish and str(upload.finish.end_position) for upload in sandbox.objects()}
    assert ends == snapshot({"0.8,0.25"})
    sent = len(sandbox.requests())
    assert sitewalk(*command).status == ExitStatus.DONE  # nothing is left to be linked again
    assert len(sandbox.requests()) == sent


def test_a_route_that_nobody_walks_is_refused(site: Site, sitewalk: Sitewalk) -> None:
    site.write(walk("one", ["a.insv"]))
    site.record("a.insv")
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--refinish", "--route", "lop")
    assert ended.status == ExitStatus.USAGE
    assert "no walkthrough is on a route `lop`" in ended.err


def test_what_did_not_change_is_not_kept(site: Site, sitewalk: Sitewalk) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    sitewalk("apply", "manifest.yaml", "--yes")
    ended = sitewalk("resolve", "one", "--keep", "--yes")
    assert ended.status == ExitStatus.USAGE
    assert "`one` has not changed since it was uploaded" in ended.err
    assert sitewalk("resolve", "--changed", "--yes").status == ExitStatus.USAGE
