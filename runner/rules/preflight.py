"""Own the rules about what recordings say of themselves: is this worth hours of uploading?

What wastes the upload, or leaves out what Evercam needs, is an error; what only smells is a
warning. A name alone refuses nothing, and of a camera that is not known only what is broken or no
recording at all is refused.
"""

from runner.problems import Severity
from runner.rules.rule import Rule


def _walk(files: str, *, date: str = "2026-01-20", id_: str = "level-2") -> str:
    return f"""\
  - id: {id_}-{date}
    date: {date}
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [{files}]
"""


def _walks(*walks: str) -> str:
    return "walkthroughs:\n" + "".join(walks)


_SOUND = _walks(_walk("VID_1.insv"))
_FRONT, _BACK = "VID_20260120_111500_00_008.insv", "VID_20260120_111500_10_008.insv"
_CHAPTERS = tuple(f"VID_20260120_121500_00_{number:03}.insv" for number in (10, 11, 12))
_ONE, _SAME_TIME = "VID_20260120_091500_00_005.insv", "VID_20260120_091530_00_006.insv"
_NEXT_DAY = "VID_20260121_140000_00_020.insv"


NOT_A_RECORDING = Rule(
    "M045",
    "not-a-recording",
    "The file is no Insta360 recording, whatever its name: it neither begins like one nor ends "
    "with the camera's mark. Evercam would be told that it is one.",
    wrong=_walks(_walk("floor-plan.insv")),
    right=_SOUND,
)
PHOTO = Rule(
    "M046",
    "photo",
    "The file is a photo. A walkthrough is made of videos.",
    wrong=_walks(_walk("IMG_20260120_101000_00_004.insp")),
    right=_SOUND,
)
CUT_SHORT = Rule(
    "M047",
    "cut-short",
    "The file ends before its content does, or its parts do not meet: a copy that was "
    "interrupted, a card that was pulled, a camera that lost power. Nothing can play it.",
    wrong=_walks(_walk("VID_cut.insv")),
    right=_SOUND,
)
DAMAGED = Rule(
    "M048",
    "damaged",
    "The file has the camera's mark, and its pictures cannot be read: it begins with something "
    "else, or holds no video.",
    wrong=_walks(_walk("VID_overwritten.insv")),
    right=_SOUND,
)
HOLE = Rule(
    "M049",
    "hole",
    "Stretches of zeros stand where pictures should be, as a pulled card or a broken copy leaves "
    "them. The file is looked at once in every 20 MB, in 512 places at most; a smaller hole "
    "may lie between two of them.",
    wrong=_walks(_walk("VID_hole.insv")),
    right=_SOUND,
)
CONVERTED = Rule(
    "M050",
    "converted",
    "The file is a whole video without the camera's own records at its end: exported, converted "
    "or cut by a program, or from another camera. Without them, Evercam cannot know the lenses.",
    wrong=_walks(_walk("exported.mp4")),
    right=_SOUND,
)
PROXY = Rule(
    "M051",
    "proxy",
    "The file is a small copy for previews (LRV): its picture has at most half the height of what "
    "the camera recorded, or at most 1,080 lines and the name of a proxy. The recording lies "
    "beside it on the card. So few lines under another name only warn, and so does such a name "
    "where the content does not tell: cameras record both lenses with 1,440 lines or more.",
    wrong=_walks(_walk("LRV_20260120_101500_01_001.insv")),
    right=_SOUND,
)
TIME_LAPSE = Rule(
    "M052",
    "time-lapse",
    "The camera recorded this in one of its time-lapse modes: too few pictures to follow a walk.",
    wrong=_walks(_walk("VID_time-lapse.insv")),
    right=_SOUND,
)
SINGLE_LENS = Rule(
    "M053",
    "single-lens",
    "The camera recorded this with one lens: a flat picture, of which no walkthrough can be made.",
    wrong=_walks(_walk("PRO_VID_20260120_101500_00_002.insv")),
    right=_SOUND,
)
MISSING_LENS = Rule(
    "M054",
    "missing-lens",
    "The recording is split over two files, one for each lens (X2, X3 and ONE R at 5.7K and "
    "above), and only one of them is listed. Evercam needs both.",
    wrong=_walks(_walk(_FRONT)),
    right=_walks(_walk(f"{_FRONT}, {_BACK}")),
)
SPLIT_LENSES = Rule(
    "M055",
    "split-lenses",
    "The two lens files of one recording are in two walkthroughs. They belong into one.",
    wrong=_walks(_walk(_FRONT), _walk(_BACK, id_="level-3")),
    right=_walks(_walk(f"{_FRONT}, {_BACK}")),
)
SPLIT_CHAPTERS = Rule(
    "M056",
    "split-chapters",
    "A long recording is stored in several files, its chapters, and they are in two walkthroughs. "
    "That may be meant, as for one recording through two storeys; most often it is a slip.",
    wrong=_walks(_walk(f"{_CHAPTERS[0]}, {_CHAPTERS[1]}"), _walk(_CHAPTERS[2], id_="level-3")),
    right=_walks(_walk(", ".join(_CHAPTERS))),
    severity=Severity.WARNING,
)
CHAPTER_GAP = Rule(
    "M057",
    "chapter-gap",
    "A file from the middle of a recording is listed nowhere, so the walk would have a hole. If it "
    "is lost, list the parts before and after it as two walkthroughs.",
    wrong=_walks(_walk(f"{_CHAPTERS[0]}, {_CHAPTERS[2]}")),
    right=_walks(_walk(", ".join(_CHAPTERS))),
)
FORGOTTEN_CHAPTER = Rule(
    "M058",
    "forgotten-chapter",
    "A file of the same recording lies beside those that are listed, before the first or after the "
    "last of them.",
    wrong=_walks(_walk(f"{_CHAPTERS[0]}, {_CHAPTERS[1]}")),
    right=_walks(_walk(", ".join(_CHAPTERS))),
    severity=Severity.WARNING,
)
OTHER_DAY = Rule(
    "M059",
    "other-day",
    "The camera's clock says another day than the manifest. Either the date or the file is wrong, "
    "or the clock: it was never set, or it is that of another time zone. A walk across midnight "
    "may have either day.",
    wrong=_walks(_walk(_NEXT_DAY)),
    right=_walks(_walk(_NEXT_DAY, date="2026-01-21")),
    severity=Severity.WARNING,
)
OVERLAP = Rule(
    "M065",
    "overlap",
    "One camera recorded at the same time for two walkthroughs, which it cannot: most often a file "
    "was listed in the wrong one.",
    wrong=_walks(_walk(_ONE), _walk(_SAME_TIME, id_="level-3")),
    right=_walks(_walk(_ONE), _walk("VID_2.insv", id_="level-3")),
    severity=Severity.WARNING,
)
UNKNOWN_CAMERA = Rule(
    "M066",
    "unknown-camera",
    "This version does not know the camera. Its recordings are taken as they are; whether one is "
    "a proxy or half of a pair may be judged wrongly.",
    wrong=_walks(_walk("VID_new-camera.insv")),
    right=_SOUND,
    severity=Severity.WARNING,
)
UNKNOWN_LAYOUT = Rule(
    "M067",
    "unknown-layout",
    "The pictures are stored in a way that this version has not met. The file is taken as it is.",
    wrong=_walks(_walk("VID_new-layout.insv")),
    right=_SOUND,
    severity=Severity.WARNING,
)
HALF_READ = Rule(
    "M068",
    "half-read",
    "The pictures seem sound, but part of what the camera wrote about them could not be read. What "
    "the other rules look for may be missed, and stitching may suffer.",
    wrong=_walks(_walk("VID_no-record.insv")),
    right=_SOUND,
    severity=Severity.WARNING,
)
ENDING = Rule(
    "M069",
    "ending",
    "The content is a recording, the name does not end in `.insv`. Evercam is told the name, and "
    "that the file is an .insv.",
    wrong=_walks(_walk("VID_renamed.mp4")),
    right=_SOUND,
    severity=Severity.WARNING,
)
FAR_AWAY = Rule(
    "M070",
    "far-away",
    "By its GPS, the recording was made more than 2 km from both ends of the walk on a satellite "
    "drawing: the wrong file, the wrong drawing, or a position with a slip in it.",
    wrong="""\
drawings:
  yard: {id: 6150, map_style: satellite}
walkthroughs:
  - id: yard-2026-01-20
    date: 2026-01-20
    drawing: yard
    start_position: "52.5200, 13.4050"
    end_position: "52.5210, 13.4070"
    files: [VID_at-48.137-11.575.insv]
""",
    right="""\
drawings:
  yard: {id: 6150, map_style: satellite}
walkthroughs:
  - id: yard-2026-01-20
    date: 2026-01-20
    drawing: yard
    start_position: "48.1370, 11.5750"
    end_position: "48.1380, 11.5765"
    files: [VID_at-48.137-11.575.insv]
""",
    severity=Severity.WARNING,
)

RULES = (
    NOT_A_RECORDING,
    PHOTO,
    CUT_SHORT,
    DAMAGED,
    HOLE,
    CONVERTED,
    PROXY,
    TIME_LAPSE,
    SINGLE_LENS,
    MISSING_LENS,
    SPLIT_LENSES,
    SPLIT_CHAPTERS,
    CHAPTER_GAP,
    FORGOTTEN_CHAPTER,
    OTHER_DAY,
    OVERLAP,
    UNKNOWN_CAMERA,
    UNKNOWN_LAYOUT,
    HALF_READ,
    ENDING,
    FAR_AWAY,
)
