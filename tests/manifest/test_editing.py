import re
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from runner.base.errors import UsageError
from runner.manifest.edit.editing import add_ignored, set_positions
from runner.manifest.edit.positions import Positions
from runner.manifest.model import Position
from runner.manifest.schema.formats import parse_position
from runner.manifest.yaml.document import parse_document

WALK = ("walkthroughs", 0)
A, B, C = Position(0.12, 0.88), Position(0.9, 0.15), Position(0.5, 0.25)


def _set(walk: str, positions: Positions) -> str:
    """What becomes of the lines of one walkthrough."""
    text = "walkthroughs:\n  - id: a\n" + "".join(f"    {line}\n" for line in walk.splitlines())
    changed = set_positions(text.encode(), "m.yaml", WALK, positions).decode()
    return re.sub("^ {4}", "", changed.partition("- id: a\n")[2], flags=re.MULTILINE)


def test_values_are_replaced_in_the_style_they_have() -> None:
    walk = """\
start_position:   '0.1,0.2'  # the lift
end_position: 0.3,  0.4
target_points: 12 # as counted
files: [a.insv]
"""
    assert _set(walk, Positions(A, B, (C,))) == snapshot("""\
start_position:   '0.12,0.88'  # the lift
end_position: 0.9,  0.15
target_points: # as counted
  - "0.5, 0.25"
files: [a.insv]
""")


def test_latitude_and_longitude_are_set_one_by_one() -> None:
    walk = """\
start_position: {lat: 0.12, lng: 0.2}  # only one of them moves
end_position:
  lat: 0.3  # up
  lng: 0.4
"""
    assert _set(walk, Positions(A, B)) == snapshot("""\
start_position: {lat: 0.12, lng: 0.88}  # only one of them moves
end_position:
  lat: 0.9  # up
  lng: 0.15
""")


def test_missing_keys_are_written_where_a_reader_looks_for_them() -> None:
    walk = """\
drawing: level-2  # the second floor
name: |
  A walk
  in two lines

files: [a.insv]  # the last one
"""
    assert _set(walk, Positions(A, B, (C,))) == snapshot("""\
drawing: level-2  # the second floor
start_position: "0.12, 0.88"
end_position: "0.9, 0.15"
target_points:
  - "0.5, 0.25"
name: |
  A walk
  in two lines

files: [a.insv]  # the last one
""")


def test_marks_for_values_to_fill_in_are_filled_in() -> None:
    walk = """\
start_position: TODO  # pick it
end_position:         # and this
target_points: TODO
"""
    assert _set(walk, Positions(A, B, (C, A))) == snapshot("""\
start_position: "0.12, 0.88"  # pick it
end_position: "0.9, 0.15"         # and this
target_points:
  - "0.5, 0.25"
  - "0.12, 0.88"
""")


def test_points_that_stay_keep_their_comments() -> None:
    walk = """\
target_points:
  - "0.1,0.1"  # the door
  - 0.2, 0.2   # the stairs
  # nothing here
  - {lat: 0.3, lng: 0.3}
# the end
"""
    fewer, more = Positions(None, None, (A,)), Positions(None, None, (A, B, C, C))
    assert _set(walk, fewer) == snapshot("""\
target_points:
  - "0.12,0.88"  # the door
# the end
""")
    assert _set(walk, more) == snapshot("""\
target_points:
  - "0.12,0.88"  # the door
  - 0.9, 0.15   # the stairs
  # nothing here
  - {lat: 0.5, lng: 0.25}
  - "0.5, 0.25"
# the end
""")
    assert _set(walk, Positions(None, None, ())) == snapshot("""\
target_points: []
# the end
""")


def test_brackets_stay_brackets() -> None:
    routes = """\
routes:
  one: {drawing: a, target_points: ["0.1, 0.1", '0.2,0.2', ]}  # in brackets
  two: {"drawing": "a"}
  three: {}
"""
    for name in ("one", "two", "three"):
        raw = set_positions(routes.encode(), "m.yaml", ("routes", name), Positions(A, None, (B,)))
        routes = raw.decode()
    assert routes == snapshot("""\
routes:
  one: {drawing: a, start_position: "0.12, 0.88", target_points: ["0.9, 0.15"]}  # in brackets
  two: {"drawing": "a", "start_position": "0.12, 0.88", "target_points": ["0.9, 0.15"]}
  three: {start_position: "0.12, 0.88", target_points: ["0.9, 0.15"]}
""")


