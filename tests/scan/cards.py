"""Cards for tests: folders with small recordings that are structurally true."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.recordings.insv.facts import Resolution
from runner.recordings.samples.make import write_recording
from runner.recordings.samples.recipes import RecordingRecipe

CAMERA = "DCIM/Camera01"
PREVIEW = Resolution(736, 368)


def small(recipe: RecordingRecipe, **changes: Any) -> RecordingRecipe:
    """The recipe with next to no media data, and other values where given."""
    return replace(recipe, payload_size=1000, alignment=64, **changes)


def put(card: Path, *recipes: RecordingRecipe, folder: str = CAMERA, name: str = "") -> list[str]:
    """Write recordings to a card, under the camera's names unless told; returns their paths."""
    paths = []
    for recipe in recipes:
        path = f"{folder}/{name or recipe.file_name}" if folder else name or recipe.file_name
        (card / path).parent.mkdir(parents=True, exist_ok=True)
        write_recording(card / path, recipe)
        paths.append(path)
    return paths


def put_preview(card: Path, recipe: RecordingRecipe, folder: str = CAMERA) -> str:
    """Write the small copy that a camera makes of a recording, under the name it gives it."""
    name = recipe.file_name.replace("VID_", "LRV_").replace("_00_", "_01_")
    return put(card, replace(recipe, resolution=PREVIEW), folder=folder, name=name)[0]


def cut(path: Path) -> None:
    """Leave half of a file, as an interrupted copy does."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
