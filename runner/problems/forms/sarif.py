"""Problems as SARIF 2.1.0 (OASIS), which code-scanning services read."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from runner.base.version import VERSION
from runner.problems.problem import Place, Problem
from runner.problems.rules import ExplainedRule

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_HOME = "https://sitewalk.invalid/docs/"
_SENTENCE = re.compile(r".+?[.!?](?=\s|\Z)", re.DOTALL)
_LINE_NUMBER = re.compile(r"\bline \d+")

Address = Callable[[str], str]


def file_address(file: str) -> str:
    """A file as code scanning finds it: relative to its repository, else an absolute URI.

    Without a repository a relative path stays as it is, unless it leads out of the folder.
    """
    path = Path(os.path.abspath(file))  # noqa: PTH100 - links stay: git knows the link's name
    root = next((up for up in path.parents if (up / ".git").exists()), None)
    if root is not None:
        return quote(path.relative_to(root).as_posix())
    given = PurePath(file)
    return path.as_uri() if given.is_absolute() or ".." in given.parts else quote(given.as_posix())


def problems_sarif(
    problems: Sequence[Problem],
    rules: Mapping[str, ExplainedRule],
    address: Address = file_address,
) -> dict[str, Any]:
    """One run with all problems; `rules` by code, `address` makes a URI of a file's name."""
    codes = sorted({problem.code for problem in problems})
    driver = {
        "name": "sitewalk",
        "version": VERSION,
        "informationUri": f"{_HOME}manifest.md",
        "rules": [_rule(rules[code]) for code in codes],
    }
    uris = {file: address(file) for file in _files(problems)}
    results = [_result(problem, codes, uris) for problem in problems]
    _add_fingerprints(results, problems, uris)
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: ExplainedRule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": _first_sentence(rule.meaning)},
        "fullDescription": {"text": rule.meaning},
        "help": {"text": rule.text, "markdown": rule.text},
        "helpUri": f"{_HOME}rules.md#{rule.code.lower()}-{rule.name}-{rule.severity}",
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _first_sentence(text: str) -> str:
    found = _SENTENCE.match(text)
    return found[0] if found else text


def _files(problems: Sequence[Problem]) -> set[str]:
    places = [note.place for problem in problems for note in problem.notes]
    return {place.file for place in (*places, *(problem.place for problem in problems))}


def _add_fingerprints(
    results: Sequence[dict[str, Any]], problems: Sequence[Problem], uris: Mapping[str, str]
) -> None:
    """What makes a problem the same one after lines were added above it."""
    seen = Counter[str]()
    for result, problem in zip(results, problems, strict=True):
        message = _LINE_NUMBER.sub("line", problem.message)
        text = "\0".join((problem.code, uris[problem.place.file], message))
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[digest] += 1
        result["partialFingerprints"] = {"problem/v1": f"{digest}:{seen[digest]}"}


def _result(problem: Problem, codes: Sequence[str], uris: Mapping[str, str]) -> dict[str, Any]:
    text = f"{problem.message} (help: {problem.help})" if problem.help else problem.message
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": str(problem.severity),
        "message": {"text": text},
        "locations": [_location(problem.place, uris)],
    }
    if problem.notes:
        result["relatedLocations"] = [
            {**_location(note.place, uris), "message": {"text": note.message}}
            for note in problem.notes
        ]
    return result


def _location(place: Place, uris: Mapping[str, str]) -> dict[str, Any]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    artifact = {"uri": uris[place.file]}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}