def test_what_is_so_already_is_left_alone() -> None:
    walk = 'start_position: ".12 ,0.880"\ntarget_points: [ {lat: 0.5,lng: .25} ]\n'
    assert _set(walk, Positions(A, None, (C,))) == walk


@pytest.mark.parametrize(
    "walk",
    [
        "- &one {id: a, start_position: '0.1, 0.2'}\n- *one",
        "- {id: a, start_position: &here '0.1, 0.2', end_position: *here}",
        "- {id: a, start_position: &here {lat: 0.1, lng: 0.2}, end_position: *here}",
        "- just text",
    ],
)
def test_what_another_value_shares_is_not_changed(walk: str) -> None:
    with pytest.raises(UsageError, match="does not let these positions alone"):
        set_positions(f"walkthroughs:\n{walk}\n".encode(), "m.yaml", WALK, Positions(A))


def test_a_value_written_as_an_alias_becomes_one_of_its_own() -> None:
    text = "walkthroughs:\n- start_position: &a '0.1,0.2'\n  end_position: *a\n"
    changed = set_positions(text.encode(), "m.yaml", WALK, Positions(None, B))
    assert changed.decode() == text.replace("*a", '"0.9,0.15"')


def test_a_drawing_is_named_where_there_is_none() -> None:
    named = Positions(A, drawing="level-2")
    assert _set("drawing: TODO # which?\n", named) == snapshot("""\
drawing: level-2 # which?
start_position: "0.12, 0.88"
""")
    assert _set("date: 2026-01-20\nfiles: [a.insv]\n", named) == snapshot("""\
date: 2026-01-20
drawing: level-2
start_position: "0.12, 0.88"
files: [a.insv]
""")
    assert _set("drawing: a\n", Positions(drawing='null, "x" ünï')) == snapshot(
        'drawing: "null, \\"x\\" ünï"\n'
    )
    assert _set("drawing: a\n", Positions(drawing="null")) == snapshot('drawing: "null"\n')


def test_what_is_removed_is_marked_where_it_is_needed() -> None:
    walk = """\
start_position: '0.1,0.2'  # the lift
end_position: {lat: 0.3, lng: 0.4}
target_points:  # as counted
  - "0.1, 0.1"  # the door
files: [a.insv]
"""
    removed = Positions(removed=frozenset({"start_position", "end_position", "target_points"}))
    assert _set(walk, removed) == snapshot("""\
start_position: TODO  # the lift
end_position: TODO
files: [a.insv]
""")
    assert _set("files: [a.insv]\n", removed) == "files: [a.insv]\n"


def test_what_the_route_has_goes_and_its_comment_stays() -> None:
    text = """\
routes:
  loop: {start_position: "0.1, 0.2", end_position: "0.3, 0.4"}
walkthroughs:
  - id: a
    start_position: "0.5, 0.5"
    end_position: "0.6, 0.6"  # ask Ann
    route: loop
"""
    removed = Positions(target_points=(A,), removed=frozenset({"start_position", "end_position"}))
    assert set_positions(text.encode(), "m.yaml", WALK, removed).decode() == snapshot("""\
routes:
  loop: {start_position: "0.1, 0.2", end_position: "0.3, 0.4"}
walkthroughs:
  - id: a
    # ask Ann
    route: loop
    target_points:
      - "0.12, 0.88"
""")


def test_a_number_of_points_stands_in_for_their_places() -> None:
    walk = "target_points:  # as counted\n  - 0.1, 0.1\n  - 0.2, 0.2\nname: A\n"
    assert _set(walk, Positions(target_points=12)) == snapshot("""\
target_points: 12  # as counted
name: A
""")
    assert _set("target_points: [] # none\n", Positions(target_points=3)) == snapshot(
        "target_points: 3 # none\n"
    )
    assert _set("drawing: a\n", Positions(target_points=0)) == snapshot("""\
drawing: a
target_points: 0
""")


