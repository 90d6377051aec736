"""The saved plan: its JSON, and the proof that it still holds when it is applied."""

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from runner.base.errors import InvalidPlanError, UsageError
from runner.base.files import MAX_DOCUMENT, read_regular, read_text, write_file
from runner.base.schemas import load_schema
from runner.base.wording import json_text, size
from runner.plan.model import Choices, Plan, PlannedRecording, PlannedWalkthrough
from runner.recordings.address import MediaRoot, StoreAddress, is_address, parse_media_root

if TYPE_CHECKING:
    from jsonschema import ValidationError

PLAN_VERSION = "1.2"
_MAJOR = PLAN_VERSION.partition(".")[0]
_HOW_TO_SAVE = "check its name, or save one with `sitewalk plan -o`"


def plan_json(plan: Plan, made_at: str) -> dict[str, Any]:
    """The plan as schemas/plan.schema.json describes it."""
    return {
        "sitewalk_plan": PLAN_VERSION,
        "made_at": made_at,
        "addresses": asdict(plan.addresses),
        "choices": {
            "again": sorted(plan.choices.again),
            "refinish": sorted(plan.choices.refinish),
        },
        "manifests": [asdict(manifest) for manifest in plan.manifests],
        "totals": {
            "walkthroughs": len(plan.walkthroughs),
            "bytes_left": plan.left,
            "pending": plan.is_pending,
            "needs_decision": plan.needs_decision,
        },
        "walkthroughs": [_walkthrough_json(walkthrough) for walkthrough in plan.walkthroughs],
    }


def _walkthrough_json(walkthrough: PlannedWalkthrough) -> dict[str, Any]:
    data = asdict(walkthrough)
    del data["manifest"]  # where it lies may differ from machine to machine
    data["ways_out"] = data.pop("next_steps")  # a key of this version of the schema
    data["date"] = walkthrough.date.isoformat()
    data["bytes_left"] = walkthrough.left
    data["recordings"] = [_recording_json(recording) for recording in walkthrough.recordings]
    return data


def _recording_json(recording: PlannedRecording) -> dict[str, Any]:
    start = recording.local_start
    return {**asdict(recording), "local_start": start.isoformat() if start else None}


def save_plan(plan: Plan, made_at: str, path: Path, media_root: MediaRoot | None = None) -> None:
    """Write a plan; manifests and media root are named from its own folder. Raises UsageError."""
    if path.suffix != ".json":
        raise UsageError(f"a saved plan ends in .json, not as {path} does", "for example plan.json")
    data = plan_json(plan, made_at)
    for manifest in data["manifests"]:
        manifest["path"] = _from(path.parent, manifest["path"])
    if isinstance(media_root, StoreAddress):
        data["media_root"] = str(media_root)
    elif media_root is not None:
        data["media_root"] = _from(path.parent, str(media_root))
    write_file(path, json_text(data), "choose another place with --output")


def _from(folder: Path, manifest: str) -> str:
    """A manifest's path from the plan's folder, so that both can move together."""
    try:
        return Path(os.path.relpath(manifest, folder)).as_posix()
    except ValueError:  # on Windows, from one drive to another
        return Path(manifest).absolute().as_posix()


def saved_manifests(path: Path, saved: Mapping[str, Any]) -> tuple[Path, ...]:
    """Where the manifests of the plan saved at `path` are.

    Raises InvalidPlanError when one is not there: the plan, or the manifest, was moved alone.
    """
    manifests = tuple(path.parent / manifest["path"] for manifest in saved["manifests"])
    for manifest in manifests:
        if not os.path.lexists(manifest):
            where = Path(os.path.normpath(manifest)).as_posix()
            message = f"the plan {path} names the manifest {where}, which is not there"
            help_ = "a plan names manifests from its own folder: put it back, or save a new one"
            raise InvalidPlanError(message, help_)
    return manifests


def saved_media_root(path: Path, saved: Mapping[str, Any]) -> MediaRoot | None:
    """The media root that the plan saved at `path` was made with; None where none was named.

    Raises UsageError for an address of no use.
    """
    root = saved.get("media_root")
    if isinstance(root, str) and is_address(root):
        return parse_media_root(root)
    return Path(os.path.normpath(path.parent / root)) if isinstance(root, str) else None


def load_plan(path: Path) -> Mapping[str, Any]:
    """Read a saved plan and check its form; raises InvalidPlanError."""
    try:
        data = json.loads(read_text(path, _HOW_TO_SAVE, InvalidPlanError))
    except (ValueError, RecursionError):  # the latter from brackets without end
        data = None
    if not isinstance(data, dict) or "sitewalk_plan" not in data:
        raise InvalidPlanError(f"{path} is not a saved plan", "`sitewalk plan -o` writes one")
    version = str(data["sitewalk_plan"])
    if version.partition(".")[0] != _MAJOR:
        message = f"{path} is a plan of version {version}, and this sitewalk reads {_MAJOR}.x"
        raise InvalidPlanError(message, "use the sitewalk that made it, or make it anew")
    wrong = _first_wrong(data)
    if wrong is not None:
        message = f"the saved plan {path} is damaged: {_in_words(wrong)}"
        raise InvalidPlanError(message, "make it anew with `sitewalk plan -o`")
    return data


