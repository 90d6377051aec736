"""Each end has the exit status that the README's table gives it."""

import io
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk


@pytest.fixture(autouse=True)
def one_walk(site: Site) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")


def test_a_port_that_is_taken_is_a_matter_of_usage(sitewalk: Sitewalk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = sitewalk("sandbox", "state", "--port", str(taken.getsockname()[1]))
    assert ended.status == ExitStatus.USAGE
    assert "choose another port" in ended.err


def test_a_fault_that_is_none_says_what_there_is(sitewalk: Sitewalk) -> None:
    ended = sitewalk("sandbox", "state", "--fault", "create")
    assert ended.status == ExitStatus.USAGE
    assert "is not of the form STEP:KIND" in ended.err
    assert "steps: login, create, " in ended.err
    assert "kinds: status, status-after, " in ended.err
    assert "for example create:drop-after" in ended.err


def test_the_sandbox_says_where_its_objects_are(site: Site) -> None:
    command = [sys.executable, "-m", "runner", "sandbox", "state", "--port", "0"]
    with subprocess.Popen(
        command, cwd=site.folder, stderr=subprocess.PIPE, encoding="utf-8"
    ) as running:
        assert running.stderr is not None
        first = running.stderr.readline()
        running.terminate()
    assert f"listed in {Path('state', 'objects')}," in first


def test_a_place_where_no_ledger_can_be_is_a_matter_of_usage(
    sitewalk: Sitewalk, site: Site
) -> None:
    (site.folder / ".sitewalk").write_text("in the way", encoding="utf-8")
    ended = sitewalk("apply", "manifest.yaml", "--yes")
    assert ended.status == ExitStatus.USAGE
    assert "choose another place with SITEWALK_LEDGER" in ended.err


def test_who_declines_is_done(
    sitewalk: Sitewalk, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin := io.StringIO("n\n"))
    for stream in (stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    ended = sitewalk("apply", "manifest.yaml")
    assert ended.status == ExitStatus.DONE
    assert ended.err.endswith("Send this? [y/N] nothing was sent\n")
    assert not sandbox.requests()


def test_a_missing_plan_ends_as_a_missing_manifest_does(sitewalk: Sitewalk) -> None:
    ends = {sitewalk("apply", name, "--yes").status for name in ("no.yaml", "no.json")}
    assert ends == {ExitStatus.INVALID}


def test_a_login_that_is_down_can_be_tried_again(
    sitewalk: Sitewalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    monkeypatch.setenv("EVERCAM_MEDIA_URL", f"http://127.0.0.1:{port}")
    ended = sitewalk("plan", "manifest.yaml", "--online")
    assert ended.status == ExitStatus.FAILED
    assert "error: the login cannot be tried: " in ended.err


def test_a_token_is_not_said_to_be_accepted(sitewalk: Sitewalk, sandbox: Sandbox) -> None:
    ended = sitewalk("plan", "manifest.yaml", "--online", EVERCAM_TOKEN="anything")
    assert ended.status == ExitStatus.DONE
    assert "EVERCAM_TOKEN is set; nothing can check it before the first create" in ended.err
    assert "accepts" not in ended.err
    assert {request.step for request in sandbox.requests()} == {"options"}


def test_a_saved_plan_is_shown_as_it_holds_now(sitewalk: Sitewalk) -> None:
    shown = sitewalk("plan", "manifest.yaml", "-o", "plan.json")
    again = sitewalk("plan", "plan.json")
    assert (again.status, again.out) == (ExitStatus.DONE, shown.out)


@pytest.mark.parametrize("command", ["validate", "status"])
def test_a_saved_plan_is_not_read_as_a_manifest(sitewalk: Sitewalk, command: str) -> None:
    sitewalk("plan", "manifest.yaml", "-o", "my plan.json")
    ended = sitewalk(command, "my plan.json")
    assert ended.status == ExitStatus.USAGE
    assert ended.err.splitlines() == [
        "error: my plan.json is a saved plan, not a manifest",
        "  help: carry it out: sitewalk apply 'my plan.json'",
    ]


def test_a_page_is_not_read_as_a_manifest(sitewalk: Sitewalk) -> None:
    sitewalk("plan", "manifest.yaml", "--html", "review.html")
    ended = sitewalk("apply", "review.html", "--yes")
    assert ended.status == ExitStatus.USAGE
    assert "review.html is a page: that is no manifest and no saved plan" in ended.err


def _schema(site: Path, redirection: str) -> subprocess.CompletedProcess[str]:
    command = f'"$PYTHON" -m runner schema {redirection}'
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=site,
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such shell")
@pytest.mark.parametrize(
    ("redirection", "reason"),
    [
        pytest.param(
            ">/dev/full",
            "No space left on device",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="only on Linux"),
        ),
        (">&-", "stdout is closed"),
    ],
)
def test_output_that_cannot_be_written_is_an_error(
    site: Site, redirection: str, reason: str
) -> None:
    done = _schema(site.folder, redirection)
    assert done.returncode == ExitStatus.UNEXPECTED
    assert done.stderr == f"error: the output cannot be written: {reason}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such shell")
def test_a_reader_that_went_away_is_no_error(site: Site) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "runner", "schema"],
            cwd=site.folder,
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (ExitStatus.DONE, b"")
