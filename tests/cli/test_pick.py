import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Sitewalk
from tests.sites import Site
from tests.waiting import PATIENCE

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


def test_only_what_stops_the_picking_is_told(site: Site, sitewalk: Sitewalk) -> None:
    site.record("a.insv")
    assert sitewalk("scan", ".", "-o", "m.yaml", "--route", "loop").status == 0
    manifest = site.folder / "m.yaml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(re.sub("date: [-0-9]+", "date: TODO", text), encoding="utf-8")
    refused = sitewalk("pick", "m.yaml")
    assert (refused.status, refused.err) == (
        3,
        snapshot("""\
error[M017]: `id` of drawing `level-1` is still to be filled in
 --> m.yaml:6:17
  |
5 | drawings:
6 |   level-1: {id: TODO} # the number that ends its dashboard address: …/drawings/map?id=6143
  |                 ^^^^
  = help: write the number that ends the drawing's dashboard address: …/drawings/map?id=6143
1 error
  help: pick needs a drawing with its id first; project and positions can wait
"""),
    )


@pytest.fixture
def served(manifest: Path) -> Iterator[subprocess.Popen[str]]:
    """The command as a process of its own, without a terminal or a screen."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "pick", manifest.name],
        cwd=manifest.parent,
        env={name: value for name, value in os.environ.items() if name not in screens},
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    watch = threading.Timer(2 * PATIENCE, process.kill)  # no test waits for ever
    watch.start()
    yield process
    watch.cancel()
    process.kill()
    process.wait()
    if process.stderr:
        process.stderr.close()


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stderr
    yield from process.stderr


def test_it_serves_without_a_terminal_until_it_is_done(
    manifest: Path, served: subprocess.Popen[str]
) -> None:
    said = _lines(served)
    address = urlsplit(next(said).split()[-1])
    connection = http.client.HTTPConnection(address.netloc, timeout=PATIENCE)
    headers = {"Origin": f"http://{address.netloc}", "Content-Type": "application/json"}
    body = '{"changes": [{"subject": "0/walkthroughs/a", "start": {"lat": 0.5, "lng": 0.25}}]}'
    for path in ("save", "done"):
        connection.request("POST", f"{address.path}{path}", body, headers)
        assert connection.getresponse().read()
    connection.close()
    rest = "".join(said)
    assert served.wait(PATIENCE) == 0
    assert "ssh -L" in rest
    assert rest.endswith("m.yaml holds what was written\n")
    assert 'drawing: level-2, start_position: "0.5, 0.25"' in manifest.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="there, a signal ends the process at once")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_quietly(served: subprocess.Popen[str], number: int) -> None:
    said = _lines(served)
    next(said)
    served.send_signal(number)
    rest = "".join(said)
    assert served.wait(PATIENCE) == 0
    assert rest.endswith("m.yaml holds what was written\n")
