"""`apply --executor`: what cannot be reached is said before anything is planned or sent."""

import pytest

import runner.flow.dask
from runner.base.errors import ExitStatus
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk

APPLY = ("apply", "manifest.yaml", "--yes", "--executor")


@pytest.mark.parametrize("text", ["ray=tcp://host:1", "dask", "dask=host:8786", "tcp://host:8786"])
def test_what_is_no_executor_is_refused(
    site: Site, sitewalk: Sitewalk, sandbox: Sandbox, text: str
) -> None:
    site.write(walk("walk", ["a.insv"])).record("a.insv")
    ended = sitewalk(*APPLY, text)
    assert ended.status == ExitStatus.USAGE
    assert f"`{text}` is no executor" in ended.err
    assert "dask=tcp://host:8786" in ended.err
    assert not sandbox.requests()


def test_a_scheduler_that_does_not_answer(
    site: Site, sitewalk: Sitewalk, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner.flow.dask, "_TIMEOUT", 0.5)
    site.write(walk("walk", ["a.insv"])).record("a.insv")
    ended = sitewalk(*APPLY, "dask=tcp://127.0.0.1:1")
    assert ended.status == ExitStatus.USAGE
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in ended.err
    assert not sandbox.requests()
