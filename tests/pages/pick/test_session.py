"""A picking session writes positions and nothing else, and never over somebody else's change."""

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from runner.base.errors import DecisionError, UsageError
from runner.manifest.edit.positions import Positions
from runner.manifest.model import Position
from runner.pages.pick.session import PickSession, parse_positions
from runner.problems.problem import InvalidManifestError
from tests.drawings.pictures import whole_png

TODAY = dt.date(2026, 1, 26)
MANIFEST = """\
version: 1
project: evercam  # ours
drawings:
  level-2: {id: 6143, image: level-2.png}
walkthroughs:
  - id: a         # the key
    date: 2026-01-20
    drawing: level-2
    start_position: TODO
    files: [a.insv]
"""
A, B = Position(0.12, 0.88), Position(0.9, 0.15)


def _session(folder: Path, text: str = MANIFEST) -> PickSession:
    (folder / "m.yaml").write_text(text, encoding="utf-8")
    return PickSession(folder / "m.yaml", TODAY)


def test_positions_are_written_and_the_rest_stays(tmp_path: Path) -> None:
    session = _session(tmp_path)
    session.save("level-2", "walkthroughs/a", Positions(A))
    session.save("level-2", "walkthroughs/a", Positions(None, B, (A,)))
    assert (tmp_path / "m.yaml").read_text(encoding="utf-8") == snapshot("""\
version: 1
project: evercam  # ours
drawings:
  level-2: {id: 6143, image: level-2.png}
walkthroughs:
  - id: a         # the key
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.9, 0.15"
    target_points:
      - "0.12, 0.88"
    files: [a.insv]
""")
    assert [path.name for path in tmp_path.iterdir()] == ["m.yaml"]


def test_what_is_removed_is_marked_as_to_be_filled_in(tmp_path: Path) -> None:
    session = _session(tmp_path)
    session.save("level-2", "walkthroughs/a", Positions(A, B, (A,)))
    removed = Positions(removed=frozenset({"end_position", "target_points"}))
    session.save("level-2", "walkthroughs/a", removed)
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert '    start_position: "0.12, 0.88"\n    end_position: TODO\n    files: [a.insv]\n' in text
    session.save("level-2", "walkthroughs/a", Positions(removed=frozenset({"start_position"})))
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert text == MANIFEST.replace(": TODO\n", ": TODO\n    end_position: TODO\n")


def test_a_walk_without_a_drawing_is_put_on_none_by_what_is_removed(tmp_path: Path) -> None:
    session = _session(tmp_path, MANIFEST.replace("level-2\n    start_position: TODO", "TODO"))
    session.save("level-2", "walkthroughs/a", Positions(removed=frozenset({"start_position"})))
    assert "drawing: TODO" in (tmp_path / "m.yaml").read_text(encoding="utf-8")


def test_a_walk_without_a_drawing_is_put_on_the_one_it_is_picked_on(tmp_path: Path) -> None:
    session = _session(tmp_path, MANIFEST.replace("drawing: level-2", "drawing: TODO  # which?"))
    session.save("level-2", "walkthroughs/a", Positions(A, B))
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert "    drawing: level-2  # which?\n" in text
    assert session.canvas(session.drawing(None)).subjects[0].is_undecided is False


