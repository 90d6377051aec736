"""What support asks for first: settings, network, ledger, disk and installation, checked."""

import datetime as dt
import os
import platform
import shutil
import ssl
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from runner.base.errors import SitewalkError, reason_of
from runner.base.installation import install_command
from runner.base.version import VERSION
from runner.base.wording import counted, size
from runner.evercam.addresses import lacking, secrets_of
from runner.evercam.http.congestion import allowed, offered
from runner.evercam.http.failures import unusable_certificates
from runner.flow.findings import NOTE, OK, PROBLEM, Finding
from runner.flow.reach import Network, ca_bundle, check_network
from runner.ledger.store import Ledger, LedgerAddress
from runner.settings import Settings

DOCTOR_FORMAT = "1.0"
_LEAST_SPACE = 100_000_000
_LIBRARIES = (
    *("requests", "urllib3", "tuspy", "typer", "jinja2", "jsonschema"),
    *("pyyaml", "filelock", "blake3", "rich"),
)
_EXTRAS: Mapping[str, Sequence[str]] = {
    "preview": ("av",),
    "pdf": ("PIL", "pypdfium2"),
    "postgresql": ("psycopg",),
}

SettingRows = Iterable[tuple[str, str, str]]
"""Settings: name, value as it may be shown, and where that comes from."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the doctor looks at. Whatever is broken there raises SitewalkError when it is asked."""

    settings: Callable[[], Settings]
    rows: Callable[[], SettingRows]
    ledger: Callable[[], LedgerAddress]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    network: Network = field(default_factory=Network)
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)


def examine(around: Surroundings) -> list[Finding]:
    """Everything that was found; one broken thing hides no other."""
    settings: Settings | None = None
    findings: list[Finding] = []
    try:
        settings = around.settings()
    except SitewalkError as error:
        findings.append(_broken("settings", error))
    findings += _setting_findings(around)
    if settings is not None:
        findings += _credentials(settings)
        findings += check_network(settings.addresses, around.network, around.now())
    findings += [*_certificates(around), *_ledger(around), *_system(), *_extras()]
    return _without_secrets(findings, settings)


def doctor_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """The findings as schemas/doctor.schema.json describes them."""
    return {
        "sitewalk_doctor": DOCTOR_FORMAT,
        "well": is_well(findings),
        "findings": [
            {"topic": one.topic, "status": one.status, "what": one.what, "help": one.help}
            for one in findings
        ],
    }


