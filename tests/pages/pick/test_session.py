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
from runner.manifest.reading import read_manifest, read_project
from runner.pages.pick.session import PickSession, parse_positions
from runner.problems.problem import InvalidManifestError

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


def _save(session: PickSession, key: str, positions: Positions) -> None:
    changed = session.changed({key: positions})
    session.require_unchanged()
    session.write(changed)


def _session(folder: Path, text: str = MANIFEST) -> PickSession:
    (folder / "m.yaml").write_text(text, encoding="utf-8")
    return PickSession(folder / "m.yaml", TODAY)


def test_positions_are_written_and_the_rest_stays(tmp_path: Path) -> None:
    session = _session(tmp_path)
    _save(session, "walkthroughs/a", Positions(A))
    _save(session, "walkthroughs/a", Positions(None, B, (A,)))
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
    _save(session, "walkthroughs/a", Positions(A, B, (A,)))
    removed = Positions(removed=frozenset({"end_position", "target_points"}))
    _save(session, "walkthroughs/a", removed)
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert '    start_position: "0.12, 0.88"\n    end_position: TODO\n    files: [a.insv]\n' in text
    _save(session, "walkthroughs/a", Positions(removed=frozenset({"start_position"})))
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert text == MANIFEST.replace(": TODO\n", ": TODO\n    end_position: TODO\n")


def test_what_is_removed_puts_no_walk_on_a_drawing(tmp_path: Path) -> None:
    session = _session(tmp_path, MANIFEST.replace("level-2\n    start_position: TODO", "TODO"))
    _save(session, "walkthroughs/a", Positions(removed=frozenset({"start_position"})))
    assert "drawing: TODO" in (tmp_path / "m.yaml").read_text(encoding="utf-8")


def test_a_walk_without_a_drawing_is_put_on_the_one_it_is_picked_on(tmp_path: Path) -> None:
    session = _session(tmp_path, MANIFEST.replace("drawing: level-2", "drawing: TODO  # which?"))
    _save(session, "walkthroughs/a", Positions(A, B, drawing="level-2"))
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert "    drawing: level-2  # which?\n" in text


def test_a_file_that_somebody_else_changed_is_left_alone(tmp_path: Path) -> None:
    session = _session(tmp_path)
    changed = MANIFEST.replace("# ours", "# theirs")
    (tmp_path / "m.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(DecisionError, match="has changed since it was opened"):
        _save(session, "walkthroughs/a", Positions(A))
    assert (tmp_path / "m.yaml").read_text(encoding="utf-8") == changed
    session.reload()
    _save(session, "walkthroughs/a", Positions(A))
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
        _save(session, "walkthroughs/a", positions)
    assert message in refused.value.problems[0].message
    assert (tmp_path / "m.yaml").read_text(encoding="utf-8") == MANIFEST


def test_other_mistakes_do_not_stop_the_picking(tmp_path: Path) -> None:
    session = _session(tmp_path, MANIFEST.replace("2026-01-20", "2027-01-20"))
    _save(session, "walkthroughs/a", Positions(A, B))


def test_a_link_is_followed_and_rights_are_kept(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    _session(tmp_path / "real")
    (tmp_path / "real" / "m.yaml").chmod(0o640)
    (tmp_path / "link.yaml").symlink_to(Path("real") / "m.yaml")
    session = PickSession(tmp_path / "link.yaml", TODAY)
    _save(session, "walkthroughs/a", Positions(A))
    assert (tmp_path / "link.yaml").is_symlink()
    assert "0.12, 0.88" in (tmp_path / "real" / "m.yaml").read_text(encoding="utf-8")
    assert os.name == "nt" or (tmp_path / "real" / "m.yaml").stat().st_mode & 0o777 == 0o640


ROUTED = """\
version: 1
project: evercam
drawings:
  level-2: {id: 6143}
routes:
  loop: {drawing: level-2, start_position: "0.1, 0.2", end_position: "0.3, 0.4"}
walkthroughs:
  - id: a           # the key
    date: 2026-01-20
    drawing: TODO   # which floor?
    start_position: TODO # GPS: 53.1, -6.2
    end_position: TODO
    files: [a.insv]
  - {id: b, date: 2026-01-20, drawing: level-2, start_position: "0.5, 0.5", files: [b.insv]}
"""


def test_a_route_takes_the_place_of_what_waits_to_be_filled_in_and_comments_stay(
    tmp_path: Path,
) -> None:
    session = _session(tmp_path, ROUTED)
    changes = {f"walkthroughs/{id_}": Positions(route="loop") for id_ in "ab"}
    session.write(session.changed(changes))
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert text.partition("walkthroughs:\n")[2] == snapshot("""\
  - id: a           # the key
    date: 2026-01-20
    route: loop
    # which floor?
    # GPS: 53.1, -6.2
    files: [a.insv]
  - {id: b, date: 2026-01-20, route: loop, files: [b.insv]}
""")
    _save(session, "walkthroughs/a", Positions(removed=frozenset({"route"})))
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert text.partition("walkthroughs:\n")[2] == snapshot("""\
  - id: a           # the key
    date: 2026-01-20
    drawing: TODO
    start_position: TODO
    end_position: TODO
    # which floor?
    # GPS: 53.1, -6.2
    files: [a.insv]
  - {id: b, date: 2026-01-20, route: loop, files: [b.insv]}
""")


def test_a_route_of_the_project_file_can_be_taken(tmp_path: Path) -> None:
    begin, end = ROUTED.index("routes:"), ROUTED.index("walkthroughs:")
    project = f"version: 1\n{ROUTED[begin:end]}"
    shared = read_project(project.encode(), "sitewalk.yaml")
    (tmp_path / "m.yaml").write_text(ROUTED[:begin] + ROUTED[end:], encoding="utf-8")
    session = PickSession(tmp_path / "m.yaml", TODAY, shared)
    assert list(session.routes()) == ["loop"]
    _save(session, "walkthroughs/a", Positions(route="loop"))
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert "TODO" not in text
    assert read_manifest(text.encode(), "m.yaml", TODAY, shared).drafts[0].route == "loop"


def test_what_is_no_longer_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no walkthroughs/z"):
        _session(tmp_path).changed({"walkthroughs/z": Positions(A)})


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
    request_data = {"subject": "routes/a", "start": None, "points": None, "route": "loop"}
    assert parse_positions(request_data) == Positions(
        removed=frozenset({"start_position", "target_points"}), route="loop"
    )


@pytest.mark.parametrize(
    "request_data",
    [
        {"start": {"lat": 1}},
        {"start": {"lat": float("nan"), "lng": 1}},
        {"start": {"lat": 1e300, "lng": 1}},
        {"start": {"lat": "north", "lng": 1}},
        {"start": [1, 2]},
        {"route": 7},
        {"drawing": ["level-2"]},
        {"points": -7},
        {"points": True},
        {"points": 7.0},
        {"points": [Decimal(1)]},
    ],
)
def test_what_no_page_sends_is_refused(request_data: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        parse_positions(request_data)
