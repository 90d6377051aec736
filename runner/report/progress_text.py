"""Progress of a run in words: a step as a line, and how far all of it has come. Pure."""

from collections.abc import Callable

from runner.apply.progress import Retrying, StepDone
from runner.tally import Progress
from runner.units import duration, rough_duration, size, speed

Step = StepDone | Retrying
StepListener = Callable[[Step], None]
"""Told the steps; what moves is in the tally."""


def step_line(step: Step) -> str:
    """A step as one line."""
    match step:
        case StepDone():
            detail = f": {step.detail}" if step.detail else ""
            return f"{step.walkthrough}  {step.step}{detail}"
        case Retrying():
            wait, left = duration(step.seconds), rough_duration(step.left)
            again = f"trying again in {wait}, for {left} more"
            return f"{step.walkthrough}  {step.what}: {step.reason}; {again}"


def total_line(total: Progress) -> str:
    """How far all of it has come, as one line."""
    part = f"{total.done / total.wanted:.0%}" if total.wanted else "100%"
    return f"{part}  {size(total.done)} of {size(total.wanted)}, {pace_words(total)}"


def pace_words(progress: Progress) -> str:
    """Speed and time left: `4.2 MB/s, 3 min 20 s left`."""
    if progress.given_up and progress.done == progress.length:
        return f"{size(progress.given_up)} not sent"
    left = progress.seconds_left
    return "nothing moves" if left is None else f"{speed(progress.speed)}, {duration(left)} left"