def _first_wrong(data: Mapping[str, Any]) -> "ValidationError | None":
    """What matters most of all in which a plan differs from its schema."""
    import jsonschema  # noqa: PLC0415 - most commands read no saved plan

    wrong = jsonschema.Draft202012Validator(load_schema("plan")).iter_errors(data)
    first: ValidationError | None = jsonschema.exceptions.best_match(wrong)
    return first


def _in_words(wrong: "ValidationError") -> str:
    """What is wrong with a plan, for people who never saw its schema."""
    where = wrong.json_path.removeprefix("$").removeprefix(".")
    if wrong.validator != "required":
        return f"`{where}` cannot be that"
    wanted, data = cast("list[str]", wrong.validator_value), cast("dict[str, Any]", wrong.instance)
    missing = next(key for key in wanted if key not in data)
    return f"`{where}.{missing}` is missing" if where else f"`{missing}` is missing"


def saved_choices(saved: Mapping[str, Any]) -> Choices:
    """What a person asked for when the plan was made."""
    choices = saved["choices"]
    return Choices(frozenset(choices["refinish"]), frozenset(choices["again"]))


def plan_digest(path: Path) -> str:
    """What tells one saved plan from another in the ledger."""
    return hashlib.sha256(read_regular(path, MAX_DOCUMENT)).hexdigest()


def what_changed(
    saved: Mapping[str, Any], now: Plan, begun: Collection[str] = ()
) -> tuple[str, ...]:
    """Everything in which a saved plan differs from one made now, in words; empty if it holds.

    The walkthroughs in `begun` may have moved on in the ledger: runs of this plan moved them.
    """
    return tuple(_changes(saved, as_saved(now), begun))


def as_saved(plan: Plan) -> dict[str, Any]:
    """A plan as it is read back once it was saved, without when that was."""
    plain: dict[str, Any] = json.loads(json.dumps(plan_json(plan, "")))
    return plain


def _changes(
    saved: Mapping[str, Any], now: Mapping[str, Any], begun: Collection[str]
) -> Iterator[str]:
    for key, old in saved["addresses"].items():
        if now["addresses"][key] != old:
            yield f"the {key} address was {old} and is {now['addresses'][key]}"
    if len(saved["manifests"]) != len(now["manifests"]):
        yield "it names a manifest more than once"
    for old, new in zip(saved["manifests"], now["manifests"], strict=False):
        if old["sha256"] != new["sha256"]:
            yield f"the manifest {new['path']} was edited"
    before = {(entry["project"], entry["id"]): entry for entry in saved["walkthroughs"]}
    after = {(entry["project"], entry["id"]): entry for entry in now["walkthroughs"]}
    yield from (f"walkthrough {id_} is gone" for _, id_ in sorted(before.keys() - after.keys()))
    yield from (f"walkthrough {id_} is new" for _, id_ in sorted(after.keys() - before.keys()))
    for key in sorted(before.keys() & after.keys()):
        moved = frozenset() if key[1] in begun else _MOVED_BY_A_RUN
        yield from _walkthrough_changes(before[key], after[key], moved)


_MOVED_BY_A_RUN = frozenset(
    {"known", "action", "reason", "upload_id", "ways_out", "changes", "bytes_left"}
)
_REVIEWED = {
    "name",
    "date",
    "drawing",
    "drawing_id",
    "uploaded_by",
    "start_position",
    "end_position",
    "target_points_count",
}


def _walkthrough_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], ledger_keys: frozenset[str]
) -> Iterator[str]:
    other_files = tuple(_other_files(old, new))
    yield from other_files
    for key in sorted(_REVIEWED):
        if old[key] != new[key]:
            yield f"{new['id']}: {key} was {old[key]} and is {new[key]}"
    follows = {"bytes_left"} if other_files else set()
    moved = {key for key in ledger_keys - follows if old[key] != new[key]}
    if moved:
        what = "what is to be done" if old["known"] == new["known"] else "the ledger moved on"
        yield f"{new['id']}: {what}: {_step(old, new, moved)}"


def _step(old: Mapping[str, Any], new: Mapping[str, Any], moved: Collection[str]) -> str:
    """What moved, as far as words can tell it."""
    if "action" in moved:
        return f"{old['action']} → {new['action']}, {new['reason']}"
    if "bytes_left" in moved:
        return f"{size(old['bytes_left'])} → {size(new['bytes_left'])} to send"
    return f"still {new['action']}, {new['reason']}"


def _other_files(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before = {recording["name"]: recording["identity"] for recording in old["recordings"]}
    after = {recording["name"]: recording["identity"] for recording in new["recordings"]}
    for name in sorted(before.keys() | after.keys()):
        if name not in after or name not in before:
            yield f"{new['id']}: the list of files changed: {name}"
        elif before[name] != after[name]:
            yield f"{new['id']}: the file {name} has other content"
