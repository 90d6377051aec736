"""Own the rules of the schema layer: which keys there are, and what kind of value each takes."""

from runner.rules.rule import Rule

UNKNOWN_KEY = Rule(
    "M012",
    "unknown-key",
    "This key means nothing here. Most often it is a slip of the pen, and what was meant would "
    "silently not happen.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    nmae: Level 2
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
    right="""\
walkthroughs:
  - id: level-2-2026-01-20
    name: Level 2
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
)
MISSING_KEY = Rule(
    "M013",
    "missing-key",
    "Something is needed here and not written. A walkthrough takes its drawing and positions from "
    "its own keys or from its route; everything else it says itself.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
    right="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
)
WRONG_TYPE = Rule(
    "M014",
    "wrong-type",
    "The value is of another kind than this key takes: text where a list belongs, a number where "
    "text belongs. Text that looks like a number is written in quotes.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: VID_1.insv
""",
    right="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
)
NOT_A_CHOICE = Rule(
    "M015",
    "not-a-choice",
    "This key takes one of a few values, and this is none of them.",
    wrong="""\
drawings:
  level-2: {id: 6143, map_style: blnk}
""",
    right="""\
drawings:
  level-2: {id: 6143, map_style: blank}
""",
)
WRONG_FORM = Rule(
    "M016",
    "wrong-form",
    "The kind of value is right, its form is not: a date that is not YYYY-MM-DD or DD-MM-YYYY, a "
    "position that is not two numbers with a comma, an id with spaces, a negative number of "
    "target points, a name of more than 255 characters, an empty list.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-1-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
    right="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
)

RULES = (UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, NOT_A_CHOICE, WRONG_FORM)
