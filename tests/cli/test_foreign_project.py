"""A project file and settings that a pull request brings: they reach no secret, and no folder."""

import os
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has neither these links nor rights")

_CLEARTEXT = b"R" + struct.pack("!II", 8, 3)
"""How a server of PostgreSQL's asks for a password in the clear."""


@contextmanager
def _curious_server() -> Iterator[tuple[int, list[bytes]]]:
    """A database server that asks whoever comes for a password, and keeps all it hears."""
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller, _ = listener.accept()
                with caller, suppress(OSError):
                    caller.settimeout(5)
                    heard.append(caller.recv(4096))
                    if heard[-1][4:8] in {struct.pack("!I", 80877103), struct.pack("!I", 80877104)}:
                        caller.sendall(b"N")  # neither TLS nor GSSAPI here
                        heard.append(caller.recv(4096))
                    caller.sendall(_CLEARTEXT)
                    heard.append(caller.recv(4096))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=serve, args=(listener,), daemon=True)
        serving.start()
        yield listener.getsockname()[1], heard
        listener.shutdown(socket.SHUT_RDWR)
        serving.join()


def _site(site: Site, project: str) -> Site:
    (site.folder / "sitewalk.yaml").write_text(f"version: 1\n{project}", encoding="utf-8")
    site.record("a.insv")
    return site.write(walk("a", ["a.insv"]))


@pytest.mark.slow
@POSIX
def test_a_server_that_only_the_project_file_names_gets_no_password(
    site: Site, sitewalk: Sitewalk
) -> None:
    with _curious_server() as (port, heard):
        _site(site, f"ledger: {{url: 'postgresql://me@127.0.0.1:{port}/sites'}}\n")
        for words in (("plan",), ("apply", "--yes"), ("status",)):
            ended = sitewalk(*words, "manifest.yaml", PGPASSWORD="hunter2")
            assert ended.status == ExitStatus.USAGE
            assert "name it in SITEWALK_LEDGER" in ended.err
        assert heard
        assert b"hunter2" not in b"".join(heard)
        mine = f"postgresql://me@127.0.0.1:{port}/sites"
        sitewalk("plan", "manifest.yaml", PGPASSWORD="hunter2", SITEWALK_LEDGER=mine)
        assert b"hunter2" in b"".join(heard)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db.example/x?passfile=/home/me/.netrc",
        "postgresql://db.example/x?sslkey=/home/me/.ssh/id_rsa&sslcert=/tmp/x",
        "postgresql://db.example/x?hostaddr=10.0.0.1",
        "postgresql://db.example/x?service=production",
        "postgresql://db.example/x?p%61ssword=hunter2",
        "postgresql://db.example/x?sslmode=require&options",
        "postgresql://%2Ftmp%2Fplanted/x",
    ],
)
def test_a_project_file_decides_nothing_of_this_machine(
    url: str, site: Site, sitewalk: Sitewalk
) -> None:
    _site(site, f"ledger: {{url: '{url}'}}\n")
    ended = sitewalk("validate", "manifest.yaml")
    assert ended.status == ExitStatus.INVALID
    assert "M019" in ended.out
    assert url not in ended.out
    assert sitewalk("plan", "manifest.yaml").status == ExitStatus.INVALID


def test_a_project_file_may_ask_for_certificates(site: Site, sitewalk: Sitewalk) -> None:
    _site(site, "ledger: {url: 'postgresql://db.example/x?sslmode=verify-full'}\n")
    assert sitewalk("validate", "manifest.yaml").status == ExitStatus.DONE