def test_a_file_that_somebody_else_changed_is_left_alone(tmp_path: Path) -> None:
    session = _session(tmp_path)
    changed = MANIFEST.replace("# ours", "# theirs")
    (tmp_path / "m.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(DecisionError, match="has changed since it was opened"):
        session.save("level-2", "walkthroughs/a", Positions(A))
    assert (tmp_path / "m.yaml").read_text(encoding="utf-8") == changed
    session.reload()
    session.save("level-2", "walkthroughs/a", Positions(A))
    assert "# theirs" in (tmp_path / "m.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("positions", "message"),
    [
        (Positions(A, A), "the walk ends where it starts"),
        (Positions(Position(1.5, 0.5), A), "is not on a blank drawing"),
    ],
)
def test_positions_that_validate_would_refuse_are_not_written(
    positions: Positions, message: str, tmp_path: Path
) -> None:
    session = _session(tmp_path)
    with pytest.raises(InvalidManifestError) as refused:
        session.save("level-2", "walkthroughs/a", positions)
    assert message in refused.value.problems[0].message
    assert (tmp_path / "m.yaml").read_text(encoding="utf-8") == MANIFEST


def test_other_mistakes_do_not_stop_the_picking(tmp_path: Path) -> None:
    session = _session(tmp_path, MANIFEST.replace("2026-01-20", "2027-01-20"))
    session.save("level-2", "walkthroughs/a", Positions(A, B))


def test_a_link_is_followed_and_rights_are_kept(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    _session(tmp_path / "real")
    (tmp_path / "real" / "m.yaml").chmod(0o640)
    (tmp_path / "link.yaml").symlink_to(Path("real") / "m.yaml")
    session = PickSession(tmp_path / "link.yaml", TODAY)
    session.save("level-2", "walkthroughs/a", Positions(A))
    assert (tmp_path / "link.yaml").is_symlink()
    assert "0.12, 0.88" in (tmp_path / "real" / "m.yaml").read_text(encoding="utf-8")
    assert os.name == "nt" or (tmp_path / "real" / "m.yaml").stat().st_mode & 0o777 == 0o640


def test_a_canvas_without_a_picture_says_why(tmp_path: Path) -> None:
    session = _session(tmp_path)
    canvas = session.canvas(session.drawing(None))
    assert canvas.picture is None
    assert canvas.remark.startswith("The image level-2.png is not there")
    (tmp_path / "level-2.png").write_bytes(whole_png(40, 20))
    assert session.canvas(session.drawing("level-2")).frame.aspect == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("level-2: {id", "level-3: {id: 6144}\n  level-2: {id"), "there are several drawings"),
        (("drawing: level-2", "drawing: level-3"), "no walkthrough or route of"),
        (("image: level-2.png", "map_style: satellite"), "nothing says where on Earth"),
    ],
)
def test_what_cannot_be_picked_on_is_refused_with_help(
    change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    session = _session(tmp_path, MANIFEST.replace(*change))
    with pytest.raises(UsageError, match=message) as refused:
        session.canvas(session.drawing(None))
    assert refused.value.help


def test_a_manifest_without_a_drawing_is_refused_with_its_problems(tmp_path: Path) -> None:
    with pytest.raises(InvalidManifestError) as refused:
        _session(tmp_path, "version: 1\n")
    assert refused.value.problems
    with pytest.raises(InvalidManifestError):
        PickSession(tmp_path / "missing.yaml", TODAY)


def test_without_a_drawing_only_the_placeholders_of_drawings_are_reported(
    tmp_path: Path,
) -> None:
    text = MANIFEST.replace("evercam  # ours", "TODO").replace("id: 6143", "id: TODO")
    with pytest.raises(InvalidManifestError) as refused:
        _session(tmp_path, text.replace("[a.insv]", "[TODO]"))
    messages = [problem.message for problem in refused.value.problems]
    assert messages == snapshot(
        [
            "`id` of drawing `level-2` is still to be filled in",
            "walkthrough `a` has no `end_position`",
        ]
    )


def test_what_the_page_sends_becomes_positions() -> None:
    end = {"lat": 0.5, "lng": 1}
    assert parse_positions({"end": end, "points": []}) == Positions(None, Position(0.5, 1.0), ())
    assert parse_positions({"points": 12}) == Positions(target_points=12)


def test_what_the_page_sends_as_null_is_removed() -> None:
    request_data = {"subject": "routes/a", "start": None, "points": None}
    assert parse_positions(request_data) == Positions(
        removed=frozenset({"start_position", "target_points"})
    )


@pytest.mark.parametrize(
    "request_data",
    [
        {"start": {"lat": 1}},
        {"start": {"lat": float("nan"), "lng": 1}},
        {"start": {"lat": 1e300, "lng": 1}},
        {"start": {"lat": "north", "lng": 1}},
        {"start": [1, 2]},
        {"points": -7},
        {"points": True},
        {"points": 7.0},
        {"points": [Decimal(1)]},
    ],
)
def test_what_no_page_sends_is_refused(request_data: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        parse_positions(request_data)
