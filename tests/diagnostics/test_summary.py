import pytest

from runner.diagnostics.summary import problems_summary
from runner.manifest.drafts import PROJECT_ID
from runner.manifest.limits import too_many
from runner.manifest.meaning import OLD_DATE
from runner.problems import Place, Problem

_ERROR = PROJECT_ID.problem("x", Place("a"))
_WARNING = OLD_DATE.problem("x", Place("a"))


@pytest.mark.parametrize(
    ("problems", "told"),
    [
        ([], "no problems"),
        ([_ERROR, _ERROR, _WARNING], "2 errors, 1 warning"),
        ([_ERROR, too_many("a")], "1 error and more that are not listed"),
    ],
)
def test_the_summary_counts_what_is_listed(problems: list[Problem], told: str) -> None:
    assert problems_summary(problems) == told
