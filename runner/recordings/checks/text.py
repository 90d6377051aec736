"""Inspected recordings as text and as JSON: what each says of itself, and the verdict on it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from runner.base.wording import duration, printable, size
from runner.problems.problem import Severity
from runner.recordings.checks.verdict import Finding
from runner.recordings.insv.facts import GpsFix, InsvFacts, Layout
from runner.recordings.names import parse_name

VERSION = "1.1"
_UNSAID = "not stated"
_MEANINGS = {
    Layout.TWO_TRACKS: ": both lenses in one file",
    Layout.SIDE_BY_SIDE: ": both lenses in one picture",
    Layout.SINGLE_LENS: ": a flat picture",
    Layout.EQUIRECTANGULAR: ": stitched already",
}


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file, what it says of itself, and what speaks against sending it."""

    file: str
    facts: InsvFacts
    verdict: Sequence[Finding]


def inspected_text(inspected: Inspected) -> str:
    """A recording as text for people, a line for each fact."""
    rows = _rows(inspected)
    width = max(len(label) for label, _ in rows)
    lines = [f"  {label:<{width}}  {value}" for label, value in rows]
    return "\n".join(printable(line) for line in (inspected.file, *lines)) + "\n"


def inspected_json(inspected: Sequence[Inspected], unreadable: Mapping[str, str]) -> dict[str, Any]:
    """All recordings as JSON values, and why some files could not be read as recordings.

    Dates are ISO 8601 text; a value is null where a recording does not state it.
    """
    return {
        "version": VERSION,
        "recordings": [_recording_json(recording) for recording in inspected],
        "unreadable": [{"file": file, "reason": why} for file, why in unreadable.items()],
    }


def _recording_json(inspected: Inspected) -> dict[str, Any]:
    facts = inspected.facts
    values = asdict(facts)
    values["local_start"] = facts.local_start.isoformat() if facts.local_start else None
    values["gps"] = facts.gps and {"first": _fix(facts.gps.first), "last": _fix(facts.gps.last)}
    values["verdict"] = [
        {
            "code": finding.rule.code,
            "severity": str(finding.severity),
            "message": finding.what,
            "help": finding.help,
        }
        for finding in inspected.verdict
    ]
    return {"file": inspected.file, **values}


def _rows(inspected: Inspected) -> list[tuple[str, str]]:
    facts = inspected.facts
    rows = [
        ("size", size(facts.size)),
        ("camera", _camera(facts)),
        ("serial", facts.serial or _UNSAID),
        ("firmware", facts.firmware or _UNSAID),
        ("layout", _layout(inspected)),
        ("resolution", str(facts.resolution or _UNSAID)),
        ("duration", duration(facts.duration) if facts.duration is not None else _UNSAID),
        ("local start", str(facts.local_start or _UNSAID)),
        *_gps(facts),
    ]
    rows += [("damage", damage.detail) for damage in facts.damage]
    return rows + _verdict(inspected)


def _camera(facts: InsvFacts) -> str:
    if facts.camera is None or facts.camera_is_known:
        return facts.camera or _UNSAID
    return f"{facts.camera}, which is not known to this version"


def _layout(inspected: Inspected) -> str:
    layout = inspected.facts.layout.replace("_", " ")
    if not inspected.facts.is_half:
        return layout + _MEANINGS.get(inspected.facts.layout, "")
    name = parse_name(PurePosixPath(inspected.file).name)
    partner = name.partner_name() if name else "another file"
    return f"{layout}: one lens of two, {partner} is needed too"


def _gps(facts: InsvFacts) -> list[tuple[str, str]]:
    """GPS positions as a manifest takes them, to be copied by who knows where the walk began."""
    if facts.gps is None:
        return [("GPS", _UNSAID)]
    fixes = ("GPS first", facts.gps.first), ("GPS last", facts.gps.last)
    return [
        (label, f"{fix.latitude:.6f},{fix.longitude:.6f} at {fix.time:%Y-%m-%d %H:%M:%S} UTC")
        for label, fix in fixes
    ]


def _verdict(inspected: Inspected) -> list[tuple[str, str]]:
    is_unfit = any(finding.severity is Severity.ERROR for finding in inspected.verdict)
    fit = "fit to be sent" + " with its other lens" * inspected.facts.is_half
    rows = [("verdict", "not fit to be sent" if is_unfit else fit)]
    for finding in inspected.verdict:
        rows += [("because" if finding.severity is Severity.ERROR else "doubt", _reason(finding))]
        rows += [("help", finding.help)]
    return rows


def _reason(finding: Finding) -> str:
    return f"it {finding.what} ({finding.rule.code})"


def _fix(fix: GpsFix) -> dict[str, Any]:
    return {**asdict(fix), "time": fix.time.isoformat()}
