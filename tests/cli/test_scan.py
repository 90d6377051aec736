# ruff: noqa: E501 - rendered text stands here as people see it
"""The weekly routine: a card is scanned, what it cannot tell is filled in, the rest is known."""

import datetime as dt
import shlex
import sys
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from runner.manifest.yaml.document import parse_document
from runner.recordings.samples.recipes import X3, X4, X5, RecordingRecipe, chapters, lens_pair
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.scan.cards import cut, put, put_preview, small
from tests.sites import Site

_AT = dt.datetime(2026, 1, 20, 10, 15)  # noqa: DTZ001 - a camera's clock
_MANIFEST = """\
# the walks of our site
version: 1
project: evercam
drawings: {level-2: {id: 6143}}
routes:
  loop: {drawing: level-2, start_position: "0.12, 0.88", end_position: "0.90, 0.15"}

walkthroughs:
  - id: by-hand # checked by Ann
    date: 20-01-2026
    route: loop
    files: ['first.insv']
"""


def _card(folder: Path) -> None:
    for part in chapters(small(X3), 2):
        put(folder, *lens_pair(part))
        put_preview(folder, part)
    put(folder, _later(small(X5), 47))


def _later(recipe: RecordingRecipe, minutes: int) -> RecordingRecipe:
    return small(recipe, local_start=_AT + dt.timedelta(minutes=minutes))


def _files(manifest: Path) -> list[list[str]]:
    document, problems = parse_document(manifest.read_bytes(), "m.yaml")
    assert document is not None
    assert problems == ()
    return [walk["files"] for walk in document.data["walkthroughs"]]


def test_a_new_manifest_has_all_that_a_card_tells(site: Site, sitewalk: Sitewalk) -> None:
    _card(site.folder)
    ended = sitewalk("scan", ".")
    assert ended.out == snapshot("""\
# Made by `sitewalk scan`. Write what belongs where TODO stands: `sitewalk validate` says what.
version: 1
project: TODO # its id, or the address of one of its dashboard pages
# uploaded_by: you@example.com # default: the user who logs in
drawings:
  level-1: {id: TODO} # the number that ends its dashboard address: …/drawings/map?id=6143
# Walks that are repeated can be named once; a walk then says `route: level-1-loop` in place of
# its drawing and positions, and `sitewalk scan --route level-1-loop` writes that by itself.
# routes:
#   level-1-loop: {drawing: level-1, start_position: "0.12, 0.88", end_position: "0.90, 0.15"}
walkthroughs:
  - id: walk-2026-01-20-101500 # Insta360 X3, 2 min 0 s, 18.7 kB
    name: Walk, 20 January 2026, 10:15
    date: 2026-01-20
    drawing: TODO
    start_position: TODO
    end_position: TODO
    files:
      - DCIM/Camera01/VID_20260120_101500_00_001.insv
      - DCIM/Camera01/VID_20260120_101500_10_001.insv
      - DCIM/Camera01/VID_20260120_101500_00_002.insv
      - DCIM/Camera01/VID_20260120_101500_10_002.insv
  - id: walk-2026-01-20-110200 # Insta360 X5, 1 min 0 s, 5.4 kB
    name: Walk, 20 January 2026, 11:02
    date: 2026-01-20
    drawing: TODO
    start_position: TODO
    end_position: TODO
    files:
      - DCIM/Camera01/VID_20260120_110200_00_001.insv
""")
    assert ended.err == snapshot("2 walks of 5 recordings; left out: 2 proxies\n")
    assert ended.status == 0


def test_the_schema_is_named_where_there_is_one(site: Site, sitewalk: Sitewalk) -> None:
    _card(site.folder)
    schema = site.folder / "manifest.schema.json"
    schema.write_text(sitewalk("schema", "manifest").out, encoding="utf-8")
    assert sitewalk("scan", ".", "-o", "manifest.yaml").status == 0
    first = site.manifest.read_text(encoding="utf-8").partition("\n")[0]
    assert first == f"# yaml-language-server: $schema={schema.name}"


def test_validate_points_at_every_blank(site: Site, sitewalk: Sitewalk) -> None:
    _card(site.folder)
    sitewalk("scan", ".", "-o", "manifest.yaml", "--route", "loop", "--project", "evercam")
    ended = sitewalk("validate", "manifest.yaml", "--format", "concise")
    assert ended.out == snapshot("""\
manifest.yaml:6:17: M017 `id` of drawing `level-1` is still to be filled in
manifest.yaml:9:14: M017 `drawing` of route `loop` is still to be filled in
manifest.yaml:10:21: M017 `start_position` of route `loop` is still to be filled in
manifest.yaml:11:19: M017 `end_position` of route `loop` is still to be filled in
""")
    assert ended.status == 3


