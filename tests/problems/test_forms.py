# ruff: noqa: E501 - rendered text stands here as people see it
"""The five forms of one set of problems, and the text of every rule."""

import json
from pathlib import Path
from typing import Any

from inline_snapshot import snapshot
from jsonschema import Draft202012Validator

from runner.base.schemas import load_schema
from runner.flow.check import check_texts
from runner.problems.forms.as_json import problems_json
from runner.problems.forms.github import problems_github
from runner.problems.forms.text import problems_concise, problems_text
from runner.problems.problem import Place, Problem
from runner.problems.rules import explained_rules
from tests.problems.examples import TODAY, check, complete


def test_every_rules_text(examples: Path) -> None:
    texts = {}
    for rule in explained_rules().values():
        found = check(rule.wrong, examples)
        problems = [problem for problem in found.problems if problem.code == rule.code]
        texts[rule.code] = problems_text(problems, found.texts).replace(
            examples.as_posix(), "manifests"
        )
    assert texts == snapshot(
        {
            "M001": """\
error[M001]: cannot read the manifest: No such file or directory
 --> manifests/week47.yaml:1:1
  = help: check the path
""",
            "M002": """\
error[M002]: the manifest is larger than 8 MB
 --> manifests/VID_large.insv:1:1
  = help: split it; is this a recording?
""",
            "M003": """\
error[M003]: the manifest is UTF-16, or no text at all
 --> manifests/utf-16.yaml:1:1
  = help: save it as UTF-8
""",
            "M004": """\
error[M004]: this is not valid YAML: found unexpected end of stream
  --> manifests/week.yaml:11:10
   |
10 |     files: [VID_1.insv]
11 | project: "evercam
   |          ^
   = help: close the quote
""",
            "M005": """\
error[M005]: the manifest is empty
 --> manifests/week.yaml:1:1
  = help: begin with `version: 1`; docs/manifest.md shows a whole one
""",
            "M006": """\
error[M006]: a manifest is one YAML document; a second one starts here
  --> manifests/week.yaml:11:1
   |
10 | version: 1
11 | ---
   | ^^^
   = help: remove the `---`
""",
            "M007": """\
error[M007]: `*again` stands inside the value it repeats
  --> manifests/week.yaml:11:18
   |
10 |     files: [VID_1.insv]
11 | project: &again [*again]
   |                  ^^^^^^
   = help: write the value out
""",
            "M008": """\
error[M008]: merge keys are not used in manifests
  --> manifests/week.yaml:13:5
   |
12 |     files: [VID_1.insv]
13 |     <<: {name: Level 2}
   |     ^^
   = help: name what is shared once under `routes`
""",
            "M009": """\
error[M009]: the key `3` is not text
  --> manifests/week.yaml:12:3
   |
11 |   level-2: {id: 6143}
12 |   3: {id: 6144}
   |   ^
   = help: write it in quotes: "3"
""",
            "M010": """\
error[M010]: the key `project` stands twice, first in line 11
  --> manifests/week.yaml:12:1
   |
11 | project: evercam
12 | project: airport
   | ^^^^^^^
   = note: first written here: manifests/week.yaml:11:1
   = help: keep one of the two
""",
            "M011": """\
error[M011]: the tag `!secret` is not used in manifests
  --> manifests/week.yaml:11:10
   |
10 |     files: [VID_1.insv]
11 | project: !secret evercam
   |          ^^^^^^^^^^^^^^^
   = help: remove it; write text in quotes
""",
            "M012": """\
error[M012]: unknown key `nmae`
 --> manifests/week.yaml:7:5
  |
6 |   - id: level-2-2026-01-20
7 |     nmae: Level 2
  |     ^^^^
  = help: did you mean `name`?
""",
            "M013": """\
error[M013]: walkthrough 1 has no `date`
 --> manifests/week.yaml:6:5
  |
5 | walkthroughs:
6 |   - id: level-2-2026-01-20
  |     ^^^^^^^^^^^^^^^^^^^^^^
  = help: `date`: The day of the walk: YYYY-MM-DD or DD-MM-YYYY.
""",
            "M014": """\
error[M014]: `files` must be a list, not `VID_1.insv`
  --> manifests/week.yaml:11:12
   |
10 |     end_position: "0.90, 0.15"
11 |     files: VID_1.insv
   |            ^^^^^^^^^^
   = help: write it as a list: [VID_1.insv]
""",
            "M015": """\
error[M015]: `map_style` cannot be `blnk`
  --> manifests/week.yaml:11:34
   |
10 | drawings:
11 |   level-2: {id: 6143, map_style: blnk}
   |                                  ^^^^
   = help: did you mean `blank`?
""",
            "M016": """\
error[M016]: `date` is not of the right form: `2026-1-20`
 --> manifests/week.yaml:7:11
  |
6 |   - id: level-2-2026-01-20
7 |     date: 2026-1-20
  |           ^^^^^^^^^
  = help: did you mean `2026-01-20`?
""",
            "M017": """\
error[M017]: `start_position` of walkthrough `walk-2026-01-20-101500` is still to be filled in
 --> manifests/week.yaml:9:21
  |
8 |     drawing: level-2
9 |     start_position: TODO
  |                     ^^^^
  = help: click where the walk starts with `sitewalk pick manifests/week.yaml`, or write "latitude, longitude": 0 to 1 on a blank drawing, degrees on a satellite one
""",
            "M018": """\
warning[M018]: there are more than 10,000 problems; the others are not listed
 --> manifests/wrong-everywhere.yaml:1:1
  = help: mend what repeats first; is this a manifest?
""",
            "M019": """\
error[M019]: `ledger.url` in line 2 holds a password
 --> manifests/with-password/sitewalk.yaml:1:1
  = help: take it out, and change it: set SITEWALK_LEDGER, or keep it in ~/.pgpass
""",
            "M020": """\
error[M020]: `../evercam` is neither a project id nor a project's dashboard address
  --> manifests/week.yaml:11:10
   |
10 |     files: [VID_1.insv]
11 | project: ../evercam
   |          ^^^^^^^^^^
   = help: the id stands between `projects` and `drawings` in the dashboard's address
""",
            "M021": """\
error[M021]: this drawing is of project `airport`, the manifest of `evercam`
  --> manifests/week.yaml:11:18
   |
10 | drawings:
11 |   level-2: {url: "https://dash.evercam.io/v2/projects/airport/drawings/map?id=6143"}
   |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: one manifest is for one project
""",
            "M022": """\
error[M022]: the drawing `levl-2` is not defined
 --> manifests/week.yaml:8:14
  |
7 |     date: 2026-01-20
8 |     drawing: levl-2
  |              ^^^^^^
  = help: did you mean `level-2`?
""",
            "M023": """\
error[M023]: the route `lop` is not defined
  --> manifests/week.yaml:14:12
   |
13 |     date: 2026-01-21
14 |     route: lop
   |            ^^^
   = help: did you mean `loop`?
""",
            "M024": """\
error[M024]: there is no day 2026-02-30
 --> manifests/week.yaml:7:11
  |
6 |   - id: level-2-2026-01-20
7 |     date: 2026-02-30
  |           ^^^^^^^^^^
  = help: check the day and the month
""",
            "M025": """\
error[M025]: `Ann Example` is not an e-mail address
  --> manifests/week.yaml:12:14
   |
11 |     files: [VID_1.insv]
12 | uploaded_by: Ann Example
   |              ^^^^^^^^^^^
   = help: for example `you@example.com`
""",
            "M026": """\
error[M026]: the id `level-2-2026-01-20` stands twice, first in line 6
  --> manifests/week.yaml:12:9
   |
11 |     files: [VID_1.insv]
12 |   - id: level-2-2026-01-20
   |         ^^^^^^^^^^^^^^^^^^
   = note: first used here: manifests/week.yaml:6:9
   = help: give each walkthrough its own id
""",
            "M027": """\
error[M027]: `name` has a line break or another control character
 --> manifests/week.yaml:7:11
  |
6 |   - id: level-2-2026-01-20
7 |     name: "Level 2\\nafternoon"
  |           ^^^^^^^^^^^^^^^^^^^^
  = help: keep it to one line of plain text
""",
            "M028": """\
warning[M028]: 2126-01-20 lies in the future
 --> manifests/week.yaml:7:11
  |
6 |   - id: level-2-2026-01-20
7 |     date: 2126-01-20
  |           ^^^^^^^^^^
  = help: the date is the day of the walk
""",
            "M029": """\
warning[M029]: 2024-01-20 is more than a year ago
 --> manifests/week.yaml:7:11
  |
6 |   - id: level-2-2026-01-20
7 |     date: 2024-01-20
  |           ^^^^^^^^^^
  = help: is the year right?
""",
            "M030": """\
warning[M030]: no walkthrough or route uses the drawing `level-3`
  --> manifests/week.yaml:12:3
   |
11 |   level-2: {id: 6143}
12 |   level-3: {id: 6144}
   |   ^^^^^^^
""",
            "M031": """\
error[M031]: `north` must be larger than `south`, and `east` larger than `west`
  --> manifests/week.yaml:11:31
   |
10 | drawings:
11 |   level-2: {id: 6143, bounds: {north: 0, south: 1, east: 1, west: 0}}
   |                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
            "M032": """\
error[M032]: `0.12, -0.88` is not on a blank drawing
 --> manifests/week.yaml:9:21
  |
8 |     drawing: level-2
9 |     start_position: "0.12, -0.88"
  |                     ^^^^^^^^^^^^^
  = help: 0 to 1 on a blank drawing; a satellite drawing says `map_style: satellite`
""",
            "M033": """\
error[M033]: `53.3498, -6.2603` looks like degrees, but the drawing `level-2` is blank
 --> manifests/week.yaml:9:21
  |
8 |     drawing: level-2
9 |     start_position: "53.3498, -6.2603"
  |                     ^^^^^^^^^^^^^^^^^^
  = help: 0 to 1 on a blank drawing; a satellite drawing says `map_style: satellite`

error[M033]: `53.3501, -6.2598` looks like degrees, but the drawing `level-2` is blank
  --> manifests/week.yaml:10:19
   |
 9 |     start_position: "53.3498, -6.2603"
10 |     end_position: "53.3501, -6.2598"
   |                   ^^^^^^^^^^^^^^^^^^
   = help: 0 to 1 on a blank drawing; a satellite drawing says `map_style: satellite`
""",
            "M034": """\
error[M034]: `-6.2603, 53.3498`: latitude and longitude look swapped
  --> manifests/week.yaml:12:21
   |
11 |     drawing: site
12 |     start_position: "-6.2603, 53.3498"
   |                     ^^^^^^^^^^^^^^^^^^
   = help: latitude comes first
""",
            "M035": """\
error[M035]: the walk ends where it starts
  --> manifests/week.yaml:10:19
   |
 9 |     start_position: "0.12, 0.88"
10 |     end_position: "0.12, 0.88"
   |                   ^^^^^^^^^^^^
   = help: the walked path is fitted between the two; move one of them a little
""",
            "M036": """\
error[M036]: the recording `VID_1.insv` is already in walkthrough `level-2-2026-01-20`, line 11
  --> manifests/week.yaml:17:13
   |
16 |     end_position: "0.90, 0.15"
17 |     files: [VID_1.insv]
   |             ^^^^^^^^^^
   = note: first listed here: manifests/week.yaml:11:13
   = help: a recording belongs to one walkthrough
""",
            "M037": """\
error[M037]: `0,0` is what a GPS without a fix writes, not a place on the drawing
 --> manifests/week.yaml:9:21
  |
8 |     drawing: yard
9 |     start_position: "0, 0"
  |                     ^^^^^^
  = help: copy the place from a map
""",
            "M038": """\
error[M038]: drawing `level-3` is not on Evercam yet: it has no `id`
 --> manifests/with-new-drawing/week.yaml:6:14
  |
5 |     date: 2026-01-20
6 |     drawing: level-3
  |              ^^^^^^^
  = note: to be created from this: manifests/with-new-drawing/sitewalk.yaml:2:12
  = help: create it first: sitewalk drawing create level-3 --manifest manifests/with-new-drawing/sitewalk.yaml
""",
            "M040": """\
error[M040]: `../VID_1.insv` leaves the media root
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [../VID_1.insv]
   |             ^^^^^^^^^^^^^
   = help: write a path inside the media root, with forward slashes; see --media-root
""",
            "M041": """\
error[M041]: `VID_01.insv` is not there
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_01.insv]
   |             ^^^^^^^^^^^
   = help: looked in manifests
""",
            "M042": """\
error[M042]: `day-1` is a folder
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [day-1]
   |             ^^^^^
   = help: list the recordings in it one by one
""",
            "M043": """\
error[M043]: `VID_empty.insv` is empty
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_empty.insv]
   |             ^^^^^^^^^^^^^^
   = help: copy it from the card once more