def test_digits_are_plain_and_signs_stay() -> None:
    assert _set("drawing: a", Positions(Position(-1e-06, 53.3498051))) == snapshot("""\
drawing: a
start_position: "-0.000001, 53.3498051"
""")


_numbers = st.decimals(-90, 90, places=4).map(float)
_positions = st.builds(Position, _numbers, _numbers)
_wanted = st.builds(
    Positions,
    st.none() | _positions,
    st.none() | _positions,
    st.none() | st.lists(_positions, max_size=4).map(tuple),
)
_gaps = st.sampled_from(["", " ", "   "])
_remarks = st.sampled_from(["", "  # a: 'remark', [really]", " # ünï → 𝄞"])


@dataclass(frozen=True)
class _Draft:
    """A manifest whose text stands in pieces: what must stay, and between it what may change."""

    pieces: list[str]

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@st.composite
def _written(draw: st.DrawFn, *, flow: bool) -> str:
    """One position as somebody may have written it."""
    at = draw(_positions)
    gap = draw(_gaps)
    pair = f"{at}".replace(",", f",{gap}")
    forms = [f'"{pair}"', f"'{pair}'", f"{{lat: {at.lat:f}, lng: {at.lng:f}}}", "TODO", "null"]
    return draw(st.sampled_from(forms if flow else [*forms, pair, ""]))


@st.composite
def _lists(draw: st.DrawFn, *, flow: bool, indent: str) -> str:
    if draw(st.booleans()):
        return draw(st.sampled_from(["12", "0", "TODO"]))
    items = draw(st.lists(_written(flow=True), max_size=4))
    if flow or not items or draw(st.booleans()):
        return "[" + ", ".join(items) + draw(st.sampled_from(["]", " ]"]))
    inner = draw(st.sampled_from([indent, f"{indent}  ", f"{indent}    "]))
    return "".join(f"\n{inner}- {item}{draw(_remarks)}" for item in items)


@st.composite
def _drafts(draw: st.DrawFn) -> tuple[_Draft, tuple[str, str | int]]:
    flow, is_route = draw(st.booleans()), draw(st.booleans())
    indent = "    "
    fixed = st.sampled_from(["drawing: level-2", "name: ünï", "files: [a.insv]", "note: {a: [b]}"])
    entries = [("", entry) for entry in draw(st.lists(fixed, min_size=1, max_size=4, unique=True))]
    for key in draw(st.sets(st.sampled_from(["start_position", "end_position", "target_points"]))):
        values = _lists(flow=flow, indent=indent) if key[0] == "t" else _written(flow=flow)
        entries.insert(draw(st.integers(0, len(entries))), (key, draw(values)))
    pieces = ["# head\nproject: x\n", "routes:\n  loop:" if is_route else "walkthroughs:\n  -"]
    for at, (key, value) in enumerate(entries):
        if flow:
            start = " {" if at == 0 else ", "
        else:
            start = " " if at == 0 and not is_route else f"\n{indent}"
        pieces += [f"{start}{key}:" if key else start + value, f" {value}" if key else ""]
        pieces += ["" if flow or "\n" in value else draw(_remarks), ""]
    pieces += ["}" if flow else "", "", draw(st.sampled_from(["\n# tail\n", "\nlast: 1\n", ""]))]
    owner = ("routes", "loop") if is_route else ("walkthroughs", 0)
    breaks = draw(st.sampled_from(["\n", "\r\n"]))
    return _Draft([piece.replace("\n", breaks) for piece in pieces]), owner


def _understood(value: Any) -> Any:
    return [parse_position(point) for point in value] if isinstance(value, list) else value


