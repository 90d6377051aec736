import pytest

from runner.manifest.meaning.checks import OLD_DATE
from runner.manifest.meaning.drafts import PROJECT_ID
from runner.problems.forms.text import problems_summary
from runner.problems.problem import Place, Problem, too_many

_ERROR = PROJECT_ID.problem("x", Place("a"))
_WARNING = OLD_DATE.problem("x", Place("a"))


@pytest.mark.parametrize(
    ("problems", "summary"),
    [
        ([], "no problems"),
        ([_ERROR, _ERROR, _WARNING], "2 errors, 1 warning"),
        ([_ERROR, too_many("a")], "1 error and more that are not listed"),
    ],
)
def test_the_summary_counts_what_is_listed(problems: list[Problem], summary: str) -> None:
    assert problems_summary(problems) == summary