""",
            "M044": """\
error[M044]: `VID_locked.insv` cannot be read: Too many levels of symbolic links
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_locked.insv]
   |             ^^^^^^^^^^^^^^^
   = help: check its permissions, and that the card or share is mounted
""",
            "M045": """\
error[M045]: `floor-plan.insv` is not an Insta360 recording: it begins like a PDF document
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [floor-plan.insv]
   |             ^^^^^^^^^^^^^^^
   = help: list a recording as the camera wrote it
""",
            "M046": """\
error[M046]: `IMG_20260120_101000_00_004.insp` is not an Insta360 recording: it begins like a JPEG photo
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [IMG_20260120_101000_00_004.insp]
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: list a video
""",
            "M047": """\
error[M047]: `VID_cut.insv` is cut short: 4.1 kB of at least 5.4 kB are there
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_cut.insv]
   |             ^^^^^^^^^^^^
   = help: compare it with the file on the card, and copy it once more
""",
            "M048": """\
error[M048]: `VID_overwritten.insv` is damaged: it does not begin with a file type box
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_overwritten.insv]
   |             ^^^^^^^^^^^^^^^^^^^^
   = help: compare it with the file on the card, and copy it once more
""",
            "M049": """\
error[M049]: `VID_hole.insv` has a hole: 65.5 kB of zeros from byte 98,304
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_hole.insv]
   |             ^^^^^^^^^^^^^
   = help: compare it with the file on the card, and copy it once more