@given(_drafts(), _wanted, st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_all_else_stays_byte_for_byte_and_reading_gives_what_was_set(
    drafted: tuple[_Draft, tuple[str, str | int]], wanted: Positions, bom: bytes
) -> None:
    draft, owner = drafted
    raw = bom + draft.text.encode()
    document, problems = parse_document(raw, "m.yaml")
    assert document is not None
    assert not problems
    changed = set_positions(raw, "m.yaml", owner, wanted)
    _assert_in_order(changed, [bom, *(piece.encode() for piece in draft.pieces[::2])])
    read, _ = parse_document(changed, "m.yaml")
    assert read is not None
    values = read.data[owner[0]][owner[1]]
    for key, value in wanted.by_key.items():
        if isinstance(value, Position):
            assert parse_position(values[key]) == value
        else:
            assert _understood(values[key]) == list(value) or (values[key] == 0 and not value)
    assert set_positions(changed, "m.yaml", owner, wanted) == changed


_keys = st.sampled_from(["start_position", "end_position", "target_points"])


@given(_drafts(), st.frozensets(_keys), st.frozensets(_keys), st.booleans())
def test_what_is_removed_takes_nothing_else_with_it(
    drafted: tuple[_Draft, tuple[str, str | int]],
    removed: frozenset[str],
    routed: frozenset[str],
    has_route: bool,  # noqa: FBT001 - drawn
) -> None:
    draft, owner = drafted
    text = draft.text
    if has_route and owner[0] == "walkthroughs":
        of_route = ", ".join(f'{key}: "1, 1"' for key in sorted(routed - {"target_points"}))
        text = f"routes: {{r: {{{of_route}}}}}\n" + text.replace("drawing: level-2", "route: r")
    raw = text.encode()
    before, problems = parse_document(raw, "m.yaml")
    assert before is not None
    assert not problems
    changed = set_positions(raw, "m.yaml", owner, Positions(removed=removed))
    after, _ = parse_document(changed, "m.yaml")
    assert after is not None
    old, new = (document.data[owner[0]][owner[1]] for document in (before, after))
    can_go = routed | {"target_points"} if "route" in old else {"target_points"}
    kept = {key: value for key, value in old.items() if key not in removed & can_go}
    assert new == {key: "TODO" if key in removed else value for key, value in kept.items()}
    assert after.data == {**before.data, owner[0]: after.data[owner[0]]}
    assert set_positions(changed, "m.yaml", owner, Positions(removed=removed)) == changed


def _assert_in_order(whole: bytes, pieces: list[bytes]) -> None:
    at = 0
    for piece in pieces:
        found = whole.find(piece, at)
        assert found >= 0, piece
        at = found + len(piece)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("version: 1", 'version: 1\nignore: [b.insv, "c: d"]\n'),
        ("version: 1\n# end\n", 'version: 1\n# end\nignore: [b.insv, "c: d"]\n'),
        ("version: 1\r\n", 'version: 1\r\nignore: [b.insv, "c: d"]\r\n'),
        ("ignore: []  # old\nversion: 1\n", 'ignore: [b.insv, "c: d"]  # old\nversion: 1\n'),
        ("ignore: [a] # x\n", 'ignore: [a, b.insv, "c: d"] # x\n'),
        ("ignore: [\n  a,\n]\n", 'ignore: [\n  a, b.insv, "c: d",\n]\n'),
        ("ignore:\n- a # x\nversion: 1\n", 'ignore:\n- a # x\n- b.insv\n- "c: d"\nversion: 1\n'),
        ("ignore:\n  - a", 'ignore:\n  - a\n  - b.insv\n  - "c: d"'),
    ],
)
def test_recordings_to_ignore_are_added_in_the_style_of_the_list(text: str, changed: str) -> None:
    assert add_ignored(text.encode(), "s.yaml", ["b.insv", "c: d"]).decode() == changed


@pytest.mark.parametrize("text", ["{version: 1}\n", "version: 1\n...\n", "- a\n", "ignore: a\n"])
def test_where_nothing_can_be_added_the_project_file_stays(text: str) -> None:
    with pytest.raises(UsageError, match="does not let `ignore` be added to"):
        add_ignored(text.encode(), "s.yaml", ["b.insv"])
