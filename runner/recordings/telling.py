"""Own what a recording says of itself as text and as JSON."""

from dataclasses import asdict
from typing import Any

from runner.recordings.facts import GpsFix, InsvFacts
from runner.units import duration, size

_UNSAID = "not stated"


def facts_text(name: str, facts: InsvFacts) -> str:
    """A recording for people, a line for each thing it says."""
    rows = _rows(facts)
    width = max(len(label) for label, _ in rows)
    lines = [f"  {label:<{width}}  {value}" for label, value in rows]
    return "\n".join([_printable(name), *lines]) + "\n"


def facts_json(name: str, facts: InsvFacts) -> dict[str, Any]:
    """A recording for other programs; dates as ISO 8601 text, null where it says nothing."""
    told = asdict(facts)
    told["local_start"] = facts.local_start.isoformat() if facts.local_start else None
    told["gps"] = facts.gps and {"first": _fix(facts.gps.first), "last": _fix(facts.gps.last)}
    return {"file": name, **told}


def _rows(facts: InsvFacts) -> list[tuple[str, str]]:
    shape = facts.resolution
    gps = facts.gps
    where = f"{_place(gps.first)} to {_place(gps.last)}" if gps else _UNSAID
    rows = [
        ("size", size(facts.size)),
        ("camera", _printable(facts.camera or _UNSAID)),
        ("serial", _printable(facts.serial or _UNSAID)),
        ("firmware", _printable(facts.firmware or _UNSAID)),
        ("layout", facts.layout.replace("_", " ")),
        ("resolution", f"{shape.width} x {shape.height}" if shape else _UNSAID),
        ("duration", duration(facts.duration) if facts.duration is not None else _UNSAID),
        ("local start", str(facts.local_start or _UNSAID)),
        ("GPS", where),
    ]
    return [*rows, *(("damage", one.detail) for one in facts.damage)]


def _place(fix: GpsFix) -> str:
    return f"{fix.latitude:.6f},{fix.longitude:.6f}"


def _fix(fix: GpsFix) -> dict[str, Any]:
    return {**asdict(fix), "time": fix.time.isoformat()}


def _printable(text: str) -> str:
    """The file may be anyone's: nothing in it reaches a terminal as a control sequence."""
    return "".join(char if char.isprintable() else "?" for char in text)
