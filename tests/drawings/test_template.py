"""The template of the request that creates a drawing: nothing in it is guessed, or spliced."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.errors import UsageError
from runner.drawings.template import PLACEHOLDERS, VENDORS_PAGE, read_template, template_text

_TEXTS = st.text() | st.sampled_from([f"{{{name}}}" for name in PLACEHOLDERS])
_VALUES = st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text() | st.floats(-180, 180))


def _refusal(text: str) -> UsageError:
    with pytest.raises(UsageError) as refused:
        read_template(text.encode(), "drawing.template.json")
    assert "drawing.template.json" in str(refused.value)
    assert refused.value.help
    return refused.value


def test_what_is_written_has_the_public_part_and_refuses_the_rest() -> None:
    written = json.loads(template_text())
    assert written["overlay"]["url"] == "{url}"
    assert written["overlay"]["title"] == "{filename}"
    assert [written[edge] for edge in ("north", "south", "east", "west")] == [
        "{north}",
        "{south}",
        "{east}",
        "{west}",
    ]
    known = {"overlay", "north", "south", "east", "west"}
    assert all(key in known or key.startswith("TODO") for key in written)
    refused = _refusal(template_text())
    assert "still has a TODO: line 5, line 11, line 12, line 13" in str(refused)
    assert VENDORS_PAGE in refused.help


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"url": "{url}",', "is no JSON: expecting property name enclosed in double quotes in"),
        ('{"a": "{url}" "b"}', "line 1, column 15"),
        ("", "is no JSON"),
        ('["{url}"]', "is no JSON object"),
        ('{"a": "{url}", "a": 1}', "the key `a` stands twice"),
        ('{"a": "{url}", "b": NaN}', "NaN is no number"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": "{url}", "b": "{nord}"}', "names {nord}, which is no placeholder"),
        ('{"a": "{url}", "{name}": 1}', "a placeholder in the key `{name}`"),
        ('{"a": "{filename}"}', "the drawing would have no picture"),
        ('{"a": "{url}", "b": ["TODO"]}', "still has a TODO: line 1"),
        ('{"a": "{url}", "TODO": 1}', "still has a TODO: line 1"),
        ('{"a": "{url}", "b": "\\u0054ODO"}', "still has a TODO: in one of its texts"),
    ],
)
def test_what_cannot_be_filled_is_refused_with_its_place(text: str, message: str) -> None:
    assert message in str(_refusal(text))


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(UsageError, match="not UTF-8"):
        read_template(b"\xff\xfe", "t.json")


def test_a_placeholder_alone_becomes_the_value_and_others_become_text() -> None:
    raw = '\ufeff{"n": "{north}", "u": "http://portal/{file_id}", "deep": [{"x": "{north}!"}]}'
    body = read_template(raw.encode(), "t").filled({"north": 0.5, "file_id": 'a"b{north}'})
    assert body == {"n": 0.5, "u": 'http://portal/a"b{north}', "deep": [{"x": "0.5!"}]}


@given(
    body=st.recursive(
        _TEXTS | st.none() | st.booleans() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    values=_VALUES,
)
def test_no_value_changes_what_surrounds_it(body: Any, values: dict[str, Any]) -> None:
    try:
        template = read_template(json.dumps({"a": "{url}", "b": body}).encode(), "t")
    except UsageError:  # an accident of the search: an unknown name in braces
        return
    filled = template.filled(values)
    assert json.loads(json.dumps(filled)) == filled
    assert _shape(filled["b"]) == _shape(body)


def _shape(value: Any) -> Any:
    """The keys and lengths of what is nested, without its texts and numbers."""
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    return [_shape(item) for item in value] if isinstance(value, list) else None
