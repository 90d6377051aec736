"""What a person at a terminal is asked, and how each answer ends."""

import io
import sys

import pytest

from runner.base.errors import StoppedError
from runner.cli.console import Console


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_ctrl_c_at_a_question_says_on_a_line_of_its_own_that_nothing_was_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", stdin := _Terminal())
    monkeypatch.setattr(stdin, "readline", interrupted)
    err = _Terminal()
    with pytest.raises(StoppedError):
        Console(err=err).confirm("Send this?", "nothing was sent", yes=False)
    assert err.getvalue() == "Send this? [y/N] \nnothing was sent\n"


@pytest.mark.parametrize(("answer", "sure"), [("y\n", True), ("YES\n", True), ("\n", False)])
def test_only_a_yes_is_one(monkeypatch: pytest.MonkeyPatch, answer: str, *, sure: bool) -> None:
    monkeypatch.setattr(sys, "stdin", _Terminal(answer))
    err = _Terminal()
    assert Console(err=err).confirm("Send this?", "nothing was sent", yes=False) is sure
    assert ("nothing was sent" in err.getvalue()) is not sure
