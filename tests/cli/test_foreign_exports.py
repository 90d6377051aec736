"""An export that somebody mended by hand, or made up, is refused or harmless: no crash later."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.base.errors import SitewalkError
from runner.evercam.addresses import Addresses
from runner.ledger.fold import fold_all
from runner.ledger.lines import from_lines
from runner.ledger.state import usable_at
from runner.plan.text import last_speed
from runner.report.fold import results_of_run
from runner.report.forms.as_json import results_json
from runner.report.forms.text import results_text
from runner.report.past_runs import require_results
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk

_WRONG: list[Any] = [
    "x",
    "1",
    -5,
    1.5,
    [],
    ["x"],
    {},
    {"x": "y"},
    {"x": []},
    None,
    True,
    float("inf"),
]


def _read_all(text: str) -> None:
    events = list(from_lines(text))
    require_results(events, "export")
    for state in fold_all(events).values():
        usable_at(state, Addresses().tus)
        dict(state.link.get("recordings", {}).items())
    last_speed(events)
    results = results_of_run(events)
    results_text(results)
    json.dumps(results_json(results))


@pytest.mark.slow
def test_a_value_of_another_kind_is_refused_or_read_by_all(site: Site, sitewalk: Sitewalk) -> None:
    site.record("a.insv")
    site.write(walk("a", ["a.insv"]))
    sitewalk("apply", "manifest.yaml", "--yes")
    sitewalk("ledger", "export", "export.jsonl")
    lines = Path("export.jsonl").read_text(encoding="utf-8").splitlines()
    _read_all("\n".join(lines))
    refused = 0
    for number, line in enumerate(lines):
        for changed in _changes(json.loads(line)):
            try:
                _read_all("\n".join([*lines[:number], json.dumps(changed), *lines[number + 1 :]]))
            except SitewalkError:
                refused += 1
    assert refused


def _changes(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for wrong in _WRONG:
        yield from ({**event, key: wrong} for key in event)
        yield from ({**event, "data": {**event["data"], key: wrong}} for key in event["data"])
