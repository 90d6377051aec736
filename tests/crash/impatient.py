"""sitewalk as it is, except that it waits two seconds for an answer; only the tests have this."""

from runner.__main__ import main
from runner.evercam.http import connection, session

_SECONDS = 2.0

if __name__ == "__main__":
    session.READ_SECONDS = _SECONDS
    connection._ANSWER_SECONDS = _SECONDS
    main()
