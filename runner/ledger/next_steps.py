"""The commands that lead out of a hold or a change, ready to be copied into a shell."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from runner.base.wording import for_shell


def out_of_hold(manifest: str, id_: str, intent: Mapping[str, Any]) -> tuple[str, ...]:
    """What to look for on the dashboard, by the create request's fields, and what to do then."""
    resolve = _resolve(manifest, id_)
    return (
        _look_for(intent),
        f"if it is on the dashboard: {resolve} --adopt UPLOAD_ID",
        f"if it is not: {resolve} --retry",
    )


def out_of_adoption(manifest: str, id_: str, intent: Mapping[str, Any]) -> tuple[str, ...]:
    """How to correct the number that was adopted, by what to look for once more."""
    resolve = _resolve(manifest, id_)
    return (
        _look_for(intent),
        f"if it is there as another upload: {resolve} --adopt UPLOAD_ID",
        f"if it is not there at all: {resolve} --retry",
    )


def out_of_drawing_hold(name: str, where: str = "") -> tuple[str, ...]:
    """What to look for on the dashboard, and what to do then; `where` is an option of commands."""
    resolve = f"sitewalk drawing resolve {for_shell(name)}{where}"
    return (
        f"look on the dashboard for a drawing that was made for `{name}`",
        f"if it is there, its number ends the address of its page: {resolve} --adopt DRAWING_ID",
        f"if it is not: {resolve} --retry",
    )


def _look_for(intent: Mapping[str, Any]) -> str:
    what = f"{intent.get('name')}, {intent.get('date')}, drawing {intent.get('drawing_id')}"
    return f"look on the dashboard for: {what}"


def _resolve(manifest: str, id_: str) -> str:
    return f"sitewalk resolve {for_shell(id_)}{_ledger_of(manifest)}"


def out_of_change(manifest: str, id_: str, upload_id: int | None, *, linkable: bool) -> list[str]:
    """What to do about a walkthrough that changed after it was created or finished."""
    apply = f"sitewalk apply {for_shell(manifest)}"
    link = f"to link upload {upload_id} again as it is now: {apply} --refinish {for_shell(id_)}"
    return [
        *([link] if linkable else []),
        f"to leave the upload as it is, which counts as done: {_resolve(manifest, id_)} --keep",
        "to leave the old values with it: put them back, and give a changed route another name",
        f"to upload it anew besides the old one: {apply} --again {for_shell(id_)}",
    ]


def out_of_mixing(manifest: str, id_: str, upload_id: int | None) -> list[str]:
    """What to do about an upload whose recording may hold bytes of two versions."""
    link, keep, _old_values, again = out_of_change(manifest, id_, upload_id, linkable=True)
    return [link, keep, again]


def out_of_changes(manifest: str, ids: Sequence[str], *, linkable: bool) -> list[str]:
    """What to do about walkthroughs that changed alike; without ids all that changed are meant."""
    apply, names = f"sitewalk apply {for_shell(manifest)}", [for_shell(id_) for id_ in ids]
    which = " ".join(f"--refinish {name}" for name in names) or "--refinish --changed"
    these = " ".join(names) or "--changed"
    keep = f"sitewalk resolve {these}{_ledger_of(manifest)} --keep"
    return [
        *([f"to link their uploads again as they are now: {apply} {which}"] if linkable else []),
        f"to leave the uploads as they are, which counts as done: {keep}",
        "to leave the old values with them: put them back, and give a changed route another name",
        f"to upload one anew besides the old one: {apply} --again ID",
    ]


def out_of_renaming(manifest: str, id_: str, before: str) -> list[str]:
    """What to do about recordings that were sent before as another walkthrough."""
    again = f"sitewalk apply {for_shell(manifest)} --again {for_shell(id_)}"
    return [
        f"if it is the same walk: give it its id `{before}` back in the manifest",
        f"to upload it anew besides the old one: {again}",
    ]


def _ledger_of(manifest: str) -> str:
    """The option that names the ledger, where it is not the one of the current folder."""
    beside_us = PurePath(manifest).parent == PurePath()
    return "" if beside_us else f" --manifest {for_shell(manifest)}"
