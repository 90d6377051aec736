"""Own the rules about the pictures of drawings.

Uploading needs no picture, so most of these are warnings: pages show a plain grid instead.
"""

from runner.problems import Severity
from runner.rules.rule import Rule

OUTSIDE = Rule(
    "M060",
    "image-outside",
    "A drawing's image lies outside the manifest's folder: by an absolute path, by `..`, by a "
    "drive letter or through a link. A manifest may come from someone else and must not reach "
    "other files, least of all to show them on a page.",
    wrong="""\
drawings:
  level-2: {id: 6143, image: ../level-2.png}
""",
    right="""\
drawings:
  level-2: {id: 6143, image: drawings/level-2.png}
""",
)
MISSING = Rule(
    "M061",
    "image-missing",
    "There is no such image beside the manifest. Capital and small letters may differ. Pages "
    "show a plain grid in its place.",
    wrong="""\
drawings:
  level-2: {id: 6143, image: drawings/level-3.png}
""",
    right="""\
drawings:
  level-2: {id: 6143, image: drawings/level-2.png}
""",
    severity=Severity.WARNING,
)
UNFIT = Rule(
    "M062",
    "image-unfit",
    "The image is there and cannot be shown. It may be of another kind than PNG, JPEG, SVG or "
    "PDF (its content counts, not its name), be damaged, or be closed to you; a PDF needs the "
    "extra: `pip install 'sitewalk[pdf]'`. Pages show a plain grid in its place.",
    wrong="""\
drawings:
  level-2: {id: 6143, image: drawings/level-2.dwg}
""",
    right="""\
drawings:
  level-2: {id: 6143, image: drawings/level-2.svg}
""",
    severity=Severity.WARNING,
)
TOO_LARGE = Rule(
    "M063",
    "image-too-large",
    "The image is too large to stand in a page that is mailed or opened on a phone: more than "
    "25 MB, or more than 100 million pixels. Pages show a plain grid in its place.",
    wrong="""\
drawings:
  level-2: {id: 6143, image: drawings/huge.png}
""",
    right="""\
drawings:
  level-2: {id: 6143, image: drawings/level-2.png}
""",
    severity=Severity.WARNING,
)
NO_BOUNDS = Rule(
    "M064",
    "image-without-bounds",
    "The image of a satellite drawing has no `bounds`. Its positions are degrees, and nothing "
    "says where on Earth the image's edges lie. Pages show a plain grid in its place.",
    wrong="""\
drawings:
  level-2: {id: 6143, map_style: satellite, image: drawings/level-2.png}
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "53.3498, -6.2603"
    end_position: "53.3501, -6.2599"
    files: [VID_1.insv]
""",
    right="""\
drawings:
  level-2:
    id: 6143
    map_style: satellite
    image: drawings/level-2.png
    bounds: {north: 53.3505, south: 53.3495, east: -6.2595, west: -6.2610}
walkthroughs:
  - id: level-2-2026-01-20
    date: 2026-01-20
    drawing: level-2
    start_position: "53.3498, -6.2603"
    end_position: "53.3501, -6.2599"
    files: [VID_1.insv]
""",
    severity=Severity.WARNING,
)

RULES = (
    OUTSIDE,
    MISSING,
    UNFIT,
    TOO_LARGE,
    NO_BOUNDS,
)
