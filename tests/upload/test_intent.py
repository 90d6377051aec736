"""An intent to create: written once, and too old to be sent after ten seconds."""

import pytest

from runner.evercam.http.errors import UnreachableError
from runner.upload.intent import LONGEST_INTENT, Intent


def test_it_is_written_once_and_soon_too_old_to_be_sent() -> None:
    now, written = [100.0], []
    intent = Intent(lambda: written.append(now[0]), lambda: now[0])
    intent()
    now[0] += LONGEST_INTENT
    intent()  # after another login
    assert written == [100.0]
    now[0] += 0.1
    with pytest.raises(UnreachableError, match="10 s late"):
        intent()


def test_a_ledger_that_takes_too_long_keeps_the_request_from_leaving() -> None:
    now = [0.0]

    def write() -> None:
        now[0] += LONGEST_INTENT + 1

    with pytest.raises(UnreachableError, match="did not leave"):
        Intent(write, lambda: now[0])()