def doctor_text(findings: Sequence[Finding]) -> str:
    """The findings for people, by topic; what to do is beneath what was found."""
    lines: list[str] = []
    for topic in dict.fromkeys(finding.topic for finding in findings):
        lines.append(topic)
        for finding in (one for one in findings if one.topic == topic):
            lines.append(f"  {finding.status:<7}  {finding.what}")
            lines += [f"           help: {finding.help}"] if finding.help else []
    problems = sum(finding.status == PROBLEM for finding in findings)
    lines += ["", f"{counted(problems, 'problem')} to mend" if problems else "all is well"]
    return "\n".join([*lines, ""])


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing needs mending."""
    return all(finding.status != PROBLEM for finding in findings)


def _broken(topic: str, error: SitewalkError) -> Finding:
    return Finding(topic, PROBLEM, str(error) or "cannot be read", error.help)


def _without_secrets(findings: list[Finding], settings: Settings | None) -> list[Finding]:
    if settings is None:
        return findings
    hide = secrets_of(settings.credentials).strike
    return [Finding(one.topic, one.status, hide(one.what), hide(one.help)) for one in findings]


def _setting_findings(around: Surroundings) -> Iterator[Finding]:
    try:
        for name, value, source in around.rows():
            yield Finding("settings", OK, f"{name} = {value} ({source})")
    except SitewalkError as error:
        yield _broken("settings", error)


def _credentials(settings: Settings) -> Iterator[Finding]:
    if settings.credentials.missing:
        yield _broken("credentials", lacking(settings.credentials))
    else:
        what = "there are credentials; `sitewalk plan --online` tries them"
        yield Finding("credentials", OK, what)


def _certificates(around: Surroundings) -> Iterator[Finding]:
    unusable = unusable_certificates(around.environment)
    if unusable is not None:
        yield _broken("certificates", unusable)
    else:
        file, source = ca_bundle(around.environment)
        yield Finding("certificates", OK, f"trusted authorities are in {file} ({source})")


def _ledger(around: Surroundings) -> Iterator[Finding]:
    try:
        address = around.ledger()
        ledger = Ledger.open_existing(address)
    except SitewalkError as error:
        yield _broken("ledger", error)
        return
    if ledger is None:
        yield Finding(
            "ledger", NOTE, f"there is no ledger at {address}", "`sitewalk init` begins one"
        )
    else:
        ledger.close()
        yield Finding("ledger", OK, f"{address} can be read")
    if address.path is not None:
        yield from _file_system(_nearest(address.path.absolute().parent))


def _nearest(folder: Path) -> Path:
    """The folder, or the one above it that is there."""
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def _file_system(folder: Path) -> Iterator[Finding]:
    probe = folder / f".doctor-{os.urandom(6).hex()}"
    try:
        yield _locks(probe)
        yield _syncs(probe)
    except OSError as error:
        what = f"{folder} cannot be written: {reason_of(error)}"
        yield Finding("ledger", PROBLEM, what, "runs need to write there; check its permissions")
    finally:
        probe.unlink(missing_ok=True)
    free = shutil.disk_usage(folder).free
    status = OK if free > _LEAST_SPACE else PROBLEM
    help_ = "" if status == OK else "make room: ledger and reports are written there"
    yield Finding("ledger", status, f"{size(free)} free in {folder}", help_)


def _locks(probe: Path) -> Finding:
    """Whether a lock keeps another out, as two runs at once rely on."""
    first: BaseFileLock = FileLock(probe)
    second: BaseFileLock = FileLock(probe)
    help_ = "move the ledger to a disk that has locks, and name it in SITEWALK_LEDGER"
    none = Finding("ledger", PROBLEM, "its file system has no locks", help_)
    try:
        first.acquire(timeout=0)
        if isinstance(first, SoftFileLock):
            return none
        second.acquire(timeout=0)
    except Timeout:
        return Finding("ledger", OK, "a lock there keeps a second run out")
    except NotImplementedError:
        return none
    finally:
        second.release()
        first.release()
    return Finding("ledger", PROBLEM, "a lock there keeps nobody out", help_)


def _syncs(probe: Path) -> Finding:
    begun = time.monotonic()
    with probe.open("wb") as file:
        file.write(b"sitewalk")
        file.flush()
        os.fsync(file.fileno())
    milliseconds = (time.monotonic() - begun) * 1000
    return Finding(
        "ledger", OK, f"what is written there is on the disk after {milliseconds:.0f} ms"
    )


def _system() -> Iterator[Finding]:
    where = Path(__file__).parents[1]
    yield Finding("installation", OK, f"sitewalk {VERSION} in {where}")
    python = f"Python {platform.python_version()} ({sys.executable}) on {platform.platform()}"
    yield Finding("installation", OK, python)
    found = ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES)
    yield Finding("installation", OK, f"{found}, {ssl.OPENSSL_VERSION}")
    if offered():
        what = f"congestion control: {', '.join(offered())}; allowed: {', '.join(allowed())}"
    else:
        what = "congestion control: this system offers no choice"
    yield Finding("installation", OK, what)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _extras() -> Iterator[Finding]:
    for extra, modules in _EXTRAS.items():
        if all(map(find_spec, modules)):
            yield Finding("extras", OK, f"{extra} is installed")
        else:
            yield Finding("extras", NOTE, f"{extra} is not installed", install_command(extra))
    ffmpeg = shutil.which("ffmpeg")
    yield Finding(
        "extras", OK, f"ffmpeg is {ffmpeg}" if ffmpeg else "no ffmpeg, and none is needed"
    )