def test_the_weekly_routine(site: Site, sitewalk: Sitewalk, sandbox: Sandbox) -> None:
    _card(site.folder)
    scan = ("scan", ".", "--route", "loop")
    assert sitewalk(*scan, "-o", "manifest.yaml", "--project", "evercam").status == 0
    text = site.manifest.read_text(encoding="utf-8").replace("{id: TODO}", "{id: 6143}")
    text = text.replace("drawing: TODO", "drawing: level-1")
    text = text.replace("start_position: TODO", 'start_position: "0.12, 0.88"')
    text = text.replace("end_position: TODO", 'end_position: "0.90, 0.15"')
    site.manifest.write_text(text, encoding="utf-8")
    assert sitewalk("validate", "manifest.yaml").status == 0
    assert sitewalk("apply", "manifest.yaml", "--yes").status == 0
    assert len(sandbox.objects()) == 2

    again = sitewalk(*scan, "-o", "manifest.yaml")
    assert (again.status, again.err) == (0, "no new walks; left out: 2 proxies, 5 listed already\n")
    assert site.manifest.read_text(encoding="utf-8") == text
    other = sitewalk("scan", ".", "-o", "next.yaml")
    assert (other.status, other.err) == (
        0,
        "no new walks; left out: 2 proxies, 5 finished already\n",
    )
    assert not Path("next.yaml").exists()

    put(site.folder, _later(small(X4), 60))
    assert sitewalk(*scan, "-o", "manifest.yaml").status == 0
    assert site.manifest.read_text(encoding="utf-8").startswith(text.rstrip("\n"))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == 0
    assert len(sandbox.objects()) == 3


def test_a_project_that_was_left_blank_is_filled_in(site: Site, sitewalk: Sitewalk) -> None:
    _card(site.folder)
    assert sitewalk("scan", ".", "-o", "manifest.yaml").status == 0
    text = site.manifest.read_text(encoding="utf-8")
    ended = sitewalk("scan", ".", "-o", "manifest.yaml", "--project", "evercam")
    assert ended.status == 0
    assert ended.err == snapshot("""\
no new walks; left out: 2 proxies, 5 listed already
filled in: project: evercam
fill in what says TODO, then: sitewalk validate manifest.yaml
""")
    filled = text.replace("project: TODO", "project: evercam")
    assert site.manifest.read_text(encoding="utf-8") == filled != text


def test_what_another_project_has_is_new_to_this_one(site: Site, sitewalk: Sitewalk) -> None:
    put(site.folder, small(X5), folder="", name="first.insv")
    site.manifest.write_text(_MANIFEST, encoding="utf-8")
    assert sitewalk("apply", "manifest.yaml", "--yes").status == 0
    assert "no new walks" in sitewalk("scan", ".", "--project", "evercam").err
    assert "1 walk of 1 recording" in sitewalk("scan", ".", "--project", "airport").err


def test_the_same_recordings_get_the_same_ids(site: Site, sitewalk: Sitewalk) -> None:
    _card(site.folder)
    first = sitewalk("scan", ".").out
    Path("DCIM").rename("card")
    assert first.replace("DCIM", "card") == sitewalk("scan", "card").out


def test_adding_leaves_what_is_there(site: Site, sitewalk: Sitewalk) -> None:
    put(site.folder, small(X5), folder="", name="first.insv")
    site.manifest.write_bytes(_MANIFEST.replace("\n", "\r\n").encode())
    _card(site.folder / "week-4")
    ended = sitewalk("scan", "week-4", "-o", "manifest.yaml", "--route", "loop")
    assert ended.status == 0
    assert ended.err == snapshot("""\
2 walks of 5 recordings; left out: 2 proxies
next: sitewalk validate manifest.yaml
""")
    added = site.manifest.read_bytes().removeprefix(
        _MANIFEST.replace("\n", "\r\n").encode().rstrip()
    )
    assert added.decode().replace("\r\n", "\n") == snapshot("""\

  - id: walk-2026-01-20-101500 # Insta360 X3, 2 min 0 s, 18.7 kB
    name: loop, 20 January 2026, 10:15
    date: 2026-01-20
    route: loop
    files:
      - week-4/DCIM/Camera01/VID_20260120_101500_00_001.insv
      - week-4/DCIM/Camera01/VID_20260120_101500_10_001.insv
      - week-4/DCIM/Camera01/VID_20260120_101500_00_002.insv
      - week-4/DCIM/Camera01/VID_20260120_101500_10_002.insv
  - id: walk-2026-01-20-110200 # Insta360 X5, 1 min 0 s, 5.4 kB
    name: loop, 20 January 2026, 11:02
    date: 2026-01-20
    route: loop
    files:
      - week-4/DCIM/Camera01/VID_20260120_110200_00_001.insv
""")
    assert sitewalk("validate", "manifest.yaml").status == 0