""",
            "M050": """\
error[M050]: `exported.mp4` is not the camera's own file: it may play, but lacks the camera's records at its end
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [exported.mp4]
   |             ^^^^^^^^^^^^
   = help: list the file as the camera wrote it
""",
            "M051": """\
error[M051]: `LRV_20260120_101500_01_001.insv` is a proxy of 1024 x 512; 2880 x 2880 was recorded
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [LRV_20260120_101500_01_001.insv]
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: list `VID_20260120_101500_00_001.insv` instead
""",
            "M052": """\
error[M052]: `VID_time-lapse.insv` is a time-lapse
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_time-lapse.insv]
   |             ^^^^^^^^^^^^^^^^^^^
   = help: list a recording at normal speed
""",
            "M053": """\
error[M053]: `PRO_VID_20260120_101500_00_002.insv` was recorded with a single lens
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [PRO_VID_20260120_101500_00_002.insv]
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: list a 360° recording
""",
            "M054": """\
error[M054]: `VID_20260120_111500_00_008.insv` is one lens of two, and the other is not listed
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_20260120_111500_00_008.insv]
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: add `VID_20260120_111500_10_008.insv`, which lies beside it
""",
            "M055": """\
error[M055]: `VID_20260120_111500_10_008.insv` is one lens of a recording whose other is in `level-2-2026-01-20`
  --> manifests/week.yaml:17:13
   |
