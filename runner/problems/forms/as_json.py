"""Problems as JSON for other programs; schemas/problems.schema.json describes it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from runner.problems.problem import Problem
from runner.problems.rules import ExplainedRule

VERSION = "1.0"
"""Minor versions add keys, major versions break."""


def problems_json(
    problems: Sequence[Problem], rules: Mapping[str, ExplainedRule]
) -> dict[str, Any]:
    """All problems as plain values; `rules` by code."""
    found = [{**asdict(problem), "rule": rules[problem.code].name} for problem in problems]
    return {"sitewalk_problems": VERSION, "problems": found}
