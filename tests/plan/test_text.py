"""The plan in words, which come first on its page."""

import pytest

from runner.plan.model import Action
from runner.plan.text import in_words
from tests.pages.plan.reviews import review, walkthrough


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        ([Action.CREATE], "1 new walkthrough"),
        ([Action.CREATE] * 12 + [Action.RESUME], "12 new walkthroughs, 1 resumed"),
        ([Action.UPLOAD, Action.RESUME, Action.NOTHING], "2 walkthroughs resumed, 1 done already"),
        ([Action.HELD], "1 walkthrough needs a decision"),
        ([Action.HELD, Action.CHANGED], "2 walkthroughs need a decision"),
        ([Action.FINISH, Action.HELD], "1 walkthrough only to be linked, 1 needs a decision"),
        ([], "no walkthroughs"),
    ],
)
def test_it_says_what_will_happen(actions: list[Action], said: str) -> None:
    walks = [walkthrough(f"walk {number}", action) for number, action in enumerate(actions)]
    assert in_words(review(walks).plan) == said
