from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from runner.base.schemas import load_schema
from runner.manifest.reading import read_manifest
from runner.manifest.yaml.document import parse_document
from runner.problems.rules import ExplainedRule, explained_rules
from tests.problems.examples import TODAY, complete


def _schemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for child in value.values():
            yield from _schemas(child)


def test_the_schema_names_types_first_and_unknown_keys_before_required_ones() -> None:
    for schema in _schemas(load_schema("manifest")):
        words = [word for word in schema if word not in {"title", "description", "$schema", "$id"}]
        assert words[0] == "type"
        if {"additionalProperties", "required"} <= schema.keys():
            assert words.index("additionalProperties") < words.index("required")


@pytest.mark.parametrize("rule", explained_rules().values(), ids=lambda rule: rule.code)
def test_editors_that_know_draft_07_only_say_the_same(rule: ExplainedRule) -> None:
    schema = load_schema("manifest")
    for example in (rule.wrong, rule.right):
        document, _ = parse_document(complete(example).encode(), "week.yaml")
        if document:
            valid = Draft202012Validator(schema).is_valid(document.data)
            assert Draft7Validator(schema).is_valid(document.data) == valid


@pytest.mark.parametrize(
    ("written", "meant"),
    [("nmae: x", "name"), ("Name: x", "name"), ("start: x", None), ("file: [x]", "files")],
)
def test_an_unknown_key_is_met_with_the_one_that_was_meant(written: str, meant: str | None) -> None:
    text = complete("project: evercam\n") + "#\n"
    text = text.replace("    date:", f"    {written}\n    date:")
    (problem,) = read_manifest(text.encode(), "week.yaml", TODAY).problems
    assert problem.code == "M012"
    assert problem.help.startswith(f"did you mean `{meant}`?" if meant else "known here: ")