def test_a_recording_under_another_name_is_known_by_its_content(
    site: Site, sitewalk: Sitewalk
) -> None:
    put(site.folder, small(X5), folder="", name="first.insv")
    put(site.folder, small(X5), folder="card")
    site.manifest.write_text(_MANIFEST, encoding="utf-8")
    ended = sitewalk("scan", "card", "-o", "manifest.yaml")
    assert (ended.status, ended.err) == (0, "no new walks; left out: 1 listed already\n")


def test_the_rest_of_a_listed_walk_is_left_to_a_person(site: Site, sitewalk: Sitewalk) -> None:
    left, right = lens_pair(small(X3))
    put(site.folder, left, folder="", name="first.insv")
    put(site.folder, left, right, folder="card")
    site.manifest.write_text(_MANIFEST, encoding="utf-8")
    ended = sitewalk("scan", "card", "-o", "manifest.yaml")
    assert ended.status == 3
    assert ended.err == snapshot("""\
left out: card/VID_20260120_101500_10_001.insv: `by-hand` has other files of this walk; add these to it by hand
no new walks; left out: 1 listed already, 1 of a walk known in part
some walks are left out: copy again or mend what is named last above, then scan again; what cannot be mended is left out for good with --ignore FILE, which sitewalk.yaml keeps
""")
    assert site.manifest.read_text(encoding="utf-8") == _MANIFEST


def test_the_broken_rest_of_a_listed_walk_is_called_broken(site: Site, sitewalk: Sitewalk) -> None:
    first, second = chapters(small(X5), 2)
    put(site.folder, first, folder="", name="first.insv")
    (rest,) = put(site.folder, second)
    put(site.folder, first)
    cut(site.folder / rest)
    site.manifest.write_text(_MANIFEST, encoding="utf-8")
    ended = sitewalk("scan", "DCIM", "-o", "manifest.yaml")
    assert ended.status == 3
    assert "(`by-hand` has the rest)" in ended.err


def test_what_keeps_a_walk_away_is_said_and_the_others_are_written(
    site: Site, sitewalk: Sitewalk
) -> None:
    _card(site.folder)
    (broken, *_) = put(site.folder, *chapters(_later(small(X4), 60), 3))
    cut(site.folder / broken)
    put(site.folder, lens_pair(_later(small(X3), 70))[1])
    ended = sitewalk("scan", ".", "-o", "manifest.yaml")
    assert ended.status == 3
    assert ended.err == snapshot("""\
left out: DCIM/Camera01/VID_20260120_111500_00_001.insv and 2 others: VID_20260120_111500_00_001.insv is cut short: it ends in the middle of the camera's records
left out: DCIM/Camera01/VID_20260120_112500_10_001.insv: it holds one of two lenses, and VID_20260120_112500_00_001.insv is missing
2 walks of 5 recordings; left out: 2 proxies, 3 of broken walks, 1 of an incomplete walk
fill in what says TODO, then: sitewalk validate manifest.yaml
some walks are left out: copy again or mend what is named last above, then scan again; what cannot be mended is left out for good with --ignore FILE, which sitewalk.yaml keeps
""")
    assert len(_files(site.manifest)) == 2


_NAMES = [
    "level a: b #c.insv",
    "'quoted' \"twice\".insv",
    "- dash.insv",
    "007.insv",
    "line\nbreak.insv",
    "tab\tand\x1b[31m.insv",
    "Baustelle Süd, Haus 3 😀.insv",
    "\u2028\x85\ufeff.insv",
    "{flow}, [list].insv",
    "%TAG !.insv",
    " spaces .insv",
]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses such names")
def test_every_name_reads_back(site: Site, sitewalk: Sitewalk) -> None:
    for number, name in enumerate(_NAMES):
        put(
            site.folder,
            _later(small(X5), number),
            folder=name,
            name=f"{name.rpartition('.')[0]}.insv",
        )
    ended = sitewalk("scan", ".", "-o", "manifest.yaml")
    assert ended.status == 0
    assert "\x1b" not in ended.err
    wanted = [[f"{name}/{name.rpartition('.')[0]}.insv"] for name in _NAMES]
    assert _files(site.manifest) == wanted
    sitewalk("scan", ".", "-o", "manifest.yaml")
    assert _files(site.manifest) == wanted


