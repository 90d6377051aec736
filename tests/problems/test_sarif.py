"""SARIF 2.1.0 as its standard wants it, and what GitHub asks for beyond that."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from runner.manifest.meaning.checks import DUPLICATE_ID
from runner.problems.forms.sarif import file_address, problems_sarif
from runner.problems.problem import Note, Place
from runner.problems.rules import explained_rules
from tests.problems.examples import check


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


_TEXT = {"type": "string", "minLength": 1}
_FROM_ONE = {"type": "integer", "minimum": 1}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_MESSAGE = _object(["text"], text=_TEXT, markdown=_TEXT)
_REGION = _object(
    ["startLine", "startColumn", "endLine", "endColumn"],
    startLine=_FROM_ONE,
    startColumn=_FROM_ONE,
    endLine=_FROM_ONE,
    endColumn=_FROM_ONE,
)
_ARTIFACT = _object(["uri"], uri={"type": "string", "pattern": "^(file://)?[A-Za-z0-9%/._~-]+$"})
_PHYSICAL = _object(["artifactLocation", "region"], artifactLocation=_ARTIFACT, region=_REGION)
_LOCATION = _object(["physicalLocation"], physicalLocation=_PHYSICAL, message=_MESSAGE)
_RULE = _object(
    ["id", "shortDescription", "fullDescription", "help"],
    id=_TEXT,
    name=_TEXT,
    shortDescription=_MESSAGE,
    fullDescription=_MESSAGE,
    help=_MESSAGE,
    helpUri={"type": "string", "format": "uri"},
    defaultConfiguration=_object(["level"], level=_LEVEL),
)
_RESULT = _object(
    ["ruleId", "ruleIndex", "level", "message", "locations"],
    ruleId=_TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=_LEVEL,
    message=_MESSAGE,
    locations={"type": "array", "minItems": 1, "maxItems": 1, "items": _LOCATION},
    partialFingerprints={"type": "object", "additionalProperties": _TEXT},
    relatedLocations={"type": "array", "minItems": 1, "items": _LOCATION},
)
_DRIVER = _object(
    ["name", "rules"],
    name={"const": "sitewalk"},
    version=_TEXT,
    informationUri={"type": "string", "format": "uri"},
    rules={"type": "array", "items": _RULE},
)
_RUN = _object(
    ["tool", "results"],
    tool=_object(["driver"], driver=_DRIVER),
    columnKind={"const": "unicodeCodePoints"},
    results={"type": "array", "items": _RESULT},
)
_SCHEMA = _object(
    ["$schema", "version", "runs"],
    **{"$schema": {"type": "string", "pattern": "sarif-schema-2.1.0.json$"}},
    version={"const": "2.1.0"},
    runs={"type": "array", "minItems": 1, "maxItems": 1, "items": _RUN},
)
"""The part of the standard's schema that is used here, with nothing beyond it allowed."""


def _log(folder: Path) -> Any:
    problems = [
        problem
        for rule in explained_rules().values()
        for problem in check(rule.wrong, folder).problems[:20]
    ]
    return json.loads(json.dumps(problems_sarif(problems, explained_rules())))


def test_sarif_follows_the_standard(examples: Path) -> None:
    Draft202012Validator(_SCHEMA).validate(_log(examples))


def test_without_problems_it_still_does() -> None:
    Draft202012Validator(_SCHEMA).validate(problems_sarif([], explained_rules()))


def test_each_rule_is_described_once_and_pointed_at(examples: Path) -> None:
    run = _log(examples)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    found = {result["ruleId"] for result in run["results"]}
    assert [rule["id"] for rule in rules] == sorted(found)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_names_of_files_are_addresses_and_notes_are_related_locations() -> None:
    note = Note(Place("north/a b.yaml", 3, 4, 3, 9), "first used here")
    problem = DUPLICATE_ID.problem("twice", Place("é #1.yaml", 2, 1, 2, 5), "", (note,))
    log = problems_sarif([problem], explained_rules())
    Draft202012Validator(_SCHEMA).validate(log)
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "%C3%A9%20%231.yaml"
    }
    (related,) = result["relatedLocations"]
    assert related["message"] == {"text": "first used here"}
    assert related["physicalLocation"]["region"]["startLine"] == 3


def test_a_file_is_named_from_its_repository_else_by_its_whole_address(tmp_path: Path) -> None:
    repository = tmp_path / "site repo"
    (repository / ".git").mkdir(parents=True)
    inside = repository / "manifests" / "week é.yaml"
    outside = tmp_path / "week.yaml"
    assert file_address(str(inside)) == "manifests/week%20%C3%A9.yaml"
    assert file_address(str(outside)) == outside.as_uri()


def test_a_problem_is_known_again_after_lines_were_added_above_it(examples: Path) -> None:
    example = "version: 2\nnonsense: 1\nmore: 1\n"

    def fingerprints(text: str) -> list[Any]:
        log = problems_sarif(check(text, examples).problems, explained_rules())
        return [result["partialFingerprints"] for result in log["runs"][0]["results"]]

    before = fingerprints(example)
    assert fingerprints("# a line\n# another\n" + example) == before
    assert len({str(fingerprint) for fingerprint in before}) == len(before) > 1