16 |     end_position: "0.90, 0.15"
17 |     files: [VID_20260120_111500_10_008.insv]
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = note: the other lens: manifests/week.yaml:11:13
   = help: list both in one walkthrough
""",
            "M056": """\
warning[M056]: `VID_20260120_121500_00_012.insv` and files of `level-2-2026-01-20` are one recording
  --> manifests/week.yaml:17:13
   |
16 |     end_position: "0.90, 0.15"
17 |     files: [VID_20260120_121500_00_012.insv]
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = note: of the same recording: manifests/week.yaml:11:13
   = help: list all its files in one walkthrough, if they are one walk
""",
            "M057": """\
error[M057]: between the files 010 and 012 of one recording, 011 is missing
  --> manifests/week.yaml:11:46
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_20260120_121500_00_010.insv, VID_20260120_121500_00_012.insv]
   |                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: add `VID_20260120_121500_00_011.insv`, which lies beside it
""",
            "M058": """\
warning[M058]: `VID_20260120_121500_00_012.insv` of the same recording lies beside it and is not listed
  --> manifests/week.yaml:11:46
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_20260120_121500_00_010.insv, VID_20260120_121500_00_011.insv]
   |                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: add it, if it is part of this walk
""",
            "M059": """\
warning[M059]: the camera puts `VID_20260121_140000_00_020.insv` on 2026-01-21, the manifest on 2026-01-20
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_20260121_140000_00_020.insv]
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: is it the right file, and the right date? a clock of another time zone says so, too
""",
            "M060": """\
error[M060]: the image `../level-2.png` leaves the manifest's folder
  --> manifests/week.yaml:11:30
   |
10 | drawings:
11 |   level-2: {id: 6143, image: ../level-2.png}
   |                              ^^^^^^^^^^^^^^
   = help: keep the image beside the manifest, or in a folder below, with forward slashes
""",
            "M061": """\
warning[M061]: the image `drawings/level-3.png` is not there
  --> manifests/week.yaml:11:30
   |
10 | drawings:
11 |   level-2: {id: 6143, image: drawings/level-3.png}
   |                              ^^^^^^^^^^^^^^^^^^^^
   = help: looked in manifests
""",
            "M062": """\
warning[M062]: the image `drawings/level-2.dwg` is neither PNG, JPEG, SVG nor PDF
  --> manifests/week.yaml:11:30
   |
