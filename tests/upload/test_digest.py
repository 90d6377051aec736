"""Digests are of the bytes they say, or there are none."""

import hashlib
import os
import threading
from pathlib import Path
from typing import BinaryIO

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from runner.base.clock import CancelToken
from runner.base.errors import LedgerError, RecordingUnreadableError, StoppedError
from runner.evercam.http.waiting import never
from runner.ledger.state import Checkpoint
from runner.upload.recording.digest import STRIDE
from runner.upload.recording.read_ahead import ReadAhead
from runner.upload.recording.same_file import OtherContentError, compare, covered, whole_sha256
from tests.sites import noise
from tests.waiting import until

SIZE = 3 * STRIDE + 17
CONTENT = noise(SIZE)


def ignore(_checkpoint: Checkpoint) -> None:
    """No ledger is here."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.insv"
    path.write_bytes(CONTENT)
    return path


def test_checkpoints_are_soon_far_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.upload.recording.digest.STRIDE", 100)
    monkeypatch.setattr("runner.upload.recording.read_ahead.STRIDE", 100)
    monkeypatch.setattr("runner.upload.recording.read_ahead.MOST_AHEAD", 6400)
    path = tmp_path / "a.insv"
    path.write_bytes(noise(100_000))
    kept: list[Checkpoint] = []
    covered = furthest = 0
    with ReadAhead(path, 0, 100_000, kept.append) as ahead:
        ahead.first(never)
        while covered < 100_000:
            before, covered = covered, ahead.cover(covered + 1, never)
            furthest = max(furthest, ahead.reached - before)
    assert len(kept) <= 7 + 100_000 // 6400 + 1
    assert furthest <= 2 * 6400 + 100, "or a small memory would not hold what the sender reads next"


@pytest.mark.parametrize("start", [0, 5, STRIDE])
def test_a_checkpoint_covers_what_may_be_sent_next(path: Path, start: int) -> None:
    kept: list[Checkpoint] = []
    with ReadAhead(path, start, SIZE, kept.append) as ahead:
        kept.append(ahead.first(never))
        for offset in (start + 1, 2 * STRIDE, SIZE):
            reached = ahead.cover(offset, never)
            assert offset <= reached <= SIZE
            assert reached in {checkpoint.offset for checkpoint in kept}
    assert kept[-1].offset == SIZE
    for checkpoint in kept:
        content = CONTENT[checkpoint.start : checkpoint.offset]
        assert (checkpoint.start, checkpoint.digest) == (start, blake3(content).hexdigest())


def test_the_next_checkpoint_is_kept_while_the_sender_is_busy_and_none_after_the_end(
    path: Path,
) -> None:
    kept: list[int] = []
    with ReadAhead(path, 0, SIZE, lambda checkpoint: kept.append(checkpoint.offset)) as ahead:
        ahead.first(never)
        ahead.cover(1, never)
        until(lambda: kept == [3 * STRIDE])  # nobody asked for it yet
        ahead.close()
    ahead.join()
    assert kept == [3 * STRIDE]


def test_an_offset_beyond_the_checkpoint_that_is_due_is_reached_as_well(path: Path) -> None:
    kept: list[int] = []
    with ReadAhead(path, 0, SIZE, lambda checkpoint: kept.append(checkpoint.offset)) as ahead:
        ahead.first(never)
        ahead.cover(1, never)  # the next one is due, and the server says it has more than that
        assert ahead.cover(SIZE, never) == SIZE
    assert kept[-1] == SIZE


def test_what_keeping_a_checkpoint_met_is_raised_to_the_sender_that_needs_it(path: Path) -> None:
    def keep(_checkpoint: Checkpoint) -> None:
        raise LedgerError("the disk is full")

    with ReadAhead(path, 0, SIZE, keep) as ahead:
        ahead.first(never)
        assert ahead.cover(STRIDE, never) == STRIDE, "this one was kept by whoever asked for it"
        with pytest.raises(LedgerError, match="full"):
            ahead.cover(STRIDE + 1, never)


def test_the_first_checkpoint_is_there_before_much_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def read_block(_file: BinaryIO, into: memoryview) -> int:
        read.append(len(into))
        return len(into)

    monkeypatch.setattr("runner.upload.recording.digest.read_block", read_block)
    path = tmp_path / "a.insv"
    path.touch()
    with ReadAhead(path, 0, 1000 * STRIDE, ignore) as ahead:
        ahead.wait_for(1, never)
        assert sum(read) <= STRIDE


def test_a_sha256_is_the_whole_files_or_there_is_none(path: Path) -> None:
    with ReadAhead(path, 0, SIZE, ignore, sha256=True) as ahead:
        ahead.first(never)
        ahead.wait_for(SIZE, never)
        assert ahead.sha256 == hashlib.sha256(CONTENT).hexdigest()
    with ReadAhead(path, 1, SIZE, ignore, sha256=True) as resumed:
        resumed.wait_for(SIZE, never)
        assert resumed.sha256 is None


def test_what_nobody_expected_is_raised_to_whoever_waits_for_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_block(_file: BinaryIO, _into: memoryview) -> int:
        raise MemoryError("no room for a block")

    monkeypatch.setattr("runner.upload.recording.digest.read_block", read_block)
    with ReadAhead(path, 0, SIZE, ignore) as ahead, pytest.raises(MemoryError, match="no room"):
        ahead.first(never)


def _checkpoint(start: int, end: int, algorithm: str) -> Checkpoint:
    hasher = blake3() if algorithm == "blake3" else hashlib.sha256()
    hasher.update(CONTENT[start:end])
    return Checkpoint(end, hasher.hexdigest(), start, algorithm)


SPANS = [(0, STRIDE + 1), (STRIDE - 3, 2 * STRIDE), (2 * STRIDE, SIZE)]


@pytest.mark.parametrize("algorithm", ["blake3", "sha256"])
@pytest.mark.parametrize("changed", [0, STRIDE, 2 * STRIDE - 1, SIZE - 1, None])
def test_any_changed_byte_that_was_sent_is_found(
    path: Path, algorithm: str, changed: int | None
) -> None:
    checkpoints = [_checkpoint(*span, algorithm) for span in SPANS]
    if changed is None:
        compare(path, checkpoints, never)
        assert whole_sha256(path, SIZE, checkpoints, never) == hashlib.sha256(CONTENT).hexdigest()
        return
    with path.open("r+b") as file:
        file.seek(changed)
        file.write(bytes([CONTENT[changed] ^ 1]))
    with pytest.raises(OtherContentError):
        compare(path, checkpoints, never)
    with pytest.raises(OtherContentError):
        whole_sha256(path, SIZE, checkpoints, never)


def test_a_wish_to_stop_ends_the_reading_for_a_sha256(path: Path) -> None:
    stop = CancelToken()
    stop.request()
    with pytest.raises(StoppedError):
        whole_sha256(path, SIZE, [], stop.check)


def test_a_comparison_of_a_file_that_is_gone_says_so(path: Path) -> None:
    checkpoint = _checkpoint(0, SIZE, "blake3")
    path.unlink()
    with pytest.raises(RecordingUnreadableError, match=r"`a\.insv` cannot be read"):
        compare(path, [checkpoint], never)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no FIFOs to wait at")
def test_a_read_that_never_returns_ends_with_the_wish_to_stop(tmp_path: Path) -> None:
    path = tmp_path / "dead"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)  # or opening it would wait; nothing ever arrives
    stop = CancelToken()
    threading.Timer(0.1, stop.request).start()
    with pytest.raises(StoppedError), ReadAhead(path, 0, SIZE, ignore) as ahead:
        ahead.first(stop.check)
    os.close(writer)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_covered_is_what_no_gap_interrupts(spans: list[tuple[int, int]]) -> None:
    seen = {byte for start, end in spans for byte in range(start, end)}
    whole = next(byte for byte in range(10) if byte not in seen)
    assert covered(Checkpoint(end, "", start) for start, end in spans if start < end) == whole
