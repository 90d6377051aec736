"""Own the rule about blanks: values that are marked as still to be filled in."""

from runner.rules.rule import Rule

TO_FILL_IN = Rule(
    "M017",
    "to-fill-in",
    "`TODO` marks a value that somebody still has to write. `sitewalk scan` leaves it where a "
    "recording cannot tell: the project, a drawing, where a walk started and ended, a day that "
    "the camera's clock did not know.",
    wrong="""\
walkthroughs:
  - id: walk-2026-01-20-101500
    date: 2026-01-20
    drawing: level-2
    start_position: TODO
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
    right="""\
walkthroughs:
  - id: walk-2026-01-20-101500
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
)

RULES = (TO_FILL_IN,)
