from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runner.recordings.identity import BUDGET
from runner.recordings.insv.facts import (
    DamageKind,
    FileGroup,
    GpsSpan,
    InsvFacts,
    Layout,
    Resolution,
    VideoTrack,
)
from runner.recordings.insv.info import bytes_field
from runner.recordings.insv.reader import NotInsvError, read_recording
from runner.recordings.samples import recipes
from runner.recordings.samples.make import _head, _tail, make_recording
from tests.recordings.files import HollowFile, MeteredFile
from tests.recordings.strategies import SMALL_FILES, harmed_files, recordings, small

if TYPE_CHECKING:
    from pathlib import Path

    from runner.recordings.samples.recipes import RecordingRecipe

MEDIA_AT = 40


def read(data: bytes) -> InsvFacts:
    return read_recording(io.BytesIO(data))


def kinds(data: bytes) -> set[DamageKind]:
    return {damage.kind for damage in read(data).damage}


def loses_video(data: bytes) -> bool:
    try:
        return any(damage.kind.loses_video for damage in read(data).damage)
    except NotInsvError:
        return True


@given(recordings())
def test_reads_back_what_was_made(recipe: RecordingRecipe) -> None:
    facts = read(make_recording(recipe))

    assert facts.damage == ()
    assert (facts.camera, facts.serial) == (recipe.camera, recipe.serial)
    assert (facts.firmware, facts.fps) == (recipe.firmware, recipe.fps)
    assert (facts.dimension, facts.resolution) == (recipe.dimension, recipe.resolution)
    assert facts.duration == pytest.approx(recipe.duration)
    assert facts.local_start == recipe.local_start
    assert facts.local_end == recipe.local_start + timedelta(seconds=facts.duration or 0)
    assert facts.is_time_lapse == (recipe.group_type in {2, 8, 9})
    assert len(facts.tracks) == (2 if recipe.layout is Layout.TWO_TRACKS else 1)


@given(recordings())
def test_takes_the_camera_s_word_on_the_layout(recipe: RecordingRecipe) -> None:
    facts = read(make_recording(replace(recipe, states_layout=True)))

    assert facts.layout is recipe.layout
    assert facts.lens == (recipe.lens if recipe.layout is Layout.SPLIT_FILES else None)


@given(recordings())
def test_tells_the_layout_by_its_shape_when_the_camera_says_nothing(
    recipe: RecordingRecipe,
) -> None:
    known = replace(recipe, states_layout=False, camera="Insta360 X3")
    facts = read(make_recording(known))

    # Both are twice as wide as high, and cameras that say nothing do not stitch.
    is_stitched = recipe.layout is Layout.EQUIRECTANGULAR
    assert facts.layout is (Layout.SIDE_BY_SIDE if is_stitched else recipe.layout)


@given(recordings())
def test_gps_is_the_first_and_the_last_good_fix(recipe: RecordingRecipe) -> None:
    expected = GpsSpan(recipe.gps[0], recipe.gps[-1]) if recipe.gps else None

    assert read(make_recording(recipe)).gps == expected


@given(st.sampled_from(SMALL_FILES), st.data())
def test_every_beginning_of_a_recording_is_known_as_cut_short(
    whole: bytes, data: st.DataObject
) -> None:
    assert loses_video(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(st.sampled_from(SMALL_FILES), st.integers(MEDIA_AT, 2000), st.integers(1, 1000))
def test_bytes_missing_from_the_middle_are_noticed(whole: bytes, at: int, length: int) -> None:
    assert loses_video(whole[:at] + whole[at + length :])


@given(st.sampled_from(SMALL_FILES), st.integers(0, 2**32 - 1))
def test_a_wrong_trailer_size_is_noticed(whole: bytes, size: int) -> None:
    wrong = whole[:-40] + size.to_bytes(4, "little") + whole[-36:]
    assume(wrong != whole)

    assert DamageKind.TRAILER_SIZE in kinds(wrong)


def test_a_movie_without_the_camera_s_mark_is_read_but_not_trusted() -> None:
    whole = make_recording(small(recipes.X3))
    movie_only = whole[: len(whole) - int.from_bytes(whole[-40:-36], "little")]

    assert kinds(movie_only) == {DamageKind.NO_TRAILER}
    assert read(movie_only).resolution == recipes.LENS


def test_a_movie_box_without_pictures_is_noticed() -> None:
    whole = make_recording(small(recipes.X5))

    assert DamageKind.NO_VIDEO in kinds(whole.replace(b"vide", b"text"))


def test_a_missing_movie_box_is_noticed() -> None:
    whole = make_recording(small(recipes.X5))

    assert DamageKind.NO_MOVIE in kinds(whole.replace(b"moov", b"free"))


def test_no_media_data_is_noticed() -> None:
    whole = make_recording(replace(small(recipes.X5), payload_size=0))

    assert DamageKind.NO_MEDIA in kinds(whole)


def test_an_overwritten_beginning_is_noticed() -> None:
    whole = make_recording(small(recipes.X5))

    assert DamageKind.BAD_START in kinds(bytes(64) + whole[64:])


def test_harm_to_the_camera_s_record_leaves_the_video_trusted() -> None:
    whole = make_recording(small(recipes.X3))
    info_is_last = whole[:-78] + b"\1\2" + whole[-76:]

    damage = read(info_is_last).damage

    assert {d.kind for d in damage} == {DamageKind.NO_INFO}
    assert not any(d.kind.loses_video for d in damage)


def test_an_index_that_points_outside_is_noticed_and_the_rest_is_read() -> None:
    whole = make_recording(small(recipes.X4))
    index = len(whole) - 78 - 11 * 10
    gps_length = index + 7 * 10 + 2
    lying = whole[:gps_length] + b"\xff\xff\xff\x7f" + whole[gps_length + 4 :]

    assert kinds(lying) == {DamageKind.INDEX_OUTSIDE}
    assert read(lying).camera == "Insta360 X4"


def test_the_camera_s_seconds_stand_in_for_a_movie_without_a_length() -> None:
    whole = make_recording(small(recipes.X5))
    header = whole.index(b"mvhd") + 20
    untimed = whole[:header] + bytes(4) + whole[header + 4 :]

    assert read(untimed).duration == recipes.X5.duration


def test_only_the_beginning_of_an_endless_record_is_read() -> None:
    whole = make_recording(small(recipes.X3))
    filler = bytes_field(500, bytes(100_000))
    length = int.from_bytes(whole[-76:-72], "little") + len(filler)
    size = int.from_bytes(whole[-40:-36], "little") + len(filler)
    grown = (
        whole[:-78]
        + filler
        + b"\1\1"
        + length.to_bytes(4, "little")
        + whole[-72:-40]
        + size.to_bytes(4, "little")
        + whole[-36:]
    )

    assert read(grown).camera == "Insta360 X3"
    assert kinds(grown) == set()


def test_a_video_that_ends_elsewhere_than_the_camera_said_is_noticed() -> None:
    whole = make_recording(small(recipes.X3))
    start = len(whole) - int.from_bytes(whole[-40:-36], "little")
    free = b"\0\0\0\x08free"

    assert kinds(whole[:start] + free + whole[start:]) == {DamageKind.VIDEO_END_MOVED}


def test_zeros_that_align_the_trailer_are_no_damage() -> None:
    whole = make_recording(small(recipes.X3))
    start = len(whole) - int.from_bytes(whole[-40:-36], "little")

    assert kinds(whole[:start] + bytes(4096) + whole[start:]) <= {DamageKind.VIDEO_END_MOVED}


def test_a_box_after_the_wrapped_trailer_is_no_damage() -> None:
    whole = make_recording(small(recipes.X5))

    facts = read(whole + b"\0\0\0\x08free")

    assert facts.camera == "Insta360 X5"
    assert facts.damage == ()


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff\xe1", "JPEG photo"),
        (b"PK\x03\x04", "ZIP archive"),
        (bytes(100), "zeros"),
        (b"hello, world", "neither begins like one nor ends"),
    ],
)
def test_says_what_a_foreign_file_looks_like(start: bytes, name: str) -> None:
    with pytest.raises(NotInsvError, match=name):
        read(start)


