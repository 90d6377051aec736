"""Own who this process is: its user, host and number, for locks and the ledger."""

import datetime as dt
import getpass
import os
import platform

from runner.ledger.lock import Holder


def this_process(command: str) -> Holder:
    """This process, holding something since now to run `command`."""
    now = dt.datetime.now(dt.UTC).isoformat()
    return Holder(_user(), platform.node(), os.getpid(), now, command)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return "unknown"
