"""Own the last step of the flow: a plan is carried out, with what that takes from outside.

Apart from the steps before it, so that a plan or a status waits for no HTTP library.
"""

import random
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial

from runner.apply.job import RunTools
from runner.apply.news import Listener, nobody
from runner.apply.run import Start, run_plan
from runner.destination import Destination
from runner.errors import UsageError
from runner.evercam.client import Evercam
from runner.evercam.credentials import lacking
from runner.http import Session
from runner.ledger.lock import Holder
from runner.ledger.store import Ledger
from runner.ledger.stream import Streams
from runner.report.recorder import Recorder
from runner.report.results import Results
from runner.timing import Clock, Grace, Stop, SystemClock
from runner.upload.engine import Tools, UploadOptions
from runner.upload.pace import Pace
from runner.workflow import Outlook


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a run needs from outside, with plain defaults."""

    run: str
    holder: Holder
    stop: Stop = field(default_factory=Stop)
    clock: Clock = field(default_factory=SystemClock)
    options: UploadOptions = field(default_factory=UploadOptions)
    listener: Listener = nobody
    dice: random.Random = field(default_factory=random.Random)


def apply_outlook(
    outlook: Outlook, ledger: Ledger, executor: Executor, runtime: Runtime
) -> Results:
    """Carry out a plan. Raises CredentialsError or UsageError before anything is sent."""
    settings = outlook.settings
    check_ready(outlook)
    recorder = Recorder(runtime.clock, runtime.options.limit.rate)
    uploads = Tools(
        settings.addresses.tus,
        runtime.stop,
        runtime.options,
        runtime.clock,
        runtime.dice,
        Pace(runtime.options.limit, runtime.clock),
    )
    patient = partial(Session, Grace(runtime.stop, runtime.clock).check)
    tools = RunTools(
        run=runtime.run,
        evercam=Evercam(settings.addresses, settings.credentials, patient),
        journal=Streams(ledger, _versions(outlook)),
        uploads=uploads,
        uploader=settings.credentials.username,
        listener=recorder.and_also(runtime.listener),
        new_session=partial(Session, runtime.stop.check),
    )
    start = Start(runtime.holder, outlook.saved_plan)
    results = run_plan(outlook.plan, outlook.files, outlook.states, tools, executor, start)
    return replace(results, timeline=recorder.timeline())


def _versions(outlook: Outlook) -> dict[tuple[Destination, str], int]:
    """What was read when it was planned: where the ledger has gone on since, the run does not."""
    addresses = outlook.settings.addresses
    return {
        (addresses.destination(project), id_): state.version
        for (project, id_), state in outlook.states.items()
    }


def check_ready(outlook: Outlook) -> None:
    """Raise CredentialsError or UsageError when a pending plan lacks what sending it takes."""
    credentials = outlook.settings.credentials
    if not outlook.plan.is_pending:
        return
    if credentials.missing:
        raise lacking(credentials)
    nameless = any(one.uploaded_by is None for one in outlook.plan.walkthroughs)
    if nameless and not credentials.username:
        help_ = "write `uploaded_by` into the manifest, or set EVERCAM_USERNAME"
        raise UsageError("nobody says who uploads: a token does not tell its user", help_)