@pytest.mark.parametrize("folder", [".sitewalk", ".SiteWalk"])
def test_settings_that_git_tracks_are_not_obeyed(
    folder: str, site: Site, sitewalk: Sitewalk
) -> None:
    _site(site, "")
    Path(".sitewalk/settings.toml").write_text('media_root = "/etc"\n', encoding="utf-8")
    subprocess.run(["git", "init", "-q"], check=True)  # noqa: S607 - the suite's own git
    blob = subprocess.run(
        ["git", "hash-object", "-w", ".sitewalk/settings.toml"],  # noqa: S607 - as above
        check=True,
        capture_output=True,
        encoding="ascii",
    ).stdout.strip()
    entry = f"100644,{blob},{folder}/settings.toml"
    subprocess.run(["git", "update-index", "--add", "--cacheinfo", entry], check=True)  # noqa: S607
    for words in (("validate", "manifest.yaml"), ("plan", "manifest.yaml"), ("config",)):
        ended = sitewalk(*words)
        assert ended.status == ExitStatus.USAGE
        assert "git tracks it" in ended.err


@POSIX
def test_settings_are_read_through_no_link(site: Site, sitewalk: Sitewalk, tmp_path: Path) -> None:
    _site(site, "")
    (tmp_path / "theirs.toml").write_text("jobs = 1\n", encoding="utf-8")
    Path(".sitewalk/settings.toml").symlink_to(tmp_path / "theirs.toml")
    ended = sitewalk("plan", "manifest.yaml")
    assert ended.status == ExitStatus.USAGE
    assert "settings.toml is a symbolic link" in ended.err


@POSIX
def test_a_repository_of_another_owner_is_asked_all_the_same(
    site: Site, sitewalk: Sitewalk
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    _site(site, "")
    subprocess.run(["git", "init", "-q"], check=True)  # noqa: S607 - the suite's own git
    subprocess.run(["git", "add", "-f", ".sitewalk"], check=True)  # noqa: S607 - as above
    for place in (Path(), Path(".git")):
        os.chown(place, 12345, 12345)
    ended = sitewalk("plan", "manifest.yaml")
    assert (ended.status, "git tracks it" in ended.err) == (ExitStatus.USAGE, True)


@POSIX
def test_a_project_file_that_another_user_left_for_all_is_not_taken(
    site: Site, sitewalk: Sitewalk, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    _site(site, "project: theirs\n").write(walk("a", ["a.insv"]))
    project = Path("sitewalk.yaml").rename(tmp_path / "sitewalk.yaml")
    assert sitewalk("config").out.split()[:2] == ["project", "theirs"]
    tmp_path.chmod(0o1777)
    os.chown(project, 12345, 12345)
    assert "theirs" not in sitewalk("config").out
    os.chown(tmp_path, 12345, 12345)  # a share on which all is somebody else's
    assert "theirs" in sitewalk("config").out


@pytest.mark.parametrize("text", ["jobs = " + "9" * 5000, "jobs = " + "[" * 20_000, "x: [", "\x00"])
def test_settings_that_cannot_be_read_are_named(text: str, site: Site, sitewalk: Sitewalk) -> None:
    _site(site, "")
    Path(".sitewalk/settings.toml").write_text(text, encoding="utf-8")
    ended = sitewalk("plan", "manifest.yaml")
    assert ended.status == ExitStatus.USAGE
    assert "settings.toml is no TOML" in ended.err


@POSIX
@pytest.mark.parametrize("kind", ["pipe", "device", "dangling", "loop", "folder"])
def test_a_project_file_that_is_none_is_not_taken_for_a_missing_one(
    kind: str, site: Site, sitewalk: Sitewalk
) -> None:
    _site(site, "")
    project = Path("sitewalk.yaml")
    project.unlink()
    if kind == "pipe":
        os.mkfifo(project)
    elif kind == "folder":
        project.mkdir()
    else:
        targets = {"device": "/dev/zero", "dangling": "nowhere", "loop": "sitewalk.yaml"}
        project.symlink_to(targets[kind])
    for words in (("validate", "manifest.yaml"), ("apply", "manifest.yaml", "--yes")):
        ended = sitewalk(*words)
        assert ended.status == ExitStatus.USAGE
        assert "cannot read the project file sitewalk.yaml" in ended.err
