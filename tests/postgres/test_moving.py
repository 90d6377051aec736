"""A ledger moves from a file to a server and back, and work goes on where it was."""

from pathlib import Path

from runner.base.errors import ExitStatus
from runner.ledger.address import LedgerAddress
from runner.ledger.claim import read_claims
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger, make_server_ledger, read_events
from runner.sandbox import Fault, Sandbox
from tests.crash.walker import Walker
from tests.ledger.ledgers import AT, HERE, event
from tests.postgres.server import Server
from tests.sites import Site, walk

APPLY = ("apply", "manifest.yaml", "--yes", "--progress", "none")
EXPORT = ("ledger", "export", "ledger.jsonl")
IMPORT = ("ledger", "import", "ledger.jsonl")


def _events(address: LedgerAddress) -> list[tuple[object, ...]]:
    """What was moved, in order; nothing else tells one ledger from the other."""
    return [
        (each.id, each.version, each.walkthrough, each.kind, each.recording, dict(each.data))
        for each in read_events(address)
    ]


def test_a_ledger_moves_to_a_server_and_back(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress
) -> None:
    site = Site(tmp_path / "site")
    machine = Walker(site, sandbox)
    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"]), walk("three", ["c.insv"]))
    for name in ("a.insv", "b.insv", "c.insv"):
        site.record(name)
    sandbox.inject(Fault.parse("create:drop-after~two"))
    assert machine.run(*APPLY)[0] == ExitStatus.DECISION
    file = LedgerAddress(str(site.folder / ".sitewalk" / "ledger.db"))
    before = _events(file)
    assert machine.run(*EXPORT)[0] == ExitStatus.DONE

    there = {"SITEWALK_LEDGER": address.text}
    assert machine.run(*IMPORT, **there)[0] == ExitStatus.DONE
    assert _events(address) == before
    assert machine.run(*IMPORT, **there)[0] == ExitStatus.USAGE  # it has events already
    assert machine.run("status", **there)[0] == ExitStatus.DECISION
    # What was done stays done, and the hold is held: nothing is sent.
    requests = len(sandbox.requests())
    assert machine.run(*APPLY, **there)[0] == ExitStatus.DECISION
    assert len(sandbox.requests()) == requests
    held = max(sandbox.objects(), key=lambda each: each.name == "two").id
    adopt = ("resolve", "two", "--adopt", str(held), "--yes")
    assert machine.run(*adopt, **there)[0] == ExitStatus.DONE
    assert machine.run(*APPLY, **there)[0] == ExitStatus.DONE

    after = _events(address)
    assert len(after) > len(before)
    assert machine.run(*EXPORT, **there)[0] == ExitStatus.DONE
    assert Path(file.text).rename(tmp_path / "old.db")
    assert machine.run(*IMPORT)[0] == ExitStatus.DONE
    assert _events(file) == after
    assert machine.run(*APPLY)[0] == ExitStatus.DONE
    assert len(sandbox.objects()) == 3


def test_strays_move_and_claims_stay(address: LedgerAddress, server: Server) -> None:
    """A stray is a fact; a claim is of a worker that writes to the old place."""
    stray = Event(AT, "late", HERE, "walk-1", Kind.STRAY, "", {"upload_id": 9})
    with Ledger.open(address) as ledger:
        ledger.append(event(1), stray)
        name = address.text.rpartition("/")[2]
        server.ask(name, _CLAIM)
        assert len(read_claims(ledger.database)) == 1
        events = list(ledger.all_events())
    other = LedgerAddress(server.new_database())
    make_server_ledger(other)
    with Ledger.open(other) as moved:
        moved.fill(events)
        assert list(moved.all_events()) == events
        assert not read_claims(moved.database)


_CLAIM = (
    "INSERT INTO claims SELECT destination, walkthrough, 'token', 'run', 'me', 'host', 1, 'apply', "
    "now(), now() + '1 hour', '{}', false FROM events LIMIT 1"
)
