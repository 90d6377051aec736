"""The world in which the examples of the rules are run."""

import datetime as dt
import functools
from pathlib import Path

from runner.flow.check import Checked, check_manifests
from tests.drawings.pictures import SVG, png
from tests.problems.recordings import write_examples

TODAY = dt.date(2026, 1, 26)

_SECTIONS = {
    "version": "version: 1\n",
    "project": "project: evercam\n",
    "drawings": "drawings:\n  level-2: {id: 6143}\n",
    "walkthroughs": """\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
}


def complete(example: str) -> str:
    """A whole manifest: the example's sections, and plain ones in front for all others."""
    written = {line.partition(":")[0] for line in example.splitlines()}
    if not any(name in written for name in _SECTIONS):
        return "".join(_SECTIONS.values()) + example if written & {"uploaded_by"} else example
    return "".join(text for name, text in _SECTIONS.items() if name not in written) + example


@functools.cache
def check(example: str, folder: Path) -> Checked:
    """Run an example in a folder that has the recordings and files which examples name."""
    if not (folder / "week-47.yaml").exists():  # one folder serves many examples
        _furnish(folder)
    if example.startswith("$ "):
        manifest = folder / example.rsplit(maxsplit=1)[-1]
    else:
        manifest = folder / "week.yaml"
        manifest.write_text(complete(example), encoding="utf-8")
    return check_manifests([manifest], None, TODAY)


def _furnish(folder: Path) -> None:
    write_examples(folder)
    (folder / "VID_empty.insv").write_bytes(b"")
    locked = folder / "VID_locked.insv"
    locked.symlink_to(locked)  # nobody can open a link to itself, not even root
    (folder / "wrong-everywhere.yaml").write_text(
        "walkthroughs:\n" + "- x\n" * 11_000, encoding="utf-8"
    )
    (folder / "VID_large.insv").write_bytes(b"#" * 9_000_000)
    _furnish_drawings(folder / "drawings")
    whole = "".join(_SECTIONS.values())
    for name, user in (("with-password", "ann:secret"), ("without-password", "ann")):
        (folder / name).mkdir()
        url = f"postgresql://{user}@db.example/sitewalk"
        shared = f"version: 1\nledger: {{url: '{url}'}}\n"
        (folder / name / "sitewalk.yaml").write_text(shared, encoding="utf-8")
        (folder / name / "week.yaml").write_text(whole, encoding="utf-8")
        (folder / name / "VID_1.insv").write_bytes((folder / "VID_1.insv").read_bytes())
    for name, id_ in (("with-new-drawing", ""), ("with-created-drawing", "id: 6143, ")):
        _furnish_drawings(folder / name / "drawings")
        shared = f"version: 1\ndrawings: {{level-3: {{{id_}image: drawings/level-2.png}}}}\n"
        (folder / name / "sitewalk.yaml").write_text(shared, encoding="utf-8")
        own = whole.replace(_SECTIONS["drawings"], "").replace(": level-2\n", ": level-3\n")
        (folder / name / "week.yaml").write_text(own, encoding="utf-8")
        (folder / name / "VID_1.insv").write_bytes((folder / "VID_1.insv").read_bytes())
    (folder / "week-47.yaml").write_text(whole, encoding="utf-8")
    (folder / "utf-8.yaml").write_text(whole, encoding="utf-8-sig")
    (folder / "utf-16.yaml").write_text(whole, encoding="utf-16")


def _furnish_drawings(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "level-2.png").write_bytes(png(40, 30))
    (folder / "huge.png").write_bytes(png(40_000, 30_000))
    (folder / "level-2.svg").write_text(SVG, encoding="utf-8")
    (folder / "level-2.dwg").write_bytes(b"AC1032")
