"""What would be done, and why: one decision for each thing the ledger can know."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from runner.base.destination import Destination
from runner.evercam.addresses import Addresses
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold
from runner.manifest.model import Drawing, Manifest, Position, Walkthrough
from runner.plan.model import Action, Choices, Plan, TransferKind
from runner.plan.planner import Source, make_plan
from runner.plan.text import plan_text
from runner.problems.problem import Place
from runner.recordings.files import RecordingFile
from runner.recordings.identity import Identity

DESTINATION = Destination("https://there", "evercam")
A = RecordingFile("a.insv", Path("/card/a.insv"), Identity(4_000_000_000, "aa"))
B = RecordingFile("b.insv", Path("/card/b.insv"), Identity(2_000_000_000, "bb"))
HERE = Place("week.yaml", 9, 5)
WALK = Walkthrough(
    id="level-2",
    name="Level 2",
    date=dt.date(2026, 1, 20),
    drawing=Drawing("level-2", 6143),
    start_position=Position(0.12, 0.88),
    end_position=Position(0.9, 0.15),
    files=("a.insv", "b.insv"),
    place=HERE,
    file_places=(HERE, HERE),
)
INTENT = {"name": "Level 2", "date": "2026-01-20", "drawing_id": 6143, "uploaded_by": None}
LINK = {
    "start_position": "0.12,0.88",
    "end_position": "0.9,0.15",
    "target_points_count": 0,
    "recordings": {str(A.identity): "a.insv", str(B.identity): "b.insv"},
}
Fact = tuple[Kind, str, dict[str, Any]]
CREATING: Fact = (Kind.CREATING, "", INTENT)
CREATED: Fact = (Kind.CREATED, "", {"upload_id": 999})


def _sent(file: RecordingFile) -> list[Fact]:
    identity = str(file.identity)
    return [
        (Kind.TUS_CREATING, identity, {"name": file.name, "length": file.length}),
        (Kind.TUS_CREATED, identity, {"url": "http://portal.evercam.io/files/x"}),
        (Kind.UPLOADED, identity, {"sha256": "00"}),
    ]


A_ID = str(A.identity)
ALL_SENT = [CREATING, CREATED, *_sent(A), *_sent(B)]
FINISHED = [*ALL_SENT, (Kind.FINISHING, "", LINK), (Kind.FINISHED, "", {"status": 200})]


def _plan(facts: list[Fact], walk: Walkthrough = WALK, choices: Choices | None = None) -> Plan:
    at = dt.datetime(2026, 1, 21, 8, tzinfo=dt.UTC)
    events = [
        Event(at, "run", DESTINATION, WALK.id, kind, identity, data)
        for kind, identity, data in facts
    ]
    manifest = Manifest("week.yaml", "evercam", (walk,), "00")
    states = {("evercam", id_): state for id_, state in fold(events).items()}
    files = {"a.insv": A, "b.insv": B}
    return make_plan([Source(manifest, files)], states, Addresses(), choices or Choices())


@pytest.mark.parametrize(
    ("facts", "action"),
    [
        ([], Action.CREATE),
        ([CREATING], Action.HELD),
        ([CREATING, (Kind.HELD, "", {"reason": "no answer"})], Action.HELD),
        ([CREATING, (Kind.REFUSED, "", {"reason": "422"})], Action.CREATE),
        ([CREATING, (Kind.RELEASED, "", {})], Action.CREATE),
        ([CREATING, (Kind.ADOPTED, "", {"upload_id": 7})], Action.UPLOAD),
        ([CREATING, CREATED], Action.UPLOAD),
        ([CREATING, CREATED, _sent(A)[0]], Action.UPLOAD),
        ([CREATING, CREATED, *_sent(A)[:2]], Action.RESUME),
        ([CREATING, CREATED, *_sent(A)], Action.RESUME),
        (ALL_SENT, Action.FINISH),
        ([*ALL_SENT, (Kind.FINISHING, "", LINK)], Action.FINISH),
        (FINISHED, Action.NOTHING),
        ([*FINISHED, (Kind.RENEWED, "", {})], Action.CREATE),
        ([*FINISHED, (Kind.FINISHING, "", LINK)], Action.FINISH),
    ],
)
def test_the_action_follows_from_the_events(facts: list[Fact], action: Action) -> None:
    (planned,) = _plan(facts).walkthroughs
    assert planned.action is action
    assert planned.reason


def test_only_what_is_missing_is_sent() -> None:
    sent = (Kind.SENT, str(B.identity), {"offset": 500_000_000})
    plan = _plan([CREATING, CREATED, *_sent(A), *_sent(B)[:2], sent])
    (planned,) = plan.walkthroughs
    assert [recording.transfer for recording in planned.recordings] == [
        TransferKind.NOTHING,
        TransferKind.RESUME,
    ]
    assert plan.left == 1_500_000_000


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Other"},
        {"date": dt.date(2026, 1, 21)},
        {"drawing": Drawing("yard", 6150)},
        {"start_position": Position(0.5, 0.5)},
        {"end_position": Position(0.5, 0.5)},
        {"target_points_count": 3},
        {"files": ("a.insv",), "file_places": (HERE,)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_was_finished_and_then_changed_is_left_alone(change: dict[str, Any]) -> None:
    plan = _plan(FINISHED, replace(WALK, **change))
    (planned,) = plan.walkthroughs
    assert planned.action is Action.CHANGED
    assert planned.changes
    assert not plan.is_pending
    assert plan.left == 0


def test_a_renamed_file_is_no_change() -> None:
    moved = replace(A, name="card-2/a.insv")
    walk = replace(WALK, files=("card-2/a.insv", "b.insv"))
    manifest = Manifest("week.yaml", "evercam", (walk,), "00")
    at = dt.datetime(2026, 1, 21, 8, tzinfo=dt.UTC)
    events = [Event(at, "run", DESTINATION, walk.id, *fact) for fact in FINISHED]
    states = {("evercam", id_): state for id_, state in fold(events).items()}
    source = Source(manifest, {"card-2/a.insv": moved, "b.insv": B})
    (planned,) = make_plan([source], states, Addresses()).walkthroughs
    assert planned.action is Action.NOTHING


def test_a_changed_walk_can_be_finished_again_or_uploaded_anew() -> None:
    walk = replace(WALK, target_points_count=3)
    refinish = _plan(FINISHED, walk, Choices(refinish=frozenset({"level-2"})))
    again = _plan(FINISHED, walk, Choices(again=frozenset({"level-2"})))
    assert refinish.walkthroughs[0].action is Action.FINISH
    assert refinish.left == 0
    assert again.walkthroughs[0].action is Action.CREATE
    assert again.left == A.length + B.length


@pytest.mark.parametrize("facts", [[CREATING, CREATED, *_sent(B)[:2]], FINISHED])
def test_a_walk_with_another_id_is_not_created_again_without_a_word(facts: list[Fact]) -> None:
    renamed = replace(WALK, id="level-2-new")
    assert _plan(facts, renamed).walkthroughs[0].action is Action.CHANGED
    again = _plan(facts, renamed, Choices(again=frozenset({"level-2-new"})))
    assert again.walkthroughs[0].action is Action.CREATE


@pytest.mark.parametrize(
    "facts", [[CREATING, CREATED], [CREATING, CREATED, *_sent(A)[:2], (Kind.ABANDONED, A_ID, {})]]
)
def test_a_walk_of_which_nothing_was_sent_may_have_another_id(facts: list[Fact]) -> None:
    assert _plan(facts, replace(WALK, id="level-2-new")).walkthroughs[0].action is Action.CREATE


def test_a_walk_with_another_id_reads_well() -> None:
    assert plan_text(_plan(FINISHED, replace(WALK, id="level-2-new"))) == snapshot("""\
