"""Own the last step of the flow: a plan is carried out, with what that takes from outside.

Apart from the steps before it, so that a plan or a status waits for no HTTP library.
"""

import os
import random
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial

from runner.apply.job import RunTools
from runner.apply.news import Happened, Listener, nobody
from runner.apply.run import Start, run_plan
from runner.dialing import Dialer
from runner.errors import UsageError
from runner.evercam.client import Evercam
from runner.evercam.credentials import lacking
from runner.http import Session, unusable_certificates
from runner.ledger.lock import Holder
from runner.ledger.store import Ledger
from runner.report.recorder import Recorder
from runner.report.results import Results
from runner.timing import CancelToken, Clock, ShutdownGrace, SystemClock
from runner.upload.engine import UploadContext, UploadOptions
from runner.upload.pace import RateLimiter
from runner.workflow import Outlook


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a run needs from outside, with plain defaults."""

    run: str
    holder: Holder
    stop: CancelToken = field(default_factory=CancelToken)
    clock: Clock = field(default_factory=SystemClock)
    options: UploadOptions = field(default_factory=UploadOptions)
    listener: Listener = nobody
    rng: random.Random = field(default_factory=random.Random)


def apply_outlook(
    outlook: Outlook, ledger: Ledger, executor: Executor, runtime: Runtime
) -> Results:
    """Carry out a plan. Raises CredentialsError or UsageError before anything is sent."""
    settings = outlook.settings
    check_ready(outlook)
    recorder = Recorder(runtime.clock, runtime.options.limit.rate)
    uploads = UploadContext(
        settings.addresses.tus,
        runtime.stop,
        runtime.options,
        runtime.clock,
        runtime.rng,
        RateLimiter(runtime.options.limit, runtime.clock),
    )
    listener = recorder.and_also(runtime.listener)
    dialer = Dialer(lambda text: listener(Happened("network", "note", text)))
    patient = partial(Session, ShutdownGrace(runtime.stop, runtime.clock).check, dialer=dialer)
    evercam = Evercam(settings.addresses, settings.credentials, patient)
    tools = RunTools(
        run=runtime.run,
        evercam=evercam,
        journal=ledger,
        uploads=uploads,
        uploader=settings.credentials.username,
        listener=listener,
        new_session=partial(Session, runtime.stop.check, evercam.secrets, dialer),
    )
    start = Start(runtime.holder, outlook.saved_plan)
    results = run_plan(outlook.plan, outlook.files, outlook.states, tools, executor, start)
    return replace(results, timeline=recorder.timeline())


def check_ready(outlook: Outlook) -> None:
    """Raise CredentialsError or UsageError when a pending plan lacks what sending it takes."""
    credentials = outlook.settings.credentials
    if not outlook.plan.is_pending:
        return
    if credentials.missing:
        raise lacking(credentials)
    unusable = unusable_certificates(os.environ)
    if unusable is not None:
        raise unusable
    nameless = any(one.uploaded_by is None for one in outlook.plan.walkthroughs)
    if nameless and not credentials.username:
        help_ = "write `uploaded_by` into the manifest, or set EVERCAM_USERNAME"
        raise UsageError("nobody says who uploads: a token does not tell its user", help_)
