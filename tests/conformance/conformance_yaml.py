"""yaml-test-suite, read as manifests are: where the reading differs from YAML 1.2 is listed here.

docs/manifest.md says the same in words. `make conformance` runs this.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.manifest.yaml import builder
from runner.manifest.yaml.document import parse_document

_HERE = Path(__file__).parent
_EXPECTED = _HERE / "yaml.json"
_LOADERS = {"libyaml": getattr(yaml, "CSafeLoader", None), "pure": yaml.SafeLoader}


def _cases() -> Any:
    command = ["node", str(_HERE / "suite.mjs")]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def _values(text: str) -> Iterator[Any]:
    """The JSON values that stand one after the other in a text."""
    decoder, rest = json.JSONDecoder(), text.lstrip()
    while rest:
        value, end = decoder.raw_decode(rest)
        yield value
        rest = rest[end:].lstrip()


def _verdict(case: Any) -> str:
    """How the reading compares with the suite; empty where they agree, or a rule refuses it."""
    document, problems = parse_document(case["yaml"].encode(), case["id"])
    codes = {problem.code for problem in problems}
    if case["invalid"]:
        return "" if codes else "taken though invalid"
    if "M004" in codes:
        return "refused though valid"
    expected = [] if case["json"] is None else list(_values(case["json"]))
    if codes or document is None or not expected:
        return ""
    return "" if [document.data] == expected else "another value"


@pytest.mark.parametrize("name", _LOADERS)
def test_the_suite_is_read_as_listed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loader = _LOADERS[name]
    if loader is None:
        pytest.skip("this PyYAML has no libyaml")
    monkeypatch.setattr(builder, "_LOADER", loader)
    found: dict[str, list[str]] = {}
    cases = _cases()
    assert len(cases) == 402
    for case in cases:
        verdict = _verdict(case)
        if verdict:
            found.setdefault(verdict, []).append(case["id"])
    assert found == json.loads(_EXPECTED.read_text(encoding="utf-8"))[name]
