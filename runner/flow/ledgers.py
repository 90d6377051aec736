"""The ledger of some manifests: which one that is, and whether it was lost."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from runner.base.clock import CancelToken
from runner.base.errors import DecisionError, LedgerError, UsageError
from runner.base.files import open_regular
from runner.base.wording import for_shell
from runner.flow.project import only_project, sitewalk_folder
from runner.ledger.address import LedgerAddress
from runner.ledger.lines import begins_an_export
from runner.ledger.lock import Holder, hold_lock
from runner.ledger.store import Ledger
from runner.settings import Settings


def ledger_address(paths: Sequence[Path], settings: Settings) -> LedgerAddress:
    """The ledger that belongs to the manifests: as set, or else beside them.

    Raises UsageError when they have several, or when what is set leads nowhere, and
    InvalidManifestError for a project file with errors.
    """
    if settings.ledger:
        return _set_address(settings.ledger, settings.sources.get("ledger", "SITEWALK_LEDGER"))
    project = only_project(paths)
    if project is not None and project.ledger_url is not None:
        return _set_address(_unarmed(project.ledger_url), project.path.as_posix())
    places = sorted({str(sitewalk_folder(path) / "ledger.db") for path in paths})
    if len(places) > 1:
        message = f"these manifests keep separate ledgers: {', '.join(places)}"
        raise UsageError(message, "run them folder by folder, or set SITEWALK_LEDGER for all")
    return LedgerAddress(places[0])


def _unarmed(url: str) -> str:
    """The address of a server that only a project file names, so that it gets no PGPASSWORD.

    A pull request may name any server. What ~/.pgpass keeps for a host goes to that host only.
    """
    return f"{url}{'&' if '?' in url else '?'}password="


def _set_address(text: str, source: str) -> LedgerAddress:
    """The address, unless it is mistyped: an empty ledger would send everything twice."""
    address = LedgerAddress(text)
    if address.path is None:
        return _server_address(address)
    file = address.path
    if file.is_dir():
        help_ = f"name a file, for example {file / 'ledger.db'}"
        raise UsageError(f"{source} names {text}, which is a folder", help_)
    if not file.parent.is_dir():
        message = f"{source} names {text}, and the folder {file.parent} is not there"
        raise UsageError(message, "correct the path; for a new ledger, make its folder first")
    return address


def _server_address(address: LedgerAddress) -> LedgerAddress:
    """A ledger on a server is made by `ledger init`, so that a mistyped one is an error."""
    _ = address.url
    return address


@contextlib.contextmanager
def sole_writer(
    address: LedgerAddress,
    holder: Callable[[], Holder],
    stop: CancelToken,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Be the only process that writes a ledger's file; see `hold_lock`.

    On a server many write, each to the walkthroughs it has claimed.
    """
    if address.path is None:
        yield
        return
    with hold_lock(address.path, holder, stop, on_wait):
        yield


def is_new(address: LedgerAddress) -> bool:
    """Whether there is no ledger yet. Raises LedgerError."""
    ledger = Ledger.open_existing(address)
    if ledger is not None:
        ledger.close()
    return ledger is None


