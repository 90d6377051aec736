"""Problems as GitHub workflow commands, shown beside the lines of a pull request."""

from collections.abc import Sequence

from runner.base.wording import printable
from runner.problems.problem import Problem


def problems_github(problems: Sequence[Problem]) -> str:
    """All problems, one workflow command each."""
    return "".join(f"{_command(problem)}\n" for problem in problems)


def _command(problem: Problem) -> str:
    place = problem.place
    properties = {"file": place.file, "line": place.line, "endLine": place.end_line}
    if place.line == place.end_line:  # GitHub takes columns only within one line
        properties |= {"col": place.column, "endColumn": place.end_column}
    properties["title"] = problem.code
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    lines = filter(None, [problem.message, problem.help and f"help: {problem.help}"])
    text = "\n".join(map(printable, lines))
    return f"::{problem.severity} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