def test_a_photo_is_no_recording_though_it_ends_with_the_camera_s_mark() -> None:
    with pytest.raises(NotInsvError, match="JPEG photo"):
        read(b"\xff\xd8\xff" + make_recording(small(recipes.X5)))


def test_a_small_copy_is_told_by_its_picture() -> None:
    proxy = replace(small(recipes.X5), layout=Layout.SIDE_BY_SIDE, resolution=Resolution(1664, 832))

    assert read(make_recording(proxy)).looks_like_proxy
    assert not any(read(whole).looks_like_proxy for whole in SMALL_FILES)


def test_an_unknown_camera_is_read_like_any_other() -> None:
    facts = read(make_recording(replace(small(recipes.X5), camera="Insta360 X9")))

    assert not facts.camera_is_known
    assert facts.damage == ()
    assert read(make_recording(small(recipes.X5))).camera_is_known


def test_reads_little_of_a_large_recording() -> None:
    recipe = replace(recipes.X5, payload_size=6_500_000_000)
    file = HollowFile(_head(recipe), recipe.payload_size, _tail(recipe))

    facts = read_recording(file)

    assert facts.size > recipe.payload_size
    assert facts.damage == ()
    assert file.bytes_read < 128 * 1024
    assert file.calls < 32


@given(harmed_files() | st.binary(max_size=2000))
def test_no_file_makes_the_reader_fail_or_read_on(data: bytes) -> None:
    file = MeteredFile(data)

    with suppress(NotInsvError):
        read_recording(file)

    assert file.bytes_read <= BUDGET


@settings(max_examples=10)
@given(st.sampled_from([b"\0\0\0\x08free", b"\0\0\0\x09free\0", b"\0\0\0\x10moof\0\0\0\x08traf"]))
def test_endless_boxes_end_at_the_bound(box: bytes) -> None:
    file = MeteredFile(SMALL_FILES[0][:32] + box * 200_000)

    facts = read_recording(file)

    assert facts.damage
    assert file.bytes_read <= BUDGET


def test_a_file_with_more_parts_than_the_bound_is_not_called_broken() -> None:
    far_apart = b"\0\0\x20\x00free" + bytes(8184)
    whole = make_recording(small(recipes.X3))

    assert kinds(whole[:24] + far_apart * 100 + whole[24:]) == {DamageKind.TOO_COMPLEX}


def test_a_real_recording_of_a_one_r(samples: Path) -> None:
    with (samples / "oner.insv").open("rb") as file:
        facts = read_recording(file)

    assert facts == InsvFacts(
        size=518_928,
        camera="Insta360 OneR",
        serial="IAEAN00000XXXX",
        firmware="v2.0.0_build11",
        layout=Layout.SIDE_BY_SIDE,
        lens=None,
        stream_layout=None,
        projection=None,
        tracks=(VideoTrack("avc1", Resolution(736, 368)),),
        dimension=Resolution(2880, 2880),
        fps=30,
        duration=1.1,
        local_start=None,
        gps=None,  # its two fixes claim to be good, and lie at 0,0
        group=FileGroup(type=0, index=1, identity="", total=0),
        damage=(),
    )
    assert facts.camera_is_known
    assert facts.looks_like_proxy
