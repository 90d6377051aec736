"""Own the rules about recordings on disk."""

from runner.rules.rule import Rule

OUTSIDE = Rule(
    "M040",
    "outside",
    "A recording lies outside the media root: by an absolute path, by `..`, by a drive letter "
    "or through a link; or its path is written with backslashes, which only Windows takes for "
    "a path. The media root is the manifest's folder, or what `--media-root` says; "
    "a manifest may come from someone else and must not reach other files.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [../VID_1.insv]
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
MISSING = Rule(
    "M041",
    "missing",
    "There is no such file in the media root. Capital and small letters may differ, or the "
    "card is not mounted. Patterns such as `*.insv` are not expanded. To check a manifest on a "
    "machine without the recordings, use `--without-files`.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_01.insv]
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
NO_FILE = Rule(
    "M042",
    "no-file",
    "This is a folder or something else that is not a regular file. Recordings are listed one "
    "by one.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [day-1]
""",
    right="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [day-1/VID_4.insv]
""",
)
EMPTY = Rule(
    "M043",
    "empty",
    "The recording has no bytes. Most often a copy from the card was interrupted.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_empty.insv]
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
UNREADABLE = Rule(
    "M044",
    "unreadable",
    "The recording is there and cannot be read: permissions, a failing card, a share that "
    "went away.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_locked.insv]
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

RULES = (
    OUTSIDE,
    MISSING,
    NO_FILE,
    EMPTY,
    UNREADABLE,
)
