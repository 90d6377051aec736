"""The id of a drawing is written into a project file that else stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from runner.base.errors import UsageError
from runner.manifest.edit.editing import set_drawing_id
from runner.manifest.yaml.document import parse_document


def _set(text: str, name: str = "level-3", id_: int = 6143) -> str:
    return set_drawing_id(text.encode(), "sitewalk.yaml", name, id_).decode()


def test_it_becomes_the_first_key_and_comments_stay() -> None:
    text = """\
drawings: # floor plans
  level-2: {id: 6142}
  level-3: # the new one
    # as the architect sent it
    image: level-3.png # 300 dpi
    map_style: blank
ignore: []
"""
    assert _set(text) == snapshot("""\
drawings: # floor plans
  level-2: {id: 6142}
  level-3: # the new one
    # as the architect sent it
    id: 6143
    image: level-3.png # 300 dpi
    map_style: blank
ignore: []
""")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{image: a.png}", "{id: 6143, image: a.png}"),
        ('{"image": "a.png"}', '{"id": 6143, "image": "a.png"}'),
        ("{ image: a.png, id: 7 } # x", "{ image: a.png, id: 6143 } # x"),
        ("&new {image: a.png}", "&new {id: 6143, image: a.png}"),
    ],
)
def test_it_takes_the_style_that_is_there(before: str, after: str) -> None:
    assert _set(f"drawings:\n  level-3: {before}\n") == f"drawings:\n  level-3: {after}\n"


@pytest.mark.parametrize(
    "text",
    [
        "drawings:\n  level-2: &a {image: a.png}\n  level-3: *a\n",
        "drawings:\n  level-3:\n",
        "drawings: {}\n",
        "drawings: [\n",
    ],
)
def test_what_cannot_be_set_alone_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        _set(text)
    assert "write `id: 6143` there yourself" in refused.value.help


@given(
    names=st.lists(st.sampled_from(["a", "b", "level-3", "ü 3"]), min_size=1, unique=True),
    newline=st.sampled_from(["\n", "\r\n"]),
    is_block=st.booleans(),
    id_=st.integers(1, 10**18 - 1),
    bom=st.booleans(),
)
def test_nothing_but_the_id_changes(
    names: list[str], newline: str, *, is_block: bool, id_: int, bom: bool
) -> None:
    body = "\n    image: a.png # c" if is_block else " {image: a.png} # c"
    text = "drawings:\n" + "".join(f"  {name}:{body}\n" for name in names) + "# end"
    raw = b"\xef\xbb\xbf" * bom + text.replace("\n", newline).encode()
    changed = set_drawing_id(raw, "sitewalk.yaml", names[0], id_)
    document, problems = parse_document(changed, "sitewalk.yaml")
    assert document is not None
    assert not problems
    images = {name: {"image": "a.png"} for name in names}
    assert document.data == {"drawings": {**images, names[0]: {"image": "a.png", "id": id_}}}
    added = len(changed) - len(raw)
    at = next(n for n in range(len(raw) + 1) if changed[:n] + changed[n + added :] == raw)
    assert str(id_).encode() in changed[at - 5 : at + added + 5]
