"""Own the process: the only place where an exception becomes an exit status."""

import sys

from runner.cli.app import app
from runner.cli.console import Console
from runner.cli.failures import report_failure
from runner.errors import SitewalkError


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run())


def run() -> int:
    """Run the command line; returns the exit status."""
    try:
        app(prog_name="sitewalk")
    except SitewalkError as error:
        return report_failure(error, Console())
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    main()
