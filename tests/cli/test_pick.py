import http.client
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Sitewalk
from tests.sites import Site

MANIFEST = """\
version: 1
project: evercam
drawings:
  level-2: {id: 6143}
walkthroughs:
  - {id: a, date: 2026-01-20, drawing: level-2, files: [a.insv]}
"""


@pytest.fixture
def manifest(site: Site) -> Path:
    path = site.folder / "m.yaml"
    path.write_text(MANIFEST, encoding="utf-8")
    return path


def test_the_page_is_written_where_it_is_wanted(manifest: Path, sitewalk: Sitewalk) -> None:
    done = sitewalk("pick", "m.yaml", "--html", "pick.html")
    assert (done.status, done.out, done.err) == (0, "", "page: pick.html\n")
    assert "For the manifest" in manifest.with_name("pick.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("manifest")
def test_what_does_not_fit_is_said_before_there_is_a_page(sitewalk: Sitewalk) -> None:
    unknown = sitewalk("pick", "m.yaml", "--drawing", "level-3")
    assert (unknown.status, unknown.err) == (
        2,
        snapshot("""\
error: there is no drawing `level-3` in m.yaml
  help: choose with --drawing one of: level-2
"""),
    )
    assert sitewalk("pick", "missing.yaml").status == 3
    assert sitewalk("pick", "m.yaml", "--html", "no/such/folder.html").status == 2


def _running(manifest: Path) -> tuple[subprocess.Popen[str], str]:
    """The command as a process of its own, without a terminal or a screen, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "pick", manifest.name],
        cwd=manifest.parent,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stderr
    return process, process.stderr.readline().split()[-1]


def _rest(process: subprocess.Popen[str]) -> str:
    assert process.stderr
    with process.stderr as stream:
        said = stream.read()
    process.wait(timeout=30)
    return said


def test_it_serves_without_a_terminal_until_it_is_done(
    manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    process, url = _running(manifest)
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    headers = {"Origin": f"http://{address.netloc}", "Content-Type": "application/json"}
    body = '{"subject": "walkthroughs/a", "start": {"lat": 0.5, "lng": 0.25}}'
    for path in ("save", "done"):
        connection.request("POST", f"{address.path}{path}", body, headers)
        assert connection.getresponse().read()
    said = _rest(process)
    assert process.returncode == 0
    assert "ssh -L" in said
    assert said.endswith("m.yaml holds what was written\n")
    assert 'drawing: level-2, start_position: "0.5, 0.25"' in manifest.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="there, a signal ends the process at once")
def test_ctrl_c_ends_it_quietly(manifest: Path) -> None:
    process, _ = _running(manifest)
    process.send_signal(signal.SIGINT)
    said = _rest(process)
    assert process.returncode == 0
    assert "Traceback" not in said