def test_a_card_outside_the_media_root_is_refused_with_the_way_out(
    site: Site, sitewalk: Sitewalk, tmp_path: Path
) -> None:
    card = tmp_path / "card"
    _card(card)
    refused = sitewalk("scan", str(card), "-o", "manifest.yaml")
    assert refused.status == 2
    quoted = refused.err.replace(shlex.quote(str(card)), "/card")
    assert quoted.replace(tmp_path.as_posix(), "") == snapshot("""\
error: /card is not inside the media root /site
  help: manifests name recordings from there, and it is the manifest's folder unless told otherwise: add `--media-root /card` here and to validate, plan and apply, or set SITEWALK_MEDIA_ROOT; or keep the manifest beside the recordings
""")
    assert sitewalk("scan", str(card), "-o", "manifest.yaml", "--media-root", str(card)).status == 0
    assert _files(site.manifest)[1] == ["DCIM/Camera01/VID_20260120_110200_00_001.insv"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["nowhere"], 2, "nowhere is not there"),
        (["manifest.yaml"], 2, "manifest.yaml is not a folder"),
        ([".", "-o", "manifest.yaml", "--route", "lop"], 2, "did you mean `loop`?"),
        ([".", "-o", "manifest.yaml", "--project", "airport"], 2, "--project says `airport`"),
        ([".", "--route", ""], 2, "--route has no name"),
        ([".", "-o", "list.yaml"], 3, "must be a mapping"),
        ([".", "--project", "a b"], 2, "`a b` is no project"),
        ([".", "-o", "twice.yaml"], 3, "the key `version` stands twice"),
        ([".", "-o", "."], 2, "name a manifest: manifest.yaml"),
        ([".", "-o", "no/such/folder.yaml", "--media-root", "."], 2, "cannot write"),
    ],
)
def test_what_does_not_fit_is_said(
    words: list[str], status: int, said: str, site: Site, sitewalk: Sitewalk
) -> None:
    put(site.folder, small(X5))
    site.manifest.write_text(_MANIFEST, encoding="utf-8")
    Path("twice.yaml").write_text("version: 1\nversion: 1\n", encoding="utf-8")
    Path("list.yaml").write_text("- a\n", encoding="utf-8")
    ended = sitewalk("scan", *words)
    assert ended.status == status
    assert said in ended.err
    assert ended.out == ""


def test_the_first_route_of_a_manifest_is_shown(site: Site, sitewalk: Sitewalk) -> None:
    put(site.folder, small(X5))
    sitewalk("scan", ".", "-o", "manifest.yaml", "--project", "evercam")
    scan = ("scan", ".", "-o", "manifest.yaml", "--route", "level-2-loop")
    refused = sitewalk(*scan)
    assert refused.err == snapshot("""\
error: manifest.yaml has no route `level-2-loop`
  help: it has none; the first is written into manifest.yaml by hand: `routes: {level-2-loop: {drawing: TODO, start_position: TODO, end_position: TODO}}`
""")
    with site.manifest.open("a", encoding="utf-8") as manifest:
        manifest.write(refused.err.split("`")[3] + "\n")
    assert sitewalk(*scan).status == 0


def test_an_empty_folder_is_no_mistake(site: Site, sitewalk: Sitewalk) -> None:
    ended = sitewalk("scan", ".", "-o", "manifest.yaml")
    assert (ended.status, ended.out, ended.err) == (0, "", "no new walks\n")
    assert not site.manifest.exists()


def test_an_empty_file_becomes_a_manifest(site: Site, sitewalk: Sitewalk) -> None:
    put(site.folder, small(X5))
    site.manifest.touch()
    assert sitewalk("scan", ".", "-o", "manifest.yaml").status == 0
    assert len(_files(site.manifest)) == 1


def test_beside_the_reports_of_a_lost_ledger_nothing_is_taken_for_new(
    site: Site, sitewalk: Sitewalk
) -> None:
    put(site.folder, small(X5), folder="", name="first.insv")
    site.manifest.write_text(_MANIFEST, encoding="utf-8")
    assert sitewalk("apply", "manifest.yaml", "--yes").status == 0
    Path(".sitewalk/ledger.db").unlink()
    assert "ledger import" in sitewalk("scan", ".", "-o", "next.yaml").err


def test_walks_of_unknown_place_are_one_problem_for_all(site: Site, sitewalk: Sitewalk) -> None:
    for minutes in range(15):
        put(site.folder, _later(small(X4), 60 * minutes))
    sitewalk("scan", ".", "-o", "manifest.yaml", "--project", "evercam")
    text = site.manifest.read_text(encoding="utf-8").replace("{id: TODO}", "{id: 6143}")
    site.manifest.write_text(text, encoding="utf-8")
    ended = sitewalk("validate", "manifest.yaml")
    assert ended.out.count("error[M017]") == 1
    assert ended.out.count("= note: 14 more like it, in lines ") == 1
    assert "15 errors" in ended.err
    concise = sitewalk("validate", "manifest.yaml", "--format", "concise")
    assert concise.out.count("M017") == 15
