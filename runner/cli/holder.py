"""Own the answer to "who runs this, where?" as far as this process knows it."""

import datetime as dt
import getpass
import os
import platform
import sys

from runner.ledger.lock import Holder


def this_process() -> Holder:
    """The user, host, process and command of this run."""
    command = " ".join(["sitewalk", *sys.argv[1:]])
    now = dt.datetime.now(dt.UTC).isoformat()
    return Holder(_user(), platform.node(), os.getpid(), now, command)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return "unknown"
