"""A real PostgreSQL server, and a PgBouncer in front of it, on private ports."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.waiting import until

USER = "sitewalk"


def find_binaries() -> Path | None:
    """The folder of PostgreSQL's programs, which Debian keeps out of the PATH."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Server:
    """A cluster in a folder. It may be stopped, killed and started again."""

    binaries: Path
    folder: Path
    port: int = field(default_factory=free_port)
    databases: int = 0

    def initialize(self) -> None:
        """Make the cluster, which trusts everybody on this machine."""
        self.folder.mkdir()
        if (servant := _servant()) is not None:
            os.chown(self.folder, servant, -1)
        data = str(self.folder / "data")
        _run([self.binaries / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "-N"])

    def start(self) -> None:
        """Start it; returns once it answers."""
        told = f"-p {self.port} -k '{self.folder}' -c listen_addresses=127.0.0.1"
        log = str(self.folder / "log")
        data = str(self.folder / "data")
        _run([self.binaries / "pg_ctl", "-D", data, "-l", log, "-o", told, "-w", "start"])

    def restart(self) -> None:
        """Stop it as an update does, which ends all connections, and start it again."""
        data = str(self.folder / "data")
        _run([self.binaries / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop"])
        self.start()

    def kill(self) -> None:
        """End it as a power cut does."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{pid}").exists())

    def stop(self) -> None:
        """Stop it at once."""
        data = str(self.folder / "data")
        with contextlib.suppress(subprocess.CalledProcessError):
            _run([self.binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])

    def new_database(self) -> str:
        """The URL of a database with nothing in it."""
        self.databases += 1
        name = f"sites_{self.databases}"
        self.ask("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def require_passwords(self, role: str) -> None:
        """Trust a role no more."""
        rules = self.folder / "data" / "pg_hba.conf"
        ours = f"host all {role} 127.0.0.1/32 scram-sha-256\n"
        rules.write_text(ours + rules.read_text(encoding="utf-8"), encoding="utf-8")
        self.ask("postgres", "SELECT pg_reload_conf()")

    def url(self, name: str, port: int | None = None) -> str:
        """The URL of a database, perhaps by way of another port."""
        return f"postgresql://{USER}@127.0.0.1:{port or self.port}/{name}"

    def ask(self, name: str, statement: str) -> list[tuple[object, ...]]:
        """Carry out a statement as the owner of everything."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextlib.contextmanager
def pgbouncer(server: Server, folder: Path) -> Iterator[int]:
    """The port of a PgBouncer in transaction mode with a pool of three connections."""
    port = free_port()
    folder.mkdir()
    users = folder / "users.txt"
    users.write_text(f'"{USER}" ""\n', encoding="utf-8")
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = host=127.0.0.1 port={server.port}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {users}\npool_mode = transaction\n"
        "default_pool_size = 3\nserver_login_retry = 1\n"
        f"logfile = {folder / 'log'}\npidfile = {folder / 'pid'}\n",
        encoding="utf-8",
    )
    if (servant := _servant()) is not None:
        os.chown(folder, servant, -1)
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    with subprocess.Popen([program, "-q", str(settings)], user=_servant()) as process:
        try:
            until(lambda: _listens(port))
            yield port
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _run(words: list[Path | str]) -> None:
    command = [str(word) for word in words]
    user = _servant()
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/", user=user)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def _servant() -> int | None:
    """Whom to run as, where this is root: PostgreSQL does not run as root."""
    if os.name != "posix" or os.getuid() != 0:
        return None
    import pwd  # noqa: PLC0415 - Windows has none

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise AssertionError("there is no user to run PostgreSQL as")
