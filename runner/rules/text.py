"""Own the rules of the YAML layer: what must hold before a manifest has any values."""

from runner.problems import Severity
from runner.rules.rule import Rule

UNREADABLE_MANIFEST = Rule(
    "M001",
    "unreadable-manifest",
    "The manifest cannot be opened: it is not there, it is a folder, or it may not be read.",
    wrong="$ sitewalk validate week47.yaml",
    right="$ sitewalk validate week-47.yaml",
)
TOO_LARGE = Rule(
    "M002",
    "too-large",
    "A manifest is at most 8 MB, several times what 10,000 walkthroughs take. A larger file is "
    "most likely a recording that was given by mistake.",
    wrong="$ sitewalk validate VID_large.insv",
    right="$ sitewalk validate week-47.yaml",
)
WRONG_ENCODING = Rule(
    "M003",
    "wrong-encoding",
    "A manifest is UTF-8 text, with or without a byte-order mark. Some editors on Windows save "
    "UTF-16 or a code page unless told otherwise.",
    wrong="$ sitewalk validate utf-16.yaml",
    right="$ sitewalk validate utf-8.yaml",
)
YAML_SYNTAX = Rule(
    "M004",
    "yaml-syntax",
    "The text is not YAML: a bracket or quote that is never closed, indentation that fits no "
    "level, a tab in front of a key. Nothing below that point could be read.",
    wrong="""\
project: "evercam
""",
    right="""\
project: "evercam"
""",
)
EMPTY_MANIFEST = Rule(
    "M005",
    "empty-manifest",
    "The file holds no values at all: it is empty, or everything in it is a comment.",
    wrong="""\
# version: 1
""",
    right="""\
version: 1
project: evercam
drawings:
  level-2: {id: 6143}
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
)
SEVERAL_DOCUMENTS = Rule(
    "M006",
    "several-documents",
    "A line of `---` ends a YAML document and begins another. A manifest is a single one; what "
    "came after the line would be lost.",
    wrong="""\
version: 1
---
project: evercam
""",
    right="""\
version: 1
project: evercam
""",
)
UNBOUNDED = Rule(
    "M007",
    "unbounded",
    "The values are nested deeper than 40 levels, are more than 400,000 once aliases are "
    "expanded (every 100 characters of text count as one more), or an alias stands inside the "
    "value it repeats. No manifest needs this; reading on would only use up memory.",
    wrong="""\
project: &again [*again]
""",
    right="""\
project: evercam
""",
)
MERGE_KEY = Rule(
    "M008",
    "merge-key",
    "`<<` copies keys from elsewhere, so that a reviewer no longer sees what a walkthrough says. "
    "What several walks share has a place of its own: `routes`. The keys that `<<` would have "
    "copied are not told as missing besides.",
    wrong="""\
walkthroughs:
  - &walk
    id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
    <<: {name: Level 2}
""",
    right="""\
routes:
  loop: {drawing: level-2, start_position: "0.12, 0.88", end_position: "0.90, 0.15"}
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    route: loop
    files: [VID_1.insv]
""",
)
KEY_NOT_TEXT = Rule(
    "M009",
    "key-not-text",
    "A key is a number, true, null, a list or a mapping. Every key of a manifest is a word; "
    "names that look like numbers are written in quotes.",
    wrong="""\
drawings:
  level-2: {id: 6143}
  3: {id: 6144}
""",
    right="""\
drawings:
  level-2: {id: 6143}
""",
)
DUPLICATE_KEY = Rule(
    "M010",
    "duplicate-key",
    "One mapping has the same key twice. YAML readers keep the last and say nothing, so that half "
    "of what was written would be lost.",
    wrong="""\
project: evercam
project: airport
""",
    right="""\
project: evercam
""",
)
TAG = Rule(
    "M011",
    "tag",
    "A word that begins with `!` asks the reader to build something special from the value. "
    "Manifests hold plain values only, for they may come from someone else.",
    wrong="""\
project: !secret evercam
""",
    right="""\
project: evercam
""",
)
TOO_MANY = Rule(
    "M018",
    "too-many",
    "The first 10,000 problems of a manifest are listed, and there are more. Most often one "
    "mistake repeats in every walkthrough, or the file is no manifest at all.",
    wrong="$ sitewalk validate wrong-everywhere.yaml",
    right="$ sitewalk validate week-47.yaml",
    severity=Severity.WARNING,  # what stops the work is the errors among those that are listed
)

RULES = (
    UNREADABLE_MANIFEST,
    TOO_LARGE,
    WRONG_ENCODING,
    YAML_SYNTAX,
    EMPTY_MANIFEST,
    SEVERAL_DOCUMENTS,
    UNBOUNDED,
    MERGE_KEY,
    KEY_NOT_TEXT,
    DUPLICATE_KEY,
    TAG,
    TOO_MANY,
)
