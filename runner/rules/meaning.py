"""Own the rules of the meaning layer: what a well-formed manifest may not say."""

from runner.problems import Severity
from runner.rules.rule import Rule

PROJECT_ID = Rule(
    "M020",
    "project-id",
    "The project is neither an id nor the address of one of its dashboard pages. The id "
    "becomes part of a request's path, so it may hold letters, digits, points, dashes and "
    "underscores only.",
    wrong="""\
project: ../evercam
""",
    right="""\
project: https://dash.evercam.io/v2/projects/evercam/drawings/map?id=6143
""",
)
DRAWING_ADDRESS = Rule(
    "M021",
    "drawing-address",
    "The drawing's address has no `?id=` number, has another number than `id`, or belongs to "
    "another project than the manifest's.",
    wrong="""\
drawings:
  level-2: {url: "https://dash.evercam.io/v2/projects/airport/drawings/map?id=6143"}
""",
    right="""\
drawings:
  level-2: {url: "https://dash.evercam.io/v2/projects/evercam/drawings/map?id=6143"}
""",
)
UNDEFINED_DRAWING = Rule(
    "M022",
    "undefined-drawing",
    "A walkthrough or route names a drawing that is not under `drawings`.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: levl-2
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
UNDEFINED_ROUTE = Rule(
    "M023",
    "undefined-route",
    "A walkthrough names a route that is not under `routes`.",
    wrong="""\
routes:
  loop: {drawing: level-2, start_position: "0.12, 0.88", end_position: "0.90, 0.15"}
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    route: loop
    files: [VID_1.insv]
  - id: level-2-2026-01-21
    date: 2026-01-21
    route: lop
    files: [VID_2.insv]
""",
    right="""\
routes:
  loop: {drawing: level-2, start_position: "0.12, 0.88", end_position: "0.90, 0.15"}
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    route: loop
    files: [VID_1.insv]
  - id: level-2-2026-01-21
    date: 2026-01-21
    route: loop
    files: [VID_2.insv]
""",
)
IMPOSSIBLE_DATE = Rule(
    "M024",
    "impossible-date",
    "The calendar has no such day. With the year last, the day comes first: 03-04-2026 is 3 April.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-02-30
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
UPLOADER_ADDRESS = Rule(
    "M025",
    "uploader-address",
    "`uploaded_by` is not one e-mail address. Evercam shows it as the person who uploaded.",
    wrong="""\
uploaded_by: Ann Example
""",
    right="""\
uploaded_by: ann@example.com
""",
)
DUPLICATE_ID = Rule(
    "M026",
    "duplicate-id",
    "Two walkthroughs of one project have the same id, in one manifest or in two that are "
    "given together. The id is the key by which a second run recognises what is done, so the "
    "second walk would never be uploaded.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
  - id: level-2-2026-01-20
    date: 2026-01-21
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_2.insv]
""",
    right="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
  - id: level-2-2026-01-21
    date: 2026-01-21
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_2.insv]
""",
)
CONTROL_CHARACTER = Rule(
    "M027",
    "control-character",
    "A name holds a line break, a tab or another character that cannot be shown.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    name: "Level 2\\nafternoon"
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
    right="""\
walkthroughs:
  - id: level-2-2026-01-20
    name: "Level 2, afternoon"
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
""",
)
FUTURE_DATE = Rule(
    "M028",
    "future-date",
    "The walk's day has not come yet. Most often the year or the order of day and month is wrong.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2126-01-20
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
    severity=Severity.WARNING,
)
OLD_DATE = Rule(
    "M029",
    "old-date",
    "The walk's day is more than a year ago. In January the year of last month is easily written.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2024-01-20
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
    severity=Severity.WARNING,
)
UNUSED = Rule(
    "M030",
    "unused",
    "A drawing or route is defined and nothing uses it. Perhaps a walkthrough names the wrong one.",
    wrong="""\
drawings:
  level-2: {id: 6143}
  level-3: {id: 6144}
""",
    right="""\
drawings:
  level-2: {id: 6143}
""",
    severity=Severity.WARNING,
)
BOUNDS = Rule(
    "M031",
    "bounds",
    "The bounds of a drawing are no box, or lie outside what its map style allows: 0 to 1 on "
    "a blank drawing, degrees on a satellite one.",
    wrong="""\
drawings:
  level-2: {id: 6143, bounds: {north: 0, south: 1, east: 1, west: 0}}
""",
    right="""\
drawings:
  level-2: {id: 6143, bounds: {north: 1, south: 0, east: 1, west: 0}}
""",
)
POSITION_RANGE = Rule(
    "M032",
    "position-range",
    "A position is not on the drawing: outside 0 to 1 on a blank drawing, outside the earth's "
    "degrees on a satellite one, or outside the drawing's bounds.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, -0.88"
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
MAP_STYLE = Rule(
    "M033",
    "map-style",
    "Degrees on a blank drawing, or coordinates of 0 to 1 on a satellite one. Evercam would "
    "take both and show the walk in the wrong place.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "53.3498, -6.2603"
    end_position: "53.3501, -6.2598"
    files: [VID_1.insv]
""",
    right="""\
drawings:
  site: {id: 6150, map_style: satellite}
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: site
    start_position: "53.3498, -6.2603"
    end_position: "53.3501, -6.2598"
    files: [VID_1.insv]
""",
)
SWAPPED = Rule(
    "M034",
    "swapped",
    'Latitude comes first, longitude second, as a map\'s "copy coordinates" gives them. The '
    "other way round this position would fit.",
    wrong="""\
drawings:
  site:
    id: 6150
    map_style: satellite
    bounds: {north: 53.36, south: 53.34, east: -6.25, west: -6.28}
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: site
    start_position: "-6.2603, 53.3498"
    end_position: "53.3501, -6.2598"
    files: [VID_1.insv]
""",
    right="""\
drawings:
  site:
    id: 6150
    map_style: satellite
    bounds: {north: 53.36, south: 53.34, east: -6.25, west: -6.28}
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: site
    start_position: "53.3498, -6.2603"
    end_position: "53.3501, -6.2598"
    files: [VID_1.insv]
""",
)
SAME_ENDS = Rule(
    "M035",
    "same-ends",
    "The walk ends exactly where it starts. The walked path is fitted between the two points, "
    "and with no distance between them it collapses. For a round walk give the last point "
    "before the start.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.12, 0.88"
    files: [VID_1.insv]
""",
    right="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.12, 0.87"
    files: [VID_1.insv]
""",
)
REPEATED_RECORDING = Rule(
    "M036",
    "repeated-recording",
    "The same recording stands twice: by the same name, through a link, or as a copy; in one "
    "manifest or in two that are given together. It would be uploaded twice, and most often "
    "one of the two was meant to be another file.",
    wrong="""\
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_1.insv]
  - id: level-2-2026-01-21
    date: 2026-01-21
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
  - id: level-2-2026-01-21
    date: 2026-01-21
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [VID_2.insv]
""",
)
NO_FIX = Rule(
    "M037",
    "no-fix",
    "A position at 0,0 on a satellite drawing. That is what a GPS receiver writes that has no fix; "
    "the place is in the Atlantic.",
    wrong="""\
drawings:
  yard: {id: 6150, map_style: satellite}
walkthroughs:
  - id: yard-2026-01-20
    date: 2026-01-20
    drawing: yard
    start_position: "0, 0"
    end_position: "52.5210, 13.4070"
    files: [VID_1.insv]
""",
    right="""\
drawings:
  yard: {id: 6150, map_style: satellite}
walkthroughs:
  - id: yard-2026-01-20
    date: 2026-01-20
    drawing: yard
    start_position: "52.5200, 13.4050"
    end_position: "52.5210, 13.4070"
    files: [VID_1.insv]
""",
)

RULES = (
    PROJECT_ID,
    DRAWING_ADDRESS,
    UNDEFINED_DRAWING,
    UNDEFINED_ROUTE,
    IMPOSSIBLE_DATE,
    UPLOADER_ADDRESS,
    DUPLICATE_ID,
    CONTROL_CHARACTER,
    FUTURE_DATE,
    OLD_DATE,
    UNUSED,
    BOUNDS,
    POSITION_RANGE,
    MAP_STYLE,
    SWAPPED,
    SAME_ENDS,
    REPEATED_RECORDING,
    NO_FIX,
)
