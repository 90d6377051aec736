"""A whole run in one thread, since vcrpy is not safe in several."""

from runner.flow.apply import apply_plan
from runner.flow.context import Runtime
from runner.flow.plan import plan_manifests
from runner.ledger.lock import Holder
from runner.ledger.store import Ledger
from runner.report.results import Results
from runner.settings import Settings
from tests.sites import TODAY, InlineExecutor, Site

HOLDER = Holder("walker", "laptop", 1, "2026-01-21T08:00:00+00:00", "sitewalk apply")


def run_site(site: Site, settings: Settings) -> Results:
    """Apply a site's manifest."""
    planned = plan_manifests([site.manifest], settings, TODAY)
    with Ledger.open(planned.ledger) as ledger:
        return apply_plan(planned, settings, ledger, InlineExecutor(), Runtime("run-1", HOLDER))
