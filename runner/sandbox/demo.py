"""The demo: a sandbox, three small recordings, a manifest, and the main job run over them."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from runner.base.errors import SitewalkError, UsageError
from runner.recordings.insv.facts import Layout
from runner.recordings.samples.make import write_recording
from runner.recordings.samples.recipes import RecordingRecipe, TrailerForm
from runner.sandbox import Sandbox

_MEGABYTE = 1_000_000
_DRAWING = "typical-floor.svg"
_FRAME = "corridor.png"


@dataclass(frozen=True, slots=True)
class DemoStep:
    """A command of the demo, why it is shown, and the exit status it has to end with."""

    why: str
    words: tuple[str, ...]
    status: int = 0


STEPS = (
    DemoStep("Is the manifest sound, and are its recordings there?", ("validate", "manifest.yaml")),
    DemoStep(
        "What would be done? Saved for review, and drawn as a page.",
        ("plan", "manifest.yaml", "-o", "plan.json", "--html", "review.html"),
    ),
    DemoStep("Do what was reviewed.", ("apply", "plan.json", "--yes")),
    DemoStep(
        "Do it again: everything is done, nothing is sent.", ("apply", "manifest.yaml", "--yes")
    ),
)


class DemoFailedError(SitewalkError):
    """A step of the demo did not end with the exit status that it should."""


def run_demo(
    folder: Path, day: dt.date, environment: Mapping[str, str], say: Callable[[str], None]
) -> Path:
    """Run the main job in `folder` with the real command line; returns the path of its report.

    Raises UsageError when the folder is not empty, DemoFailedError when a step fails, SandboxError
    when the sandbox cannot start, and OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty", "the demo wants a folder of its own")
    recordings = write_recordings(folder, day)
    (folder / _DRAWING).write_bytes(_file(_DRAWING))
    (folder / "manifest.yaml").write_text(manifest(recordings, day), encoding="utf-8")
    with Sandbox.start(folder / "sandbox") as sandbox:
        say(f"a sandbox listens at {sandbox.url}, and {folder} holds a manifest and its recordings")
        sandboxed = {**environment, **_addresses(sandbox)}
        for step in STEPS:
            before = len(sandbox.requests())
            _take(step, folder, sandboxed, say)
            say(f"({len(sandbox.requests()) - before} requests)")
        sent = len(sandbox.objects())
    say(f"\nThe sandbox has {sent} uploads now.")
    # The first of the two runs is the one that did something.
    return min((folder / ".sitewalk" / "runs").glob("*/report.html"))


def _file(name: str) -> bytes:
    return (files("runner.sandbox") / "demo_files" / name).read_bytes()


def _addresses(sandbox: Sandbox) -> dict[str, str]:
    return {
        "EVERCAM_MEDIA_URL": sandbox.media_url,
        "EVERCAM_INGEST_URL": sandbox.ingest_url,
        "EVERCAM_TUS_URL": sandbox.tus_url,
        "EVERCAM_USERNAME": sandbox.username,
        "EVERCAM_PASSWORD": sandbox.password,
        "PYTHONIOENCODING": "utf-8",
    }


def _take(
    step: DemoStep, folder: Path, environment: Mapping[str, str], say: Callable[[str], None]
) -> None:
    say(f"\n# {step.why}\n$ sitewalk {' '.join(step.words)}")
    command = [sys.executable, "-m", "runner", *step.words]
    done = subprocess.run(  # noqa: S603 - our own program with words written above
        command, cwd=folder, env=dict(environment), check=False
    )
    if done.returncode != step.status:
        raise DemoFailedError(f"`sitewalk {' '.join(step.words)}` ended with {done.returncode}")


def write_recordings(folder: Path, day: dt.date) -> tuple[tuple[str, ...], ...]:
    """Write three recordings, the first of them a pair of lens files; returns their file names."""
    at = dt.datetime.combine(day, dt.time(10, 15))  # a camera's clock has no time zone
    shown = RecordingRecipe(picture=_file(_FRAME))
    left = replace(
        shown,
        camera="Insta360 X3",
        layout=Layout.SPLIT_FILES,
        trailer=TrailerForm.BARE,
        local_start=at,
        payload_size=6 * _MEGABYTE,
    )
    x4 = replace(
        shown,
        camera="Insta360 X4",
        trailer=TrailerForm.INDEXED,
        local_start=at + dt.timedelta(minutes=20),
        payload_size=8 * _MEGABYTE,
    )
    x5 = replace(shown, local_start=at + dt.timedelta(minutes=45), payload_size=5 * _MEGABYTE)
    recordings = ((left, replace(left, lens=1, seed=1)), (x4,), (x5,))
    for recipe in (recipe for recording in recordings for recipe in recording):
        write_recording(folder / recipe.file_name, recipe)
    return tuple(tuple(recipe.file_name for recipe in recording) for recording in recordings)


def manifest(recordings: Sequence[Sequence[str]], day: dt.date) -> str:
    """Write a manifest with a walkthrough for each recording, as a user would."""
    walks = zip(("Level 1", "Level 2", "Level 2, east wing"), recordings, strict=True)
    return _HEAD + "".join(_walk(name, day, files) for name, files in walks)


def _walk(name: str, day: dt.date, files: Sequence[str]) -> str:
    id_ = f"{name.lower().replace(',', '').replace(' ', '-')}-{day}"
    route = "route: level-1-loop" if name == "Level 1" else "route: level-2-loop"
    end_position = '\n    end_position: "0.16, 0.82"' if "east" in name else ""
    return f"""  - id: {id_}
    name: {name}
    date: {day}
    {route}{end_position}
    files: [{", ".join(files)}]
"""


_HEAD = """version: 1
project: evercam
uploaded_by: walker@example.com
drawings:
  level-1: {id: 6142, map_style: blank, image: typical-floor.svg}
  level-2: {id: 6143, map_style: blank, image: typical-floor.svg}
routes:
  level-1-loop:
    drawing: level-1
    start_position: "0.62, 0.09"
    end_position: "0.37, 0.17"
    target_points: ["0.62, 0.30", "0.62, 0.55", "0.62, 0.78", "0.37, 0.78", "0.37, 0.50"]
  level-2-loop:
    {drawing: level-2, start_position: "0.62, 0.09", end_position: "0.37, 0.09", target_points: 12}
walkthroughs:
"""