plan: week.yaml → project evercam at https://ingest2.evercam.io

? decide level-2-new: a.insv was sent before, as `level-2` (upload 999)
    Level 2 · walked 2026-01-20 · uploaded by the user who logs in
    drawing level-2 (6143) · from 0.12,0.88 to 0.9,0.15 · 0 target points
    wait   a.insv  4.0 GB  (not sent yet)
    wait   b.insv  2.0 GB  (not sent yet)
    → if it is the same walk: give it its id `level-2` back in the manifest
    → to upload it anew besides the old one: sitewalk apply week.yaml --again level-2-new

1 walkthrough: 1 needs a decision; 0 B to send
""")


def test_a_held_walk_cannot_be_uploaded_anew_before_it_is_settled() -> None:
    plan = _plan([CREATING], choices=Choices(again=frozenset({"level-2"})))
    assert plan.walkthroughs[0].action is Action.HELD


def test_a_new_walk_reads_well() -> None:
    assert plan_text(_plan([])) == snapshot("""\
plan: week.yaml → project evercam at https://ingest2.evercam.io

+ create level-2: no upload of it is known
    Level 2 · walked 2026-01-20 · uploaded by the user who logs in
    drawing level-2 (6143) · from 0.12,0.88 to 0.9,0.15 · 0 target points
    send   a.insv  4.0 GB  (not sent yet)
    send   b.insv  2.0 GB  (not sent yet)

