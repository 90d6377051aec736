"""What docs/servers.md says of each real server is what the pinned version does."""

import time
from contextlib import suppress
from dataclasses import dataclass

import pytest

from tests.badline import BadLine, Cut
from tests.servers import TusServer
from tests.servers.client import PlainClient, patch_head

pytestmark = pytest.mark.interop

SIZE, SENT = 6_000_000, 4_000_000


@dataclass(frozen=True, slots=True)
class Habits:
    """`displaced` is what a running PATCH is answered when someone asks for its offset."""

    keeps_after_close: bool
    keeps_after_reset: bool
    keeps_after_kill: bool
    displaced: bytes | None
    after_end: int


TUSD = Habits(
    keeps_after_close=True,
    keeps_after_reset=True,
    keeps_after_kill=True,
    displaced=b"400",
    after_end=204,
)
HABITS = {
    "tusd": TUSD,
    "nginx-streaming": TUSD,
    "nginx-buffering": Habits(
        keeps_after_close=False,
        keeps_after_reset=False,
        keeps_after_kill=False,
        displaced=None,
        after_end=204,
    ),
    "tus-node": Habits(
        keeps_after_close=True,
        keeps_after_reset=True,
        keeps_after_kill=True,
        displaced=b"204",
        after_end=413,
    ),
    "resumable-upload": Habits(
        keeps_after_close=True,
        keeps_after_reset=False,
        keeps_after_kill=False,
        displaced=None,
        after_end=403,
    ),
}


@pytest.fixture
def habits(kind: str) -> Habits:
    return HABITS[kind]


def offset_at_rest(client: PlainClient, file_id: str) -> int:
    """The offset once it has stopped growing, for a cut that the server has yet to see."""
    before, after = -1, client.offset(file_id)
    while after != before:
        time.sleep(0.2)
        before, after = after, client.offset(file_id)
    return after


def offset_after_cut(server: TusServer, client: PlainClient, cut: Cut) -> int:
    file_id = client.create(SIZE)
    with BadLine(server.port, faults=[cut]) as line, client.connect(line.port) as side:
        with suppress(OSError):  # the cut can come before the last of it has left
            side.sendall(patch_head(file_id, SIZE) + bytes(SENT))
        deadline = time.monotonic() + 10
        while not line.struck:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return offset_at_rest(client, file_id)


def test_what_is_kept_of_a_patch_that_was_closed(
    server: TusServer, client: PlainClient, habits: Habits
) -> None:
    kept = offset_after_cut(server, client, Cut(after=SENT // 2, how="close"))

    assert (kept > 0) is habits.keeps_after_close


def test_what_is_kept_of_a_patch_that_was_reset(
    server: TusServer, client: PlainClient, habits: Habits
) -> None:
    kept = offset_after_cut(server, client, Cut(after=SENT // 2))

    assert (kept > 0) is habits.keeps_after_reset


def test_what_is_kept_of_a_patch_when_the_server_is_killed(
    server: TusServer, client: PlainClient, habits: Habits
) -> None:
    file_id = client.create(SIZE)
    with client.begin_patch(file_id, SIZE, bytes(SENT)):
        time.sleep(0.5)
        server.kill()
    server.restart()

    assert (client.offset(file_id) > 0) is habits.keeps_after_kill


def test_asking_for_the_offset_displaces_a_running_patch(
    client: PlainClient, habits: Habits
) -> None:
    file_id = client.create(SIZE)
    with client.begin_patch(file_id, SIZE, bytes(SENT)) as patch:
        time.sleep(0.5)
        offset = client.offset(file_id)
        patch.settimeout(0.5)
        if habits.displaced is None:
            assert offset == 0
            with pytest.raises(TimeoutError):
                patch.recv(1)
        else:
            assert 0 < offset <= SENT
            assert patch.recv(4096).startswith(b"HTTP/1.1 " + habits.displaced)


def test_a_patch_at_the_wrong_offset_is_refused(client: PlainClient) -> None:
    file_id = client.create(SIZE)

    assert client.patch(file_id, 7, b"x").status_code == 409
    assert client.offset(file_id) == 0


def test_a_patch_past_the_end(client: PlainClient, habits: Habits) -> None:
    file_id = client.create(10)
    client.patch(file_id, 0, bytes(10))

    assert client.patch(file_id, 10, b"x").status_code == habits.after_end
    assert client.offset(file_id) == 10
