import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.errors import RecordingChangedError, RecordingUnreadableError
from runner.upload.recording.chunking import BLOCK, Body
from tests.sites import noise

SIZES = st.integers(min_value=0, max_value=3 * BLOCK) | st.sampled_from(
    [BLOCK - 1, BLOCK, BLOCK + 1]
)


def _body(data: bytes, start: int, length: int, taken: list[int]) -> Body:
    file = io.BytesIO(data)
    file.seek(start)
    return Body(file, length, lambda _block: None, taken.append)


@given(SIZES, st.data())
def test_a_body_is_the_stretch_of_the_file_it_was_made_for(size: int, draw: st.DataObject) -> None:
    data = noise(size)
    start = draw.draw(st.integers(min_value=0, max_value=size))
    taken: list[int] = []
    body = _body(data, start, size - start, taken)
    assert len(body) == size - start
    assert b"".join(bytes(block) for block in body) == data[start:]
    assert sum(taken) == size - start


def test_every_block_is_the_same_memory() -> None:
    data = noise(3 * BLOCK)
    owners = {id(block.obj) for block in _body(data, 0, len(data), [])}
    assert len(owners) == 1


def test_a_file_that_became_shorter_ends_the_request() -> None:
    body = _body(noise(10), 0, 11, [])
    with pytest.raises(RecordingChangedError, match="became shorter"):
        list(body)


def test_a_disk_that_fails_is_not_mistaken_for_the_network() -> None:
    class Failing(io.BytesIO):
        def readinto(self, _buffer: object) -> int:
            raise OSError(5, "Input/output error")

    body = Body(Failing(), 10, lambda _block: None, lambda _count: None)
    with pytest.raises(RecordingUnreadableError, match="Input/output error"):
        list(body)