1 walkthrough: 1 to create; 6.0 GB to send
""")


def test_a_held_walk_names_the_way_out() -> None:
    assert plan_text(_plan([CREATING])) == snapshot("""\
plan: week.yaml → project evercam at https://ingest2.evercam.io

? decide level-2: the run ended before Evercam's answer to the create request was recorded
    Level 2 · walked 2026-01-20 · uploaded by the user who logs in
    drawing level-2 (6143) · from 0.12,0.88 to 0.9,0.15 · 0 target points
    wait   a.insv  4.0 GB  (not sent yet)
    wait   b.insv  2.0 GB  (not sent yet)
    → look on the dashboard for: Level 2, 2026-01-20, drawing 6143
    → if it is on the dashboard: sitewalk resolve level-2 --adopt UPLOAD_ID
    → if it is not: sitewalk resolve level-2 --retry

1 walkthrough: 1 needs a decision; 0 B to send
""")


def test_a_changed_walk_names_what_changed() -> None:
    walk = replace(WALK, name="Other", target_points_count=3)
    assert plan_text(_plan(FINISHED, walk)) == snapshot("""\
plan: week.yaml → project evercam at https://ingest2.evercam.io

? decide level-2: changed since it was uploaded
    Other · walked 2026-01-20 · uploaded by the user who logs in
    drawing level-2 (6143) · from 0.12,0.88 to 0.9,0.15 · 3 target points
    name: Level 2 → Other
    target_points_count: 0 → 3
    keep   a.insv  4.0 GB  (all bytes are on the server)
    keep   b.insv  2.0 GB  (all bytes are on the server)
    → to leave the upload as it is, which counts as done: sitewalk resolve level-2 --keep
    → to leave the old values with it: put them back, and give a changed route another name
    → to upload it anew besides the old one: sitewalk apply week.yaml --again level-2

1 walkthrough: 1 needs a decision; 0 B to send
""")


def test_a_resumed_walk_says_how_much_is_there() -> None:
    sent = (Kind.SENT, str(A.identity), {"offset": 1_500_000_000})
    assert plan_text(_plan([CREATING, CREATED, *_sent(A)[:2], sent])) == snapshot("""\
plan: week.yaml → project evercam at https://ingest2.evercam.io

> resume level-2: upload 999 exists, 0 of 2 files sent
    Level 2 · walked 2026-01-20 · uploaded by the user who logs in
    drawing level-2 (6143) · from 0.12,0.88 to 0.9,0.15 · 0 target points
    resume a.insv  4.0 GB  (1.5 GB of 4.0 GB sent; the server is asked what it has)
    send   b.insv  2.0 GB  (not sent yet)

1 walkthrough: 1 to resume; 4.5 GB to send
""")
