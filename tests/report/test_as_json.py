"""Results leave the program as their schema says, and come back the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from runner.base.errors import UsageError
from runner.base.schemas import load_schema
from runner.report.forms.as_json import results_from_json, results_json
from tests.report.hostile import results
from tests.report.schemas import check_described


@given(st.text())
def test_every_key_is_described_and_there(text: str) -> None:
    data = json.loads(json.dumps(results_json(results(text))))
    check_described("results", data)


@given(st.text())
def test_what_is_read_back_is_what_was_written(text: str) -> None:
    data = json.loads(json.dumps(results_json(results(text))))
    assert results_from_json(data) == results(text)


def _newer(value: Any) -> Any:
    """The value as a newer minor version might write it: with a key more in every object."""
    if isinstance(value, list):
        return [_newer(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {**{key: _newer(entry) for key, entry in value.items()}, "added_later": True}


def test_a_newer_minor_version_is_read_and_valid() -> None:
    data = {**_newer(results_json(results("a"))), "sitewalk_results": "1.99"}
    Draft202012Validator(load_schema("results")).validate(json.loads(json.dumps(data)))
    assert results_from_json(data) == results("a")


def test_an_older_minor_version_is_read() -> None:
    data = results_json(results("a"))
    for key in ("timeline", "rebuilt", "killed"):
        del data[key]
    for walkthrough in data["walkthroughs"]:
        del walkthrough["retries"]
        for recording in walkthrough["recordings"]:
            del recording["started"], recording["ended"]
    read = results_from_json(data)
    assert read.walkthroughs[0].recordings[0].name == "a"
    assert read.timeline.tracks == ()


def test_another_major_version_is_refused() -> None:
    with pytest.raises(UsageError, match=r"format 2\.0"):
        results_from_json({**results_json(results("a")), "sitewalk_results": "2.0"})
