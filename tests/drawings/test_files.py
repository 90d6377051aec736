import os
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from runner.drawings.child import PictureError
from runner.drawings.picture import DrawingLimits, PictureLoader, load_picture
from runner.problems.forms.text import problems_concise
from runner.problems.problem import has_errors
from tests.drawings.hostile import TOO_DEEP
from tests.drawings.pictures import SVG, png
from tests.problems.examples import check


def _said(drawing: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (folder / "site").mkdir()
    monkeypatch.chdir(folder / "site")
    return problems_concise(check(f"drawings:\n  level-2: {drawing}\n", Path()).problems)


def test_each_problem_points_at_the_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = _said("{id: 6143, image: drawings/level-2.dwg}", tmp_path, monkeypatch)
    assert text == snapshot(
        "week.yaml:11:30: M062 the image `drawings/level-2.dwg` is neither PNG, JPEG, SVG nor PDF\n"
    )


def test_a_drawing_that_attacks_is_one_warning_at_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "deep.svg").write_bytes(TOO_DEEP)
    monkeypatch.chdir(tmp_path / "site")
    drawing = "{id: 6143, image: deep.svg}"
    found = check(f"drawings:\n  level-2: {drawing}\n", Path()).problems
    assert problems_concise(found) == snapshot("""\
week.yaml:11:30: M063 the image `deep.svg` breaks what draws it, or takes more than 1.0 GB of memory
""")
    assert not has_errors(found)


@pytest.mark.parametrize("name", ["../a.png", "/etc/a.png", "C:a.png", "in\\a.png", "link.png"])
def test_nothing_outside_the_folder_is_read(name: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "a.png").write_bytes(png(4, 3))
    (site / "link.png").symlink_to(tmp_path / "a.png")
    with pytest.raises(PictureError) as refused:
        load_picture(site, name)
    assert refused.value.rule.code == "M060"


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(4, 3))
    (tmp_path / "link.png").symlink_to("a.png")
    assert load_picture(tmp_path, "link.png").width == 4


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are not everywhere")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(PictureError, match="is not a file"):
        load_picture(tmp_path, "a.png")


def test_a_folder_is_not_a_picture(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="is not a file"):
        load_picture(tmp_path.parent, tmp_path.name)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="not everywhere")
def test_a_link_to_a_device_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("/dev/zero")
    with pytest.raises(PictureError, match="leaves the manifest's folder"):
        load_picture(tmp_path, "a.png")


def test_a_picture_is_drawn_once_for_all_manifests(tmp_path: Path) -> None:
    loader = PictureLoader()
    for name in ("a.svg", "b.svg"):
        (tmp_path / name).write_text(SVG, encoding="utf-8")
    first = loader.load(tmp_path, "a.svg")
    assert loader.load_all(tmp_path, ["b.svg", "a.svg", "b.svg"]) == {
        "b.svg": first,
        "a.svg": first,
    }
    assert loader.load(tmp_path, "b.svg") is first


def test_all_drawings_together_have_a_time(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    loader = PictureLoader(limits=DrawingLimits(seconds=0))
    with pytest.raises(PictureError, match="others took 0 seconds"):
        loader.load(tmp_path, "a.svg")
