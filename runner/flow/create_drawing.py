"""Creating a drawing once, whatever happens, and a person's decision where nobody knows."""

import os
import random
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial

from runner.base.clock import CancelToken, Clock, ShutdownGrace, SystemClock
from runner.base.errors import (
    DecisionError,
    RecordingChangedError,
    RecordingUnreadableError,
    ServerError,
    UsageError,
    reason_of,
)
from runner.base.files import write_file
from runner.evercam.addresses import lacking
from runner.evercam.client import Evercam
from runner.evercam.http.dialing import Dialer
from runner.evercam.http.errors import RequestFailedError
from runner.evercam.http.failures import unusable_certificates
from runner.evercam.http.session import Session
from runner.flow.drawing import (
    DrawingRequest,
    PlannedDrawing,
    drawings_ledger,
    known_drawing,
    plan_drawing,
    project_id_of,
    project_with_drawings,
    request_text,
    same_picture,
)
from runner.flow.ledgers import is_new, open_for_writing, refuse_to_begin, sole_writer
from runner.flow.project import Project
from runner.ledger.address import LedgerAddress
from runner.ledger.drawings import drawing_stream
from runner.ledger.lock import Holder
from runner.ledger.resolve import Decision, find_hold, settle_hold
from runner.ledger.state import NOTHING_KNOWN, WalkthroughState
from runner.ledger.store import Ledger
from runner.ledger.stream import Streams
from runner.manifest.edit.editing import set_drawing_id
from runner.manifest.new_drawing import id_of_drawing
from runner.manifest.yaml.document import read_bytes
from runner.settings import Settings
from runner.upload.drawing import DrawingContext, DrawingWork, make_drawing
from runner.upload.journal import RunJournal
from runner.upload.recording.context import UploadContext, UploadOptions
from runner.upload.recording.rate_limit import RateLimiter, parse_limit


@dataclass(frozen=True, slots=True)
class DrawingEntrance:
    """What the command supplies: who runs it, where messages go, and what is asked.

    `ask` is shown the request, and raises to decline; `running` is entered while it is sent.
    """

    holder: Callable[[], Holder]
    ask: Callable[[str], None]
    say: Callable[[str], None]
    stop: CancelToken = field(default_factory=CancelToken)
    clock: Clock = field(default_factory=SystemClock)
    running: Callable[[], AbstractContextManager[None]] = nullcontext


def create_drawing(request: DrawingRequest, entrance: DrawingEntrance) -> None:
    """Create a drawing of the project file and write its id there, unless it has an id.

    Raises UsageError, InvalidManifestError, LedgerError, CredentialsError, DecisionError where it
    is held, ServerError where Evercam did not take it, and whatever `ask` declines with.
    """
    project = project_with_drawings(request.manifest)
    id_ = id_of_drawing(project.reading, request.name)
    if id_ is not None:
        entrance.say(f"`{request.name}` is drawing {id_} on Evercam already: nothing to do")
        return
    address = drawings_ledger(project, request.settings)
    if not _known_before(address, project, request).upload_id:
        planned = _agreed(address, project, request, entrance)
        with sole_writer(address, entrance.holder, entrance.stop):
            _create(planned, address, project, request, entrance)
        return
    with sole_writer(address, entrance.holder, entrance.stop):
        _write_known(_known_before(address, project, request), project, request, entrance)


def _known_before(
    address: LedgerAddress, project: Project, request: DrawingRequest
) -> WalkthroughState:
    ledger = None if request.settings.new_ledger else Ledger.open_existing(address)
    if ledger is None:
        return NOTHING_KNOWN
    with ledger:
        return known_drawing(ledger, project, request)


def _agreed(
    address: LedgerAddress, project: Project, request: DrawingRequest, entrance: DrawingEntrance
) -> PlannedDrawing:
    """The request, once it was shown and agreed to."""
    settings = request.settings
    planned = plan_drawing(project, request)
    if not settings.new_ledger and is_new(address):
        refuse_to_begin(address)
    notes: tuple[str, ...] = ()
    ledger = None if settings.new_ledger else Ledger.open_existing(address)
    if ledger is not None:
        with ledger:
            notes = same_picture(ledger, planned, settings.addresses)
    entrance.ask(request_text(planned, settings.addresses, notes))
    if settings.credentials.missing:
        raise lacking(settings.credentials)
    unusable = unusable_certificates(os.environ)
    if unusable is not None:
        raise unusable
    return planned


def _create(
    planned: PlannedDrawing,
    address: LedgerAddress,
    project: Project,
    request: DrawingRequest,
    entrance: DrawingEntrance,
) -> None:
    with open_for_writing(address, [project.path], request.settings, entrance.stop) as ledger:
        state = known_drawing(ledger, project, request)  # now that nobody else can write
        if state.upload_id is not None:
            _write_known(state, project, request, entrance)
            return
        picture = planned.picture, planned.sha256
        steps = request.next_steps
        work = DrawingWork(request.name, planned.floor, *picture, planned.body, state, steps)
        id_ = _made(work, ledger, request.settings, entrance)
    entrance.say(f"created: `{request.name}` is drawing {id_} on Evercam")
    _write_id(project, request.name, id_, entrance.say)