def open_for_reading(address: LedgerAddress) -> Ledger:
    """An existing ledger; raises UsageError where there is none, and LedgerError."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        help_ = "name its manifest with --manifest, or set SITEWALK_LEDGER"
        raise UsageError(f"there is no ledger at {address}", help_)
    return ledger


def refuse_new_ledger_over(address: LedgerAddress) -> None:
    """Raise UsageError where a ledger exists: a new one in its place would forget it."""
    if not is_new(address):
        help_ = "leave out --new-ledger to go on with it; to begin anew all the same, move it away"
        raise UsageError(f"there is a ledger at {address} already", help_)


def open_for_writing(
    address: LedgerAddress, paths: Sequence[Path], settings: Settings, stop: CancelToken
) -> Ledger:
    """The manifests' ledger; begun where the settings say so, and nowhere else.

    A project file that names a ledger is changed to name the new one. Raises UsageError,
    DecisionError, LedgerError.
    """
    if not settings.new_ledger:
        if is_new(address):  # there was one a moment ago: a share that went away
            refuse_to_begin(address)
        return Ledger.open(address, stop)
    refuse_new_ledger_over(address)
    ledger, project = Ledger.open(address, stop), only_project(paths)
    if project is not None and project.ledger_id is not None:
        project.name_ledger(ledger.id)
    return ledger


def refuse_to_begin(address: LedgerAddress) -> NoReturn:
    """Raise DecisionError with the ways out of having no ledger."""
    message = f"there is no ledger at {address}: without one, nobody knows what was created before"
    raise DecisionError(message, _WAYS_OUT)


_WAYS_OUT = (
    "point to it: SITEWALK_LEDGER, or `sitewalk config set ledger PATH`, and see that its share is "
    "mounted; or share it: copy it there from the machine that has it; or, where nothing was "
    "uploaded yet, begin one on purpose: --new-ledger"
)


def refuse_another_ledger(
    address: LedgerAddress, paths: Sequence[Path], settings: Settings
) -> None:
    """Refuse to go on with another ledger than the manifests' own: all would be created twice.

    Raises DecisionError for another one than the project file names, or for none, and LedgerError
    where runs have left reports or logs and no ledger is there. Not where one is begun on purpose.
    """
    if settings.new_ledger:
        return
    project = only_project(paths)
    wanted = project.ledger_id if project is not None else None
    ledger = Ledger.open_existing(address)
    if ledger is not None:
        with ledger:
            found = ledger.id
        if project is not None and wanted is not None and found != wanted:
            message = f"the ledger {address} is another one than {project.path.as_posix()} names"
            ids = f"it is {found or 'without an id'}, not {wanted}"
            raise DecisionError(f"{message}: {ids}", _WAYS_OUT)
        return
    for runs in _runs_folders(address, paths):
        _refuse_runs_without(address, runs)
    if project is not None and wanted is not None:
        message = f"there is no ledger at {address}, and {project.path.as_posix()} names one"
        raise DecisionError(message, _WAYS_OUT)


def _runs_folders(address: LedgerAddress, paths: Sequence[Path]) -> list[Path]:
    """The folders in which runs of these manifests, or with this ledger, left reports and logs."""
    folders = {sitewalk_folder(path) / "runs" for path in paths}
    if address.path is not None:
        folders.add(address.path.parent / "runs")
    return sorted(folders)


def _refuse_runs_without(address: LedgerAddress, runs: Path) -> None:
    where = runs.as_posix()
    lost = "is its share mounted, and the path right? If it is lost,"
    anew = "or begin anew on purpose: --new-ledger"
    if any(runs.glob("*/results.json")):
        message = f"the ledger {address} is gone, but its runs have left reports in {where}"
        help_ = f"rebuild it: sitewalk ledger import {for_shell(where)}/*/results.json"
        raise LedgerError(message, f"{lost} {help_}; {anew}")
    if any(runs.glob("*/log.jsonl")):
        message = f"the ledger {address} is gone, but killed runs have left logs in {where}"
        help_ = "look for what they created on the dashboard; if there is nothing, delete the logs"
        if all(map(_holds_events, runs.glob("*/log.jsonl"))):
            help_ = f"rebuild it: sitewalk ledger import {for_shell(where)}/*/log.jsonl; {anew}"
        raise LedgerError(message, f"{lost} {help_}")


def _holds_events(log: Path) -> bool:
    """Whether a log can be imported; logs of an older sitewalk are for people only."""
    with contextlib.suppress(OSError), open_regular(log) as file:
        return begins_an_export(file.readline(_LONGEST_LINE).decode("utf-8", errors="replace"))
    return False


_LONGEST_LINE = 64 * 2**20
"""Bytes; what is longer is no event."""
