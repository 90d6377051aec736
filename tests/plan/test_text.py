"""The plan in words, which come first on its page."""

import pytest
from inline_snapshot import snapshot

from runner.plan.model import Action
from runner.plan.text import in_words, plan_text
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


def test_of_a_year_what_is_new_is_on_the_first_screen() -> None:
    actions = {400: Action.CREATE, 700: Action.CHANGED}
    walks = [walkthrough(f"w{n}", actions.get(n, Action.NOTHING)) for n in range(1_000)]
    text = plan_text(review(walks).plan)
    assert text == snapshot("""\
plan: manifest.yaml → project evercam at https://ingest2.evercam.io

= 998 walkthroughs done already

+ create w400: w400
    w400 · walked 2026-01-20 · uploaded by w400
    drawing level-2 (6143) · from 0.1,0.2 to 0.9,0.8 · 0 target points
    send   w400  4.0 MB  (w400)
    → w400

? decide w700: w700
    w700 · walked 2026-01-20 · uploaded by w700
    drawing level-2 (6143) · from 0.1,0.2 to 0.9,0.8 · 0 target points
    w700: w700 → w700
    wait   w700  4.0 MB  (w700)
    → w700

1,000 walkthroughs: 1 to create, 998 done already, 1 needs a decision; 4.0 MB to send
""")
    assert len(text.splitlines()) < 24
