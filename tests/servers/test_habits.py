"""What docs/servers.md says of each real server is what the pinned version does."""

import time
from dataclasses import dataclass

import pytest

from tests.badline import BadLine, Cut
from tests.servers import TusServer
from tests.servers.client import PlainClient, patch_head
from tests.waiting import until

pytestmark = pytest.mark.interop

SIZE, SENT = 6_000_000, 4_000_000


@dataclass(frozen=True, slots=True)
class Habits:
    """`displaced` is what a running PATCH is answered when someone asks for its offset.

    Where that is nothing, what came of a PATCH is in no file before its end.
    """

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


def under_way(server: TusServer, file_id: str, habits: Habits) -> None:
    """Wait until bytes of a running PATCH are in its file; asking for the offset could end it."""
    if habits.displaced is None:
        time.sleep(0.5)  # of what a server does in its memory nothing can be seen
    else:
        until(lambda: server.data_file(file_id).stat().st_size > 0)


def offset_after_cut(
    server: TusServer, client: PlainClient, habits: Habits, cut: Cut, *, keeps: bool
) -> int:
    """The offset after a cut behind all that was sent, once the server has seen the cut."""
    file_id = client.create(SIZE)
    with BadLine(server.port) as line, client.connect(line.port) as side:
        side.sendall(patch_head(file_id, SIZE) + bytes(SENT))
        until(lambda: line.passed_up > SENT)
        under_way(server, file_id, habits)
        line.strike(cut)
        until(lambda: line.struck)
        if keeps:
            until(lambda: client.offset(file_id) > 0)
        return client.offset(file_id)


def test_what_is_kept_of_a_patch_that_was_closed(
    server: TusServer, client: PlainClient, habits: Habits
) -> None:
    keeps = habits.keeps_after_close
    kept = offset_after_cut(server, client, habits, Cut(how="close"), keeps=keeps)

    assert (kept > 0) is keeps


def test_what_is_kept_of_a_patch_that_was_reset(
    server: TusServer, client: PlainClient, habits: Habits
) -> None:
    keeps = habits.keeps_after_reset
    kept = offset_after_cut(server, client, habits, Cut(), keeps=keeps)

    assert (kept > 0) is keeps


def test_what_is_kept_of_a_patch_when_the_server_is_killed(
    server: TusServer, client: PlainClient, habits: Habits
) -> None:
    file_id = client.create(SIZE)
    with client.begin_patch(file_id, SIZE, bytes(SENT)):
        under_way(server, file_id, habits)
        server.kill()
    server.restart()

    assert (client.offset(file_id) > 0) is habits.keeps_after_kill


def test_asking_for_the_offset_displaces_a_running_patch(
    server: TusServer, client: PlainClient, habits: Habits
) -> None:
    file_id = client.create(SIZE)
    with client.begin_patch(file_id, SIZE, bytes(SENT)) as patch:
        under_way(server, file_id, habits)
        offset = client.offset(file_id)
        if habits.displaced is None:
            assert offset == 0
            patch.settimeout(0.5)
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
