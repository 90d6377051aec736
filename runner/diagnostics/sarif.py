"""Problems as SARIF 2.1.0 (OASIS), which code-scanning services read."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from runner.problems import Place, Problem
from runner.rules.explained import ExplainedRule
from runner.version import VERSION

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def problems_sarif(
    problems: Sequence[Problem], rules: Mapping[str, ExplainedRule]
) -> dict[str, Any]:
    """One run with all problems; `rules` by code."""
    codes = sorted({problem.code for problem in problems})
    driver = {
        "name": "sitewalk",
        "version": VERSION,
        "rules": [_rule(rules[code]) for code in codes],
    }
    results = [_result(problem, codes) for problem in problems]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: ExplainedRule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.name},
        "fullDescription": {"text": rule.meaning},
        "help": {"text": rule.text, "markdown": rule.text},
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _result(problem: Problem, codes: Sequence[str]) -> dict[str, Any]:
    text = f"{problem.message} (help: {problem.help})" if problem.help else problem.message
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": str(problem.severity),
        "message": {"text": text},
        "locations": [_location(problem.place)],
    }
    if problem.notes:
        result["relatedLocations"] = [
            {**_location(note.place), "message": {"text": note.message}} for note in problem.notes
        ]
    return result


def _location(place: Place) -> dict[str, Any]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    artifact = {"uri": quote(place.file)}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}
