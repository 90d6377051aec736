"""Adding changes nothing that is there: what people wrote by hand is theirs."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from runner.base.errors import UsageError
from runner.manifest.edit.adding import Entry, add_walkthroughs
from runner.manifest.yaml.document import parse_document
from runner.manifest.yaml.scalars import quoted
from runner.problems.problem import InvalidManifestError

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
_HARD = st.sampled_from(
    ["a: b", "a #b", "007", "1e5", "~", "null", "yes", "- x", "{x", "[x", "&a", "*a", "!t", "'q"]
) | st.sampled_from(
    ["a\nb", "tab\t", " led", "trailing ", "colon:", "é😀", "\u2028", "\x85", "2026-01-20", "%a"]
)
_VALUE = _HARD | _TEXT

_ENTRIES = st.lists(
    st.builds(
        lambda id_, files, comment: Entry(
            {"id": id_, "date": "2026-01-20", "drawing": "TODO", "files": files},
            {"drawing": comment, "files": comment},
        ),
        _VALUE,
        st.lists(_VALUE, min_size=1, max_size=3),
        _VALUE,
    ),
    min_size=1,
    max_size=3,
)

_BLOCK_ITEMS = st.lists(
    st.sampled_from(
        [
            ["- id: a", "  files: [x, y]  # two"],
            ["-   id: 'b'", "    files:", "    - x # why", "    # about b"],
            ["-", "  id: c", "  name: |+", "    kept", "", ""],
            ["- id: d", "  name: >-", "    folded", "    text"],
            ["- {id: e, files: ['x']}"],
            ["- &anchor {id: f}", "- *anchor"],
            ["- id: g", "  name:"],
            ["- id: h", '  name: "two', '    lines"', "  # and a comment", "# - id: old"],
            ["- id: i", "  name: two", "    plain lines"],
            ["- id: j # no more"],
        ]
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def _block_lists(draw: st.DrawFn) -> list[str]:
    indent = " " * draw(st.integers(0, 4))
    between = draw(st.sampled_from([[], [""], ["", "  # ---"]]))
    lines = ["walkthroughs:" + draw(st.sampled_from(["", " # all of them"]))]
    for item in draw(_BLOCK_ITEMS):
        lines += [indent + line if line else line for line in item] + between
    return lines


_FLOW_LISTS = st.sampled_from(
    [
        ["walkthroughs: []"],
        ["walkthroughs: [ # none yet", "  ]"],
        ["walkthroughs: [{id: a}]  # one"],
        ["walkthroughs: [{id: a}, {id: b}, ]"],
        ["walkthroughs: [", "  {id: a}, # one", "  {id: b} # , two", " ]"],
        ["walkthroughs: [", "    {id: a, files: [x]},", "    {id: b},", "  ]"],
        ["walkthroughs: [", "    {id: a},", "    {id: b}", "  ]"],
        ["walkthroughs:"],
        ["walkthroughs: # to come", "  # here"],
        [],
    ]
)
_BEFORE = st.lists(
    st.sampled_from(["# a comment", "", "version: 1", "'project': evercam", 'x: {y: ["z"]}']),
    unique=True,
)
_AFTER = st.lists(
    st.sampled_from(["", "# the end", "routes: {}", "uploaded_by: a@b.c # me", "...", "  # in"]),
    unique=True,
)


@st.composite
def _manifests(draw: st.DrawFn) -> bytes:
    middle = draw(_block_lists() | _FLOW_LISTS)
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    lines = [*draw(_BEFORE), "first: 1", *middle, *draw(_AFTER)]
    text = newline.join(lines) + draw(st.sampled_from(["", newline, newline * 2]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


_JSON = b'{"version": 1,\n "walkthroughs": [\n  {"id": "a"}\n ]\n}\n'


@given(_manifests(), _ENTRIES)
@example(_JSON, [Entry({"id": "b", "files": ["x"]})])
def test_all_that_was_there_still_is(raw: bytes, entries: list[Entry]) -> None:
    before, problems = parse_document(raw, "m.yaml")
    assume(before is not None and not problems)
    assert before is not None
    after = add_walkthroughs(raw, "m.yaml", entries)
    _one_piece_was_put_in(raw, after)
    written, problems = parse_document(after, "m.yaml")
    assert written is not None
    assert problems == ()
    old = before.data.get("walkthroughs") or []
    assert written.data.pop("walkthroughs") == [*old, *(entry.data for entry in entries)]
    before.data.pop("walkthroughs", None)
    assert written.data == before.data
    assert (b"\r\n" in after) == (b"\r\n" in raw)


def _one_piece_was_put_in(raw: bytes, after: bytes) -> None:
    head = next((i for i, (a, b) in enumerate(zip(raw, after, strict=False)) if a != b), len(raw))
    assert after.endswith(raw[head:])
    assert len(after) > len(raw)


@given(_VALUE)
def test_every_text_reads_back(text: str) -> None:
    document, problems = parse_document(f"key: {quoted(text)} # and\n".encode(), "m.yaml")
    assert problems == ()
    assert document is not None
    assert document.data == {"key": text}


_NEW = Entry({"id": "new", "files": ["a.insv"]}, {"id": "Insta360 X5"})


def _added(text: str) -> str:
    return add_walkthroughs(text.encode(), "m.yaml", [_NEW]).decode()


def test_a_list_goes_on_in_its_own_style() -> None:
    text = """\
version: 1
walkthroughs:
- id: a

- id: b
  files: [b.insv] # both lenses
  # walked twice

routes: {}
"""
    assert _added(text) == snapshot("""\
version: 1
walkthroughs:
- id: a

- id: b
  files: [b.insv] # both lenses
  # walked twice

- id: new # Insta360 X5
  files:
    - a.insv

routes: {}
""")


def test_an_empty_list_in_brackets_is_filled_line_by_line() -> None:
    assert _added('{\n  "walkthroughs": [\n  ]\n}\n') == snapshot("""\
{
  "walkthroughs": [
    {"id": "new", "files": ["a.insv"]}
  ]
}
""")


def test_a_list_in_brackets_stays_in_brackets() -> None:
    assert _added('walkthroughs: [\n  {"id": "a"},\n]\n') == snapshot("""\
walkthroughs: [
  {"id": "a"},
  {"id": "new", "files": ["a.insv"]}
]
""")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("walkthroughs: {a: 1}\n", "M014"),
        ("- id: a\n", "M014"),
        ("walkthroughs: [\n", "M004"),
        ("a: 1\na: 2\n", "M010"),
    ],
)
def test_what_is_no_manifest_is_shown_as_validate_does(text: str, code: str) -> None:
    with pytest.raises(InvalidManifestError) as refused:
        _added(text)
    assert [problem.code for problem in refused.value.problems] == [code]


@pytest.mark.parametrize(
    "text", ["walkthroughs: ~\n", "{version: 1}\n", "walkthroughs: &a\n- *b\n"]
)
def test_where_there_is_no_place_it_says_so(text: str) -> None:
    with pytest.raises((UsageError, InvalidManifestError)):
        _added(text)
