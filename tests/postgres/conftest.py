"""The server that these tests share: made once, each test with a database of its own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.ledger.address import LedgerAddress
from runner.ledger.store import make_server_ledger
from tests.postgres.server import Server, find_binaries, pgbouncer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server, so that it can be left out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.postgres)
            item.add_marker(pytest.mark.slow)  # a server is begun, killed and waited for
            item.add_marker(pytest.mark.xdist_group("postgres"))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server. Whoever stops it starts it again."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(
            "NOT TESTED: a shared ledger, for want of PostgreSQL: apt-get install postgresql"
        )
    # Not below pytest's own folder, into which only its user may look.
    folder = Path(tempfile.mkdtemp(prefix="sitewalk-postgres-"))
    folder.chmod(0o755)
    server = Server(binaries, folder / "cluster")
    try:
        server.initialize()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(server: Server) -> str:
    """The URL of a database with nothing in it."""
    return server.new_database()


@pytest.fixture
def address(database: str) -> LedgerAddress:
    """A new ledger."""
    address = LedgerAddress(database)
    assert make_server_ledger(address)
    return address


@pytest.fixture
def bouncer(server: Server) -> Iterator[int]:
    """The port of a PgBouncer in front of the server."""
    if shutil.which("pgbouncer") is None and not Path("/usr/sbin/pgbouncer").exists():
        pytest.skip("NOT TESTED: PgBouncer is not here: apt-get install pgbouncer")
    folder = Path(tempfile.mkdtemp(prefix="sitewalk-bouncer-"))
    folder.chmod(0o755)
    with pgbouncer(server, folder / "bouncer") as port:
        yield port
    shutil.rmtree(folder, ignore_errors=True)