10 | drawings:
11 |   level-2: {id: 6143, image: drawings/level-2.dwg}
   |                              ^^^^^^^^^^^^^^^^^^^^
   = help: save it as PNG, JPEG, SVG or PDF
""",
            "M063": """\
warning[M063]: the image `drawings/huge.png` has 40,000 by 30,000 pixels, over 100 million
  --> manifests/week.yaml:11:30
   |
10 | drawings:
11 |   level-2: {id: 6143, image: drawings/huge.png}
   |                              ^^^^^^^^^^^^^^^^^
   = help: save it with 4,000 pixels on the longer side
""",
            "M064": """\
warning[M064]: nothing says where the edges of `drawings/level-2.png` lie
 --> manifests/week.yaml:4:52
  |
3 | drawings:
4 |   level-2: {id: 6143, map_style: satellite, image: drawings/level-2.png}
  |                                                    ^^^^^^^^^^^^^^^^^^^^
  = help: add `bounds` in degrees to the drawing
""",
            "M065": """\
warning[M065]: `VID_20260120_091530_00_006.insv` was recorded while its camera recorded `VID_20260120_091500_00_005.insv` of `level-2-2026-01-20`
  --> manifests/week.yaml:17:13
   |
16 |     end_position: "0.90, 0.15"
17 |     files: [VID_20260120_091530_00_006.insv]
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = note: recorded at the same time: manifests/week.yaml:11:13
   = help: is it in the right walkthrough?
""",
            "M066": """\
warning[M066]: the camera `Insta360 X9` is not known to this version
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_new-camera.insv]
   |             ^^^^^^^^^^^^^^^^^^^
   = help: 1 recording of it is taken as found
""",
            "M067": """\
warning[M067]: `VID_new-layout.insv` has a layout that is not known to this version
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_new-layout.insv]
   |             ^^^^^^^^^^^^^^^^^^^
   = help: it is taken as it is
""",
            "M068": """\
warning[M068]: `VID_no-record.insv` could not be read in full: the camera's own record of it is missing or unreadable
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_no-record.insv]
   |             ^^^^^^^^^^^^^^^^^^
   = help: compare it with the file on the card
""",
            "M069": """\
warning[M069]: `VID_renamed.mp4` is a recording, and does not end in `.insv`
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "0.90, 0.15"
11 |     files: [VID_renamed.mp4]
   |             ^^^^^^^^^^^^^^^
   = help: give it its ending back: `.insv`
""",
            "M070": """\
warning[M070]: `VID_at-48.137-11.575.insv` was recorded at 48.13700,11.57500, 504 km from the walk
  --> manifests/week.yaml:11:13
   |
10 |     end_position: "52.5210, 13.4070"
11 |     files: [VID_at-48.137-11.575.insv]
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: is it the right file, the right drawing, the right position?
""",
        }
    )


def test_concise_and_github(examples: Path) -> None:
    found = check(explained_rules()["M012"].wrong, examples).problems
    folder = examples.as_posix()
    assert problems_concise(found).replace(folder, "m") == snapshot(
        "m/week.yaml:7:5: M012 unknown key `nmae`\n"
    )
    assert problems_github(found).replace(folder, "m") == snapshot(
        "::error file=m/week.yaml,line=7,endLine=7,col=5,endColumn=9,title=M012::unknown key `nmae`%0Ahelp: did you mean `name`?\n"
    )


def test_a_message_cannot_start_a_command_of_its_own() -> None:
    problem = Problem("M012", "a%\n::error::b", Place("a,b:c.yaml"))
    assert problems_github([problem]) == snapshot(
        "::error file=a%2Cb%3Ac.yaml,line=1,endLine=1,col=1,endColumn=1,title=M012::a%25\\n::error::b\n"
    )
    assert "\n" not in problems_concise([problem])[:-1]


def test_json_follows_its_schema(examples: Path) -> None:
    problems = [
        problem
        for rule in explained_rules().values()
        for problem in check(rule.wrong, examples).problems
    ]
    data: Any = json.loads(json.dumps(problems_json(problems, explained_rules())))
    Draft202012Validator(load_schema("problems")).validate(data)
    assert len(data["problems"]) == len(problems)


def test_problems_across_manifests_point_at_both(tmp_path: Path) -> None:
    paths = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for path in paths:
        path.write_text(complete("project: evercam\n"), encoding="utf-8")
    found = check_texts(paths, None, TODAY).problems
    assert [problem.code for problem in found] == ["M026", "M036"]
    assert {problem.place.file for problem in found} == {paths[1].as_posix()}
    assert {note.place.file for problem in found for note in problem.notes} == {paths[0].as_posix()}
