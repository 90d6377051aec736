"""Text that is written reads back as the same text, whoever reads it."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runner.manifest.yaml import builder
from runner.manifest.yaml.document import parse_document
from runner.manifest.yaml.scalars import in_quotes, quoted, quoted_in_brackets

_LOADERS: list[Any] = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]

_HARD = st.sampled_from(
    [
        "a: b",
        "a :b",
        "a, b",
        "a,b",
        "a]",
        "a}b",
        "a #b",
        "a:",
        "a::",
        "http://x/y:",
        "?a",
        "<<",
        "=",
    ]
) | st.sampled_from(
    [
        "007",
        "1e5",
        "~",
        "null",
        "Null",
        "yes",
        "oFF",
        "y",
        "- x",
        "{x",
        "[x",
        "&a",
        "*a",
        "!t",
        "'q",
    ]
)
_ODD = st.sampled_from(
    [
        "a\nb",
        "tab\t",
        " led",
        "trailing ",
        "a  b",
        "é😀",
        "\u2028",
        "\x85",
        "\x7f",
        "\ufeff",
        "\U000e0001",
    ]
) | st.sampled_from(["2026-01-20", "%a", "---", "...", "a ---", "TODO", "https://x.example/a?b=1"])
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_NEARLY_PLAIN = st.text("aN0-_./:, #'\"[]{}", max_size=8)
_ANY = _HARD | _ODD | _TEXT | _NEARLY_PLAIN


@pytest.fixture(params=_LOADERS, ids=["PyYAML", "libyaml"], scope="module")
def _loader(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "_LOADER", request.param)
        yield


def _read(text: str) -> Any:
    document, problems = parse_document(text.encode(), "m.yaml")
    assert problems == ()
    assert document is not None
    return document.data


@pytest.mark.usefixtures("_loader")
@given(_ANY)
def test_text_reads_back_on_a_line_and_in_brackets(text: str) -> None:
    assert _read(f"key: {quoted(text)} # and\nmore:\n  - {quoted(text)}\n") == {
        "key": text,
        "more": [text],
    }
    inner = quoted_in_brackets(text)
    assert _read(f"{{key: [{inner}, {inner}]}}") == {"key": [text, text]}


@pytest.mark.usefixtures("_loader")
@given(st.dictionaries(_TEXT, st.lists(_ANY)))
def test_json_reads_back(values: dict[str, list[str]]) -> None:
    assert _read(in_quotes({"values": values})) == {"values": values}


@given(_ANY.filter(lambda text: not text[:4].isdecimal()))
def test_readers_of_the_older_rules_find_the_same_text(text: str) -> None:
    assert yaml.safe_load(f"key: {quoted(text)}\n") == {"key": text}


@pytest.mark.parametrize(
    "text",
    ["level-2", "DCIM/VID_20260120_101500_00_001.insv", "Level 2, north", "a:b", "2026-01-20"],
)
def test_plain_text_stays_without_quotes(text: str) -> None:
    assert quoted(text) == text
