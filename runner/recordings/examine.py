"""Own the whole look at one file: what it says of itself, its damage, and its holes."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from runner.recordings.facts import Damage, DamageKind
from runner.recordings.holes import find_holes
from runner.recordings.insv import read_recording
from runner.units import size as written_size

if TYPE_CHECKING:
    from typing import BinaryIO

    from runner.recordings.facts import InsvFacts
    from runner.recordings.holes import Hole


def examine(file: BinaryIO, size: int | None = None) -> InsvFacts:
    """What a recording says of itself, and all that is broken about it.

    Reads about 60 KB of a sound recording, whatever its size.

    Raises:
        NotInsvError: It is no recording at all.
        OSError: The file itself could not be read.
    """
    size = file.seek(0, io.SEEK_END) if size is None else size
    facts = read_recording(file, size=size)
    holes = find_holes(file, size)
    return replace(facts, damage=(*facts.damage, _hole_damage(holes))) if holes else facts


def _hole_damage(holes: tuple[Hole, ...]) -> Damage:
    """One damage for all holes: they come from one mishap."""
    first, more = holes[0], len(holes) - 1
    others = f", and in {more} more places" if more else ""
    detail = f"{written_size(first.length)} of zeros from byte {first.offset:,}{others}"
    return Damage(DamageKind.HOLE, detail)
