"""One file by itself: broken and mistaken ones are refused, unknown ones only told of."""

from dataclasses import replace

import pytest

from runner.recordings.insv.facts import Layout, Resolution
from runner.recordings.samples import recipes
from runner.recordings.samples.make import make_recording
from runner.recordings.samples.recipes import RecordingRecipe
from tests.recordings.checks.listing import X2, X3, X4, codes, judge, named

WHOLE = make_recording(X4)
TRAILER = int.from_bytes(WHOLE[-40:-36], "little")
FUTURE = "Insta360 X9"


@pytest.mark.parametrize(
    "recipe",
    [
        X4,
        replace(recipes.X5, payload_size=3000),
        replace(recipes.EQUIRECTANGULAR, payload_size=3000),
        replace(recipes.SIDE_BY_SIDE, payload_size=3000),
        replace(X4, group_type=5),
    ],
    ids=lambda recipe: f"{recipe.camera}-{recipe.layout}",
)
@pytest.mark.parametrize("name", ["VID_20260120_101500_00_001.insv", "kitchen tour.insv"])
def test_a_sound_recording_is_fine_whatever_its_name(recipe: RecordingRecipe, name: str) -> None:
    assert judge({name: recipe}) == []


@pytest.mark.parametrize(
    "name", ["PRO_VID_20260120_101500_00_001.insv", "LRV_x.insv", "IMG_1.insv"]
)
def test_a_name_alone_refuses_nothing(name: str) -> None:
    assert codes({name: X4}) == []


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_anywhere_is_refused(share: float) -> None:
    (problem,) = judge({"a.insv": WHOLE[: int(len(WHOLE) * share)]})
    assert (problem.code, problem.severity) == ("M047", "error")


def test_a_missing_end_says_how_much_is_missing() -> None:
    (problem,) = judge({"a.insv": WHOLE[:2000]})
    assert "2.0 kB of at least 3.0 kB are there" in problem.message


def test_a_wrong_trailer_size_is_refused() -> None:
    wrong = WHOLE[:-40] + (TRAILER + 5).to_bytes(4, "little") + WHOLE[-36:]
    assert codes({"a.insv": wrong}) == ["M047"]


@pytest.mark.parametrize("zeros", [1, 5000, 3_000_000])
def test_a_recording_that_zeros_fill_up_is_longer_than_its_content(zeros: int) -> None:
    (problem,) = judge({"a.insv": WHOLE + bytes(zeros)})
    assert (problem.code, problem.severity) == ("M047", "error")
    end = f"it ends at byte {len(WHOLE):,}, before the file's last {zeros:,} zero"
    assert problem.message.startswith(f"`a.insv` is longer than its content: {end}")


def test_what_the_camera_recorded_is_not_taken_for_a_box() -> None:
    """Though its first bytes may look like the header of one."""
    video = WHOLE[:-TRAILER]
    (problem,) = judge({"a.insv": video + b"000000000000" + bytes(5000)})
    assert "0000" not in problem.message
    assert "middle of the camera's records" in problem.message


@pytest.mark.parametrize("name", ["exported.mp4", "exported.insv"])
def test_a_whole_video_without_the_cameras_records_is_refused(name: str) -> None:
    assert codes({name: WHOLE[:-TRAILER]}) == ["M050"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"resolution": Resolution(736, 368)}, "M051"),
        ({"group_type": 2}, "M052"),
        ({"group_type": 8}, "M052"),
        ({"group_type": 9}, "M052"),
        ({"layout": Layout.SINGLE_LENS, "resolution": recipes.FLAT}, "M053"),
        ({"layout": Layout.SPLIT_FILES}, "M054"),
    ],
    ids=str,
)
def test_the_wrong_kind_is_refused_of_a_known_camera_only(
    wrong: dict[str, object], code: str
) -> None:
    recipe = replace(X4, **wrong)  # type: ignore[arg-type] # the cases are few and seen
    assert codes({"a.insv": recipe}) == [code]
    assert codes({"a.insv": replace(recipe, camera=FUTURE)}) == sorted([f"{code}?", "M066?"])


def test_a_proxy_of_a_lens_is_a_proxy_only() -> None:
    lens = replace(X3, resolution=Resolution(640, 640))
    assert codes({"LRV_20260120_101500_11_001.insv": lens}) == ["M051"]


_SMALL = replace(X4, resolution=Resolution(1024, 512), dimension=Resolution(1024, 512))


@pytest.mark.parametrize("lines", [368, 1080])
@pytest.mark.parametrize("recipe", [X4, X3, recipes.SIDE_BY_SIDE], ids=lambda recipe: recipe.layout)
def test_a_proxy_that_does_not_say_so_is_known_by_its_size_and_name(
    recipe: RecordingRecipe, lines: int
) -> None:
    size = Resolution(lines * 2 if recipe.layout is Layout.SIDE_BY_SIDE else lines, lines)
    proxy = replace(recipe, payload_size=3000, resolution=size, dimension=size)
    for name in ("LRV_20260120_101500_01_001.insv", "VID_20260120_101500_11_001.insv"):
        assert codes({name: proxy}) == ["M051"]
        assert codes({name: replace(proxy, camera=FUTURE)}) == ["M051?", "M066?"]
    for name in ("VID_20260120_101500_00_001.insv", "kitchen.insv"):
        assert codes({name: proxy}) == ["M051?"]


@pytest.mark.parametrize("lines", [1440, 2880])
def test_no_recording_is_too_small(lines: int) -> None:
    size = Resolution(lines, lines)
    assert codes({"a.insv": replace(X4, resolution=size, dimension=size)}) == []


def test_a_proxy_under_a_recordings_name_is_not_sent_back_to_itself() -> None:
    name = "VID_20260120_101500_00_001.insv"
    for proxy in (_SMALL, replace(_SMALL, dimension=recipes.LENS)):
        (problem,) = judge({name: proxy})
        assert problem.help == "list the recording itself, not its small copy"


def test_a_proxy_names_the_recording_to_list_instead() -> None:
    proxy = replace(X4, resolution=Resolution(1024, 512))
    names = {"day 1/LRV_20260120_101500_01_001.insv": proxy}
    (problem,) = judge(names, neighbours=["VID_20260120_101500_00_001.insv"])
    recording = "day 1/VID_20260120_101500_00_001.insv"
    assert problem.help == f"leave it out and list `{recording}`, which lies beside it"


def test_an_unknown_camera_is_told_once() -> None:
    new = replace(X4, camera=FUTURE)
    found = judge({f"{n}.insv": replace(new, seed=n, serial=f"S{n}") for n in range(5)})
    (problem,) = found
    assert (problem.code, problem.severity) == ("M066", "warning")
    assert "5 recordings" in problem.help


def test_a_future_layout_is_taken_as_it_is() -> None:
    assert codes({"a.insv": replace(X4, layout=Layout.UNKNOWN)}) == ["M067?"]


@pytest.mark.parametrize(
    ("name", "found"), [("a.INSV", []), ("a.mp4", ["M069?"]), ("a", ["M069?"])]
)
def test_the_ending_is_what_evercam_is_told(name: str, found: list[str]) -> None:
    assert codes({name: X4}) == found


def test_older_cameras_say_less_and_are_fine() -> None:
    assert codes(named(*recipes.lens_pair(X2))) == []
