"""Console blocks of the docs, run as a reader runs them: in one folder a page, against a sandbox.

A block of the language `console` is run: what follows `$ ` is a command for bash, and the lines
below it, if any, are what it writes to stdout and stderr; `…` stands for anything. Comments in the
page's source say the rest, each on a line before a block:

    <!-- setup: NAME -->    what has to be there, made by SETUPS
    <!-- file: PATH -->     the block's text is written to this file
    <!-- add: PATH -->      the block's text is added to the end of this file
    <!-- before: COMMAND -->  this is run first, and not shown
    <!-- exit: NUMBER -->   the exit status of the block's commands, else 0
    <!-- not run: WHY -->   the block is only shown
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from runner.recordings.samples import recipes
from runner.recordings.samples.make import write_recording
from tests.sites import RECIPE, Site, true_recording, walk

_PART = re.compile(
    r"^<!-- (?P<word>setup|file|add|before|exit|not run): (?P<value>.*?) -->$"
    r"|^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block with what the comments before it say."""

    language: str
    text: str
    notes: Mapping[str, str]

    @property
    def is_run(self) -> bool:
        """Whether its commands are run."""
        return self.language == "console" and "not run" not in self.notes


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a block, and what the page shows of its output."""

    words: str
    shown: str


def blocks_of(page: str) -> Iterator[Block]:
    """Yield a page's fenced blocks, in order."""
    notes: dict[str, str] = {}
    for part in _PART.finditer(page):
        if part["word"]:
            notes[part["word"]] = part["value"]
        else:
            indent = len(part["indent"])
            text = "".join(line[indent:] for line in part["text"].splitlines(keepends=True))
            yield Block(part["language"], text, notes)
            notes = {}


def commands_of(block: Block) -> Iterator[Command]:
    """Yield a block's commands; what is indented below one, or follows `\\`, belongs to it."""
    for entry in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        lines = entry.splitlines(keepends=True)
        length = 1
        while lines[length - 1].rstrip("\n").endswith("\\"):
            length += 1
        yield Command("".join(lines[:length]).strip(), "".join(lines[length:]))


def run_page(page: str, folder: Path, environment: Mapping[str, str]) -> None:
    """Do in a folder what a page says, and compare what it shows."""
    for block in blocks_of(page):
        if setup := block.notes.get("setup"):
            SETUPS[setup](folder)
        if name := block.notes.get("file"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(block.text, encoding="utf-8")
        if name := block.notes.get("add"):
            with (folder / name).open("a", encoding="utf-8") as file:
                file.write(block.text)
        if words := block.notes.get("before"):
            _run(Command(words, ""), 0, folder, environment)
        if block.is_run:
            for command in commands_of(block):
                _run(command, int(block.notes.get("exit", 0)), folder, environment)


def _run(command: Command, status: int, folder: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1; {command.words}"],  # noqa: S607 - the reader's own bash
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == status, f"$ {command.words}\n{done.stdout}"
    if command.shown:
        pattern = ".*?".join(map(re.escape, command.shown.strip().split("…")))
        assert re.search(pattern, done.stdout, re.DOTALL), f"$ {command.words}\n{done.stdout}"


def write_sitewalk(folder: Path) -> Path:
    """Write a `sitewalk` whose clock stands at the day after the walks; returns its folder."""
    folder.mkdir()
    (folder / "dated.py").write_text(
        "import datetime as dt\n"
        "from runner.__main__ import main\n"
        "from runner.base.clock import SystemClock\n"
        "offset = dt.datetime(2026, 1, 21, 12, tzinfo=dt.UTC) - dt.datetime.now(dt.UTC)\n"
        "SystemClock.now = lambda _: dt.datetime.now(dt.UTC) + offset\n"
        "main()\n",
        encoding="utf-8",
    )
    script = folder / "sitewalk"
    python = f'exec "{sys.executable}"'
    script.write_text(f'#!/bin/sh\n{python} "{folder / "dated.py"}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    (folder / "python").write_text(f'#!/bin/sh\n{python} "$@"\n', encoding="utf-8")
    (folder / "python").chmod(0o755)
    return folder


def _card(folder: Path) -> None:
    """A card in `card`: two walks of an X4 on one day."""
    for hour in (10, 11):
        start = RECIPE.local_start.replace(hour=hour, minute=15)
        recipe = replace(recipes.X4, local_start=start, duration=30.0, alignment=1)
        path = folder / "card" / "DCIM" / "Camera01" / recipe.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_recording(path, recipe)


def _site(folder: Path) -> None:
    """A manifest of one walk in `manifest.yaml`, with its recording beside it."""
    site = Site(folder).write(walk("level-2-2026-01-20", ["VID_20260120_080000_00_001.insv"]))
    write_recording(site.folder / "VID_20260120_080000_00_001.insv", true_recording(8000))


def _sent(folder: Path) -> None:
    """The card, with a preview on it, and a manifest of its first walk."""
    _card(folder)
    (folder / "card/DCIM/Camera01/LRV_20260120_101500_01_001.lrv").write_bytes(b"preview")
    recording = "DCIM/Camera01/VID_20260120_101500_00_001.insv"
    Site(folder).write(walk("level-2-2026-01-20", [recording]))


SETUPS: Mapping[str, Callable[[Path], None]] = {"card": _card, "sent": _sent, "site": _site}
"""What pages may ask to be there."""
