"""A manifest of many finished walks, with ledger and small recordings: what a year leaves."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from runner.base.destination import Destination
from runner.evercam.addresses import INGEST_URL, TUS_URL
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger
from runner.recordings.identity import Identity, identify
from tests.sites import Site, walk

HERE = Destination(INGEST_URL, "evercam")
START = dt.datetime(2026, 1, 20, 8, tzinfo=dt.UTC)
LINK = {"start_position": "0.12,0.88", "end_position": "0.9,0.15", "target_points_count": 0}


def finished_site(folder: Path, count: int) -> Site:
    """So many finished walks of one recording each."""
    site = Site(folder / "site")
    names = [f"card/{number:05}.insv" for number in range(count)]
    site.write(*(walk(f"walk-{number}", [name]) for number, name in enumerate(names)))
    first = site.record(names[0], seed=0)
    content = first.read_bytes()
    for number, name in enumerate(names[1:], 1):
        (site.folder / name).write_bytes(content)
        _differ(site.folder / name, number)
    with Ledger.open(LedgerAddress(str(site.folder / ".sitewalk" / "ledger.db"))) as ledger:
        ledger.append(*(event for n, name in enumerate(names) for event in _events(site, n, name)))
    return site


def _differ(file: Path, number: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(4000)  # in its media data
        opened.write(number.to_bytes(8, "big"))


def _events(site: Site, number: int, name: str) -> Iterator[Event]:
    """What a run leaves of one walk."""
    file = site.folder / name
    with file.open("rb") as opened:
        identity = str(identify(opened, file.stat().st_size))
    walked, recordings = f"walk-{number}", {identity: name}
    intent = {
        "name": walked,
        "date": "2026-01-20",
        "drawing": "level-2",
        "drawing_id": 6143,
        "uploaded_by": "walker@example.com",
        "recordings": recordings,
    }
    length = Identity.parse(identity).length
    begun = {"name": name, "length": length, "modified": file.stat().st_mtime_ns}
    base = Event(START, "run", HERE, walked, Kind.CREATING, "", intent)
    yield base
    yield replace(base, kind=Kind.CREATED, data={"upload_id": number + 1})
    yield replace(base, kind=Kind.TUS_CREATING, recording=identity, data=begun)
    url = {"url": f"{TUS_URL}{number:032x}"}
    yield replace(base, kind=Kind.TUS_CREATED, recording=identity, data=url)
    sent = {"offset": length, "bytes": length, "retries": 0, "blake3": "0" * 64, "sha256": None}
    yield replace(base, kind=Kind.UPLOADED, recording=identity, data=sent)
    yield replace(base, kind=Kind.FINISHING, data={**LINK, "recordings": recordings})
    yield replace(base, kind=Kind.FINISHED, data={"status": 200, "retries": 0})