def _made(work: DrawingWork, ledger: Ledger, settings: Settings, entrance: DrawingEntrance) -> int:
    try:
        with entrance.running():
            return make_drawing(work, _context(work, ledger, settings, entrance))
    except RequestFailedError as error:
        help_ = error.help or "see what the server says to it, then run the same command again"
        raise ServerError(f"no drawing was created: {error}", help_) from error
    except (RecordingChangedError, RecordingUnreadableError) as error:
        raise UsageError(f"no drawing was created: {error}", error.help) from error


def _context(
    work: DrawingWork, ledger: Ledger, settings: Settings, entrance: DrawingEntrance
) -> DrawingContext:
    stop, clock = entrance.stop, entrance.clock
    dialer = Dialer(entrance.say)
    patient = partial(Session, ShutdownGrace(stop, clock).check, dialer=dialer)
    evercam = Evercam(settings.addresses, settings.credentials, patient)
    key = settings.addresses.destination(work.floor.project), drawing_stream(work.name)
    limit = parse_limit(settings.limit_rate)
    uploads = UploadContext(
        settings.addresses.tus,
        stop,
        UploadOptions(limit=limit, sha256=True),
        clock,
        random.Random(),  # noqa: S311 - it spreads waits
        RateLimiter(limit, clock),
    )
    return DrawingContext(
        secrets.token_hex(4),
        entrance.holder(),
        evercam,
        RunJournal(Streams(ledger, {key: work.known.version})),
        uploads,
        partial(Session, stop.check, evercam.secrets, dialer),
        entrance.say,
    )


def _write_known(
    state: WalkthroughState, project: Project, request: DrawingRequest, entrance: DrawingEntrance
) -> None:
    """Write the id of a drawing that an earlier run created; sends nothing."""
    if state.upload_id is not None:
        name = request.name
        entrance.say(f"the ledger knows `{name}` as drawing {state.upload_id}: nothing is sent")
        _write_id(project, name, state.upload_id, entrance.say)


def settle_drawing(
    request: DrawingRequest,
    adopt: int | None,
    holder: Callable[[], Holder],
    confirm: Callable[[str], None],
    say: Callable[[str], None],
) -> None:
    """Settle a held drawing as a person says: `adopt` is its id, None that there is none.

    Raises UsageError when it is not held, or where the project file says otherwise.
    """
    project = project_with_drawings(request.manifest)
    before = id_of_drawing(project.reading, request.name)
    if adopt is None and before is not None:
        help_ = "take that out first, if it is not on the dashboard"
        raise UsageError(f"the project file says that `{request.name}` is {before}", help_)
    _refuse_anothers(project, request.name, adopt)
    address, settings = drawings_ledger(project, request.settings), request.settings
    if is_new(address):
        raise UsageError(f"there is no ledger at {address}", "so no drawing is held")
    stream, project_id = drawing_stream(request.name), project_id_of(project)
    with sole_writer(address, holder, CancelToken()), Ledger.open(address) as ledger:
        hold = find_hold(ledger, stream, settings.addresses.ingest, project_id)
        confirm(str(hold.destination))
        decision = Decision(adopt, secrets.token_hex(4), holder())
        settle_hold(ledger, hold, decision, SystemClock())
    if adopt is not None:
        _write_id(project, request.name, adopt, say, before)


def _refuse_anothers(project: Project, name: str, adopt: int | None) -> None:
    for other in project.reading.value("drawings"):
        if other != name and adopt is not None and id_of_drawing(project.reading, other) == adopt:
            message = f"drawing {adopt} is `{other}` in {project.path.as_posix()}"
            raise UsageError(message, "look once more")


def _write_id(
    project: Project, name: str, id_: int, say: Callable[[str], None], before: int | None = None
) -> None:
    """Write a drawing's id into the project file as it is now; the rest stays.

    `before` is an id that it may replace. Raises UsageError and DecisionError, which say what to
    write.
    """
    file, advice = project.path.as_posix(), f"write `id: {id_}` under `{name}` there yourself"
    try:
        raw = read_bytes(project.path)
    except OSError as error:
        message = f"drawing `{name}` is {id_}, but {file} cannot be read: {reason_of(error)}"
        raise UsageError(message, advice) from error
    found = id_of_drawing(project_with_drawings(project.path).reading, name)
    if found not in {None, id_, before}:
        message = f"drawing `{name}` is {id_}, but {file} meanwhile says {found}"
        raise DecisionError(message, f"look on the dashboard which is right; {advice}")
    write_file(project.path, set_drawing_id(raw, file, name, id_), advice)
    say(f"written: id {id_} of `{name}` in {file}")
