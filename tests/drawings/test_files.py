import os
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from runner.diagnostics.concise import problems_concise
from runner.drawings.failure import PictureError
from runner.drawings.files import load_picture
from tests.drawings.pictures import png
from tests.rules.examples import check


def _said(drawing: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (folder / "site").mkdir()
    monkeypatch.chdir(folder / "site")
    return problems_concise(check(f"drawings:\n  level-2: {drawing}\n", Path()).problems)


def test_each_problem_points_at_the_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = _said("{id: 6143, image: drawings/level-2.dwg}", tmp_path, monkeypatch)
    assert said == snapshot(
        "week.yaml:11:30: M062 the image `drawings/level-2.dwg` is neither PNG, JPEG, SVG nor PDF\n"
    )


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
