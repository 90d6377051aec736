"""The errors that reach a user, the exit codes they end in, and what is kept of a defect."""

import traceback
from collections.abc import Sequence
from enum import IntEnum


class SitewalkError(Exception):
    """Something went wrong that a user can mend; `help` says how."""

    def __init__(self, message: str, help_: str = "") -> None:
        super().__init__(message)
        self.help = help_


class UsageError(SitewalkError):
    """The command was called with words or settings that do not fit."""


class InvalidPlanError(UsageError):
    """A saved plan cannot be read, is damaged, or is none."""


class StalePlanError(SitewalkError):
    """A saved plan no longer holds; `changes` name what changed since it was made."""

    def __init__(self, changes: Sequence[str]) -> None:
        super().__init__("the plan is stale", "make a new plan and have it reviewed")
        self.changes = tuple(changes)


class DecisionError(SitewalkError):
    """Only a person can decide how to go on."""


class LedgerError(SitewalkError):
    """The ledger cannot be opened, read or written."""


class OvertakenError(LedgerError):
    """Another run wrote of a walkthrough meanwhile, so that this one may not go on with it."""


class LockedError(DecisionError):
    """Another run holds the ledger."""


class CredentialsError(SitewalkError):
    """Evercam refused the credentials, or there are none."""


class ServerError(SitewalkError):
    """A server could not be asked just now; later it may answer."""


class OutputError(SitewalkError):
    """What a command has to say on stdout cannot be written."""


class RecordingChangedError(SitewalkError):
    """A recording on disk is no longer the file that was planned or half sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "make sure nothing writes to it, then plan again")


class RecordingUnreadableError(SitewalkError):
    """A recording cannot be read just now, and nothing says that it changed: a card pulled out."""

    def __init__(self, message: str, help_: str = "") -> None:
        super().__init__(message, help_ or "check the card or share it lies on")


class StoppedError(SitewalkError):
    """The run was asked to stop."""

    def __init__(self) -> None:
        super().__init__("stopped", "run the same command again to go on")


def reason_of(error: OSError) -> str:
    """Why the system refused something, without naming the file: `Permission denied`."""
    return error.strerror or str(error)


class ExitStatus(IntEnum):
    """What a command's end means to the shell; EXIT_MEANINGS says it in words."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    INVALID = 3
    FAILED = 4
    DECISION = 5
    PENDING = 6
    REFUSED = 7
    INTERRUPTED = 130


EXIT_MEANINGS = {
    ExitStatus.DONE: "done, nothing to do, or declined when asked",
    ExitStatus.UNEXPECTED: "unexpected error, or the output cannot be written",
    ExitStatus.USAGE: "usage: the command, a setting, the ledger or what they name does not fit",
    ExitStatus.INVALID: "invalid manifest, saved plan or recording",
    ExitStatus.FAILED: (
        "some walkthroughs failed, the rest are done, or `plan --online` reached no login;"
        " run it again. Or `doctor` found something to mend"
    ),
    ExitStatus.DECISION: (
        "something is held, changed or stale and needs a decision, another run is at work, or a"
        " card is not to be wiped yet (`status --card`)"
    ),
    ExitStatus.PENDING: "changes are pending (only `plan --detailed-exitcode`)",
    ExitStatus.REFUSED: "refused credentials",
    ExitStatus.INTERRUPTED: "interrupted, resumable",
}
"""Each exit status in words, as the documentation shows them."""


def safe_traceback(error: BaseException) -> str:
    """The frames and the kind of an error; its text may quote a header or an address."""
    return "".join([*traceback.format_tb(error.__traceback__), type(error).__name__, "\n"])
