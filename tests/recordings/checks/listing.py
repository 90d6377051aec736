"""Manifests in memory: walkthroughs with recordings that need no disk."""

import datetime as dt
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from runner.manifest.meaning.drafts import Draft
from runner.manifest.meaning.routes import NO_ROUTE
from runner.manifest.model import Drawing, Position, Walkthrough
from runner.problems.problem import Place, Problem
from runner.recordings.checks.check import check_recordings
from runner.recordings.checks.listed import ListedFile, listed_in
from runner.recordings.files import RecordingFile
from runner.recordings.identity import Identity
from runner.recordings.insv.examine import examine
from runner.recordings.insv.reader import NotInsvError
from runner.recordings.samples import recipes
from runner.recordings.samples.make import make_recording
from runner.recordings.samples.recipes import RecordingRecipe

DAY = dt.date(2026, 1, 20)
X4 = replace(recipes.X4, payload_size=3000, alignment=1)
X3 = replace(recipes.X3, payload_size=3000)
X2 = replace(recipes.X2, payload_size=3000)
Files = Mapping[str, RecordingRecipe | bytes]


def at(recipe: RecordingRecipe, clock: str) -> RecordingRecipe:
    """The recipe with another start, as `2026-01-20T10:15`."""
    return replace(recipe, local_start=dt.datetime.fromisoformat(clock))


def named(*recipes: RecordingRecipe) -> Files:
    """Recordings under the names their camera gives them."""
    return {recipe.file_name: recipe for recipe in recipes}


def walk(
    id_: str,
    names: Iterable[str],
    date: dt.date = DAY,
    line: int = 1,
    drawing: Drawing = Drawing("level-2", 6143),  # noqa: B008 - a frozen value
    start: Position = Position(0.1, 0.2),  # noqa: B008 - a frozen value
) -> Walkthrough:
    """A walkthrough whose files stand on the lines after its own."""
    files = tuple(names)
    return Walkthrough(
        id=id_,
        name=id_,
        date=date,
        drawing=drawing,
        start_position=start,
        end_position=Position(start.lat + 0.001, start.lng),
        files=files,
        place=Place("week.yaml", line),
        file_places=tuple(Place("week.yaml", line + 1 + n) for n in range(len(files))),
    )


def draft_of(walkthrough: Walkthrough) -> Draft:
    """The walkthrough as the reader of a manifest hands it on."""
    return Draft(
        path=("walkthroughs", 0),
        place=walkthrough.place,
        effective_route=NO_ROUTE,
        id=walkthrough.id,
        date=walkthrough.date,
        files=walkthrough.files,
        file_places=walkthrough.file_places,
    )


def on_disk(files: Files, neighbours: Iterable[str] = ()) -> dict[str, RecordingFile]:
    """The files as they would be found; what is no recording is not."""
    names = frozenset(name.casefold() for name in (*files, *neighbours))
    found: dict[str, RecordingFile] = {}
    for name, content in files.items():
        data = content if isinstance(content, bytes) else make_recording(content)
        identity = Identity(len(data), hashlib.sha256(data).hexdigest())
        try:
            info = examine(io.BytesIO(data))
        except NotInsvError:
            continue
        found[name] = RecordingFile(name, Path("/card") / name, identity, info, names)
    return found


def listed(*walks: Files, date: dt.date = DAY, neighbours: Iterable[str] = ()) -> list[ListedFile]:
    """One walkthrough for each set of files: `a`, `b` and so on, each on a hundred lines."""
    every = {name: content for files in walks for name, content in files.items()}
    walkthroughs = [
        walk("abcdefgh"[number], files, date, line=1 + 100 * number)
        for number, files in enumerate(walks)
    ]
    drafts = map(draft_of, walkthroughs)
    return list(listed_in(drafts, on_disk(every, neighbours), walkthroughs))


def judge(*walks: Files, date: dt.date = DAY, neighbours: Iterable[str] = ()) -> list[Problem]:
    """What the checks find in one walkthrough for each set of files."""
    return list(check_recordings(listed(*walks, date=date, neighbours=neighbours)))


def codes(*walks: Files, date: dt.date = DAY) -> list[str]:
    """The codes of what the checks find, each with `?` where it only warns."""
    found = judge(*walks, date=date)
    return sorted(problem.code + ("" if problem.severity == "error" else "?") for problem in found)
