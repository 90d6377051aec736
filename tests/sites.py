"""Own small sites for tests: a folder with recordings and a manifest for them."""

import datetime as dt
import hashlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.evercam.addresses import Addresses, Credentials
from runner.ledger.address import LedgerAddress
from runner.ledger.store import Ledger
from runner.recordings.samples import recipes
from runner.recordings.samples.make import recording_size, write_recording
from runner.recordings.samples.recipes import RecordingRecipe
from runner.sandbox import Sandbox
from runner.settings import Settings

TODAY = dt.date(2026, 1, 21)
RECIPE = replace(
    recipes.X4,
    local_start=dt.datetime(2026, 1, 20, 8),  # noqa: DTZ001 - a camera's clock
    duration=30.0,
    alignment=1,
)

HEAD = """\
version: 1
project: evercam
uploaded_by: walker@example.com
drawings:
  level-2: {id: 6143}
routes:
  loop: {drawing: level-2, start_position: "0.12, 0.88", end_position: "0.90, 0.15"}
walkthroughs:
"""


def noise(size: int, seed: int = 0) -> bytes:
    """Bytes that look like video and are the same in every run."""
    return hashlib.shake_256(str(seed).encode()).digest(size)


def true_recording(size: int, seed: int = 0) -> RecordingRecipe:
    """A recording of `size` bytes that a camera could have made; each seed has its own minute."""
    start = RECIPE.local_start + dt.timedelta(minutes=seed % 600)
    larger = replace(RECIPE, seed=seed, local_start=start, payload_size=size)
    recipe = replace(larger, payload_size=2 * size - recording_size(larger))
    assert recording_size(recipe) == size, "the recipe's own numbers take another byte: add a few"
    return recipe


def walk(id_: str, files: list[str], **more: str) -> str:
    """A walkthrough as a manifest has it."""
    values = {"date": "2026-01-20", "route": "loop", "files": f"[{', '.join(files)}]", **more}
    lines = "".join(f"    {key}: {value}\n" for key, value in values.items())
    return f"  - id: {id_}\n{lines}"


@dataclass(frozen=True, slots=True)
class Site:
    """A folder with a manifest; the walks in it may be rewritten."""

    folder: Path

    @property
    def manifest(self) -> Path:
        """Its one manifest."""
        return self.folder / "manifest.yaml"

    def write(self, *walks: str, head: str = HEAD) -> "Site":
        """Write the manifest."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.manifest.write_text(head + "".join(walks), encoding="utf-8")
        return self

    def record(self, name: str, size: int = 8000, seed: int | None = None) -> Path:
        """Write a recording; its content follows from its name unless a seed is given."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        seed = sum(name.encode()) if seed is None else seed
        write_recording(path, true_recording(size, seed))
        return path


def begin_ledger(site: Site) -> Site:
    """The same site with a ledger, as `init` or `--new-ledger` begins one."""
    site.folder.mkdir(parents=True, exist_ok=True)
    Ledger.open(LedgerAddress(str(site.folder / ".sitewalk" / "ledger.db"))).close()
    return site


def settings_for(sandbox: Sandbox) -> Settings:
    """Settings that lead to a sandbox, as its default user."""
    addresses = Addresses(sandbox.media_url, sandbox.ingest_url, sandbox.tus_url)
    return Settings(addresses, Credentials(sandbox.username, sandbox.password))


class InlineExecutor(ThreadPoolExecutor):
    """Runs each job at once, in the caller's thread: for what is not safe in several."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run the job and return its end."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - handed on by the future, as executors do
            future.set_exception(error)
        return future
