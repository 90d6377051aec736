"""What editors insert from the manifest's schema: complete, and right as it stands."""

import json
import re
from typing import Any

from runner.base.schemas import load_schema
from runner.manifest.reading import read_manifest
from tests.problems.examples import TODAY, complete

_STOP = re.compile(r"\$\{\d+:([^}]*)\}")
_NUMBER = re.compile(r'"\^(\d+)"')


def _inserted(schema: Any) -> Any:
    """The snippet's body as the editor inserts it: stops become their words, `^6143` a number."""
    (snippet,) = schema["defaultSnippets"]
    text = _STOP.sub(r"\1", json.dumps(snippet["body"]))
    return json.loads(_NUMBER.sub(r"\1", text))


def _problems(text: str) -> list[str]:
    return [problem.code for problem in read_manifest(text.encode(), "week.yaml", TODAY).problems]


def test_a_whole_manifest_is_valid_as_inserted() -> None:
    assert _problems(json.dumps(_inserted(load_schema("manifest")))) == []


def test_a_walkthrough_is_valid_as_inserted() -> None:
    walkthrough = _inserted(load_schema("manifest")["$defs"]["walkthrough"])
    assert _problems(complete(f"walkthroughs: [{json.dumps(walkthrough)}]\n")) == []


def test_every_pattern_has_words_for_people() -> None:
    text = json.dumps(load_schema("manifest"))
    assert text.count('"pattern": ') == text.count('"patternErrorMessage": ') > 0
