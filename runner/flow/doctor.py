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
from runner.flow.diagnosis import NOTE, OK, PROBLEM, Diagnosis
from runner.flow.reach import Network, ca_bundle, check_network
from runner.ledger.address import LedgerAddress
from runner.ledger.store import Ledger
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
"""Settings: name, value as it may be shown, and source."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the doctor looks at; each part raises SitewalkError where it is broken."""

    settings: Callable[[], Settings]
    rows: Callable[[], SettingRows]
    ledger: Callable[[], LedgerAddress]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    network: Network = field(default_factory=Network)
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)


def examine(around: Surroundings) -> list[Diagnosis]:
    """All findings; a broken part hides no other."""
    settings: Settings | None = None
    findings: list[Diagnosis] = []
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


def doctor_json(findings: Sequence[Diagnosis]) -> dict[str, Any]:
    """The findings as schemas/doctor.schema.json describes them."""
    return {
        "sitewalk_doctor": DOCTOR_FORMAT,
        "well": is_well(findings),
        "findings": [
            {
                "topic": finding.topic,
                "status": finding.status,
                "what": finding.what,
                "help": finding.help,
            }
            for finding in findings
        ],
    }


def doctor_text(findings: Sequence[Diagnosis]) -> str:
    """The findings for people, by topic, each with what to do beneath."""
    lines: list[str] = []
    for topic in dict.fromkeys(finding.topic for finding in findings):
        lines.append(topic)
        for finding in (finding for finding in findings if finding.topic == topic):
            lines.append(f"  {finding.status:<7}  {finding.what}")
            lines += [f"           help: {finding.help}"] if finding.help else []
    problems = sum(finding.status == PROBLEM for finding in findings)
    lines += ["", f"{counted(problems, 'problem')} to mend" if problems else "all is well"]
    return "\n".join([*lines, ""])


def is_well(findings: Iterable[Diagnosis]) -> bool:
    """Whether nothing needs mending."""
    return all(finding.status != PROBLEM for finding in findings)


def _broken(topic: str, error: SitewalkError) -> Diagnosis:
    return Diagnosis(topic, PROBLEM, str(error) or "cannot be read", error.help)


def _without_secrets(findings: list[Diagnosis], settings: Settings | None) -> list[Diagnosis]:
    if settings is None:
        return findings
    hide = secrets_of(settings.credentials).strike
    return [
        Diagnosis(finding.topic, finding.status, hide(finding.what), hide(finding.help))
        for finding in findings
    ]


def _setting_findings(around: Surroundings) -> Iterator[Diagnosis]:
    try:
        for name, value, source in around.rows():
            yield Diagnosis("settings", OK, f"{name} = {value} ({source})")
    except SitewalkError as error:
        yield _broken("settings", error)


def _credentials(settings: Settings) -> Iterator[Diagnosis]:
    if settings.credentials.missing:
        yield _broken("credentials", lacking(settings.credentials))
    else:
        what = "there are credentials; `sitewalk plan --online` tries them"
        yield Diagnosis("credentials", OK, what)


def _certificates(around: Surroundings) -> Iterator[Diagnosis]:
    unusable = unusable_certificates(around.environment)
    if unusable is not None:
        yield _broken("certificates", unusable)
    else:
        file, source = ca_bundle(around.environment)
        yield Diagnosis("certificates", OK, f"trusted authorities are in {file} ({source})")


def _ledger(around: Surroundings) -> Iterator[Diagnosis]:
    try:
        address = around.ledger()
        ledger = Ledger.open_existing(address)
    except SitewalkError as error:
        yield _broken("ledger", error)
        return
    if ledger is None:
        yield Diagnosis(
            "ledger", NOTE, f"there is no ledger at {address}", "`sitewalk init` begins one"
        )
    else:
        ledger.close()
        yield Diagnosis("ledger", OK, f"{address} can be read")
    if address.path is not None:
        yield from _file_system(_nearest(address.path.absolute().parent))


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest existing folder above it."""
    return next(parent for parent in (folder, *folder.parents) if parent.is_dir())


def _file_system(folder: Path) -> Iterator[Diagnosis]:
    probe = folder / f".doctor-{os.urandom(6).hex()}"
    try:
        yield _locks(probe)
        yield _syncs(probe)
    except OSError as error:
        what = f"{folder} cannot be written: {reason_of(error)}"
        yield Diagnosis("ledger", PROBLEM, what, "runs need to write there; check its permissions")
    finally:
        probe.unlink(missing_ok=True)
    free = shutil.disk_usage(folder).free
    status = OK if free > _LEAST_SPACE else PROBLEM
    help_ = "" if status == OK else "make room: ledger and reports are written there"
    yield Diagnosis("ledger", status, f"{size(free)} free in {folder}", help_)


def _locks(probe: Path) -> Diagnosis:
    """Whether a lock keeps another out, as two runs at once rely on."""
    first: BaseFileLock = FileLock(probe)
    second: BaseFileLock = FileLock(probe)
    help_ = "move the ledger to a disk that has locks, and name it in SITEWALK_LEDGER"
    none = Diagnosis("ledger", PROBLEM, "its file system has no locks", help_)
    try:
        first.acquire(timeout=0)
        if isinstance(first, SoftFileLock):
            return none
        second.acquire(timeout=0)
    except Timeout:
        return Diagnosis("ledger", OK, "a lock there keeps a second run out")
    except NotImplementedError:
        return none
    finally:
        second.release()
        first.release()
    return Diagnosis("ledger", PROBLEM, "a lock there keeps nobody out", help_)


def _syncs(probe: Path) -> Diagnosis:
    begun = time.monotonic()
    with probe.open("wb") as file:
        file.write(b"sitewalk")
        file.flush()
        os.fsync(file.fileno())
    milliseconds = (time.monotonic() - begun) * 1000
    return Diagnosis(
        "ledger", OK, f"what is written there is on the disk after {milliseconds:.0f} ms"
    )


def _system() -> Iterator[Diagnosis]:
    where = Path(__file__).parents[1]
    yield Diagnosis("installation", OK, f"sitewalk {VERSION} in {where}")
    python = f"Python {platform.python_version()} ({sys.executable}) on {platform.platform()}"
    yield Diagnosis("installation", OK, python)
    found = ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES)
    yield Diagnosis("installation", OK, f"{found}, {ssl.OPENSSL_VERSION}")
    if offered():
        what = f"congestion control: {', '.join(offered())}; allowed: {', '.join(allowed())}"
    else:
        what = "congestion control: this system offers no choice"
    yield Diagnosis("installation", OK, what)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _extras() -> Iterator[Diagnosis]:
    for extra, modules in _EXTRAS.items():
        if all(map(find_spec, modules)):
            yield Diagnosis("extras", OK, f"{extra} is installed")
        else:
            yield Diagnosis("extras", NOTE, f"{extra} is not installed", install_command(extra))
    ffmpeg = shutil.which("ffmpeg")
    yield Diagnosis(
        "extras", OK, f"ffmpeg is {ffmpeg}" if ffmpeg else "no ffmpeg, and none is needed"
    )
