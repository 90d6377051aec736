"""A name is only text in every form of the report, whatever characters it holds."""

import codecs
import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import cast
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from runner.base.wording import json_text, printable
from runner.pages.report.page import results_html
from runner.report.forms.as_json import results_json
from runner.report.forms.junit import results_junit
from runner.report.forms.markdown import plain, results_markdown
from runner.report.forms.table import harmless, results_csv
from runner.report.forms.text import headline, results_text
from runner.report.results import Outcome, RecordingOutcome, Results, WalkthroughResult
from runner.report.timeline.timeline import NO_TIMELINE
from tests.report.hostile import results

SCRIPT = "<img src=x onerror=alert(1)>"
COMMENT = 65_536
"""Characters that a comment on GitHub takes."""


def test_html_escapes_every_value() -> None:
    assert "<img" not in results_html(results(SCRIPT))


@given(st.text(min_size=1))
def test_text_cannot_steer_a_terminal(text: str) -> None:
    assert all(line.isprintable() for line in results_text(results(text)).split("\n"))


_STEERING = "\x1b[2J\x07\x9b31m\u202e\u2066\r"
_FORMS: list[Callable[[Results], str]] = [
    results_text,
    results_markdown,
    results_csv,
    results_junit,
    lambda told: json_text(results_json(told)),
]


@pytest.mark.parametrize("form", _FORMS, ids=["text", "markdown", "csv", "junit", "json"])
def test_no_form_holds_what_steers_a_terminal(form: Callable[[Results], str]) -> None:
    told = form(results(f"a{_STEERING}b")).removeprefix("\ufeff")
    assert all(line.isprintable() for line in told.split("\n"))


@given(st.text(st.sampled_from('\x1b\x9b\u202e\ud83d\ude00#[]:"\\aé\n')))
def test_json_for_people_says_the_same_and_is_no_command(text: str) -> None:
    told = json_text({text: [text]})
    assert json.loads(told) == json.loads(json.dumps({text: [text]}))
    assert "##[" not in told
    assert all(line.isprintable() for line in told.split("\n"))


def test_an_upload_id_of_a_strangers_results_is_no_markdown() -> None:
    (walkthrough,) = results("a").walkthroughs
    forged = replace(walkthrough, upload_id=cast("int", "<b>@team</b>"))
    told = results_markdown(replace(results("a"), walkthroughs=(forged,)))
    assert "<b>" not in told
    assert "@team" not in told


@given(st.text(st.characters(), min_size=1))
def test_junit_is_well_formed_whatever_a_name_holds(text: str) -> None:
    suite = ET.fromstring(results_junit(results(text)))  # noqa: S314 - our own text
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert len(suite.findall("testcase/failure")) == 1


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\x7f", "\ud800", "\ufffe", "]]>", "\U0010ffff"])
def test_junit_holds_characters_that_xml_does_not(char: str) -> None:
    suite = ET.fromstring(results_junit(results(f"a{char}b")))  # noqa: S314 - our own text
    (case,) = suite.findall("testcase")
    assert re.fullmatch(
        r"a([^\x00-\x1f\x7f]{1,3}|\\[xuU][0-9a-f]{2,8})b", case.get("name", ""), re.DOTALL
    )


def test_junit_has_a_case_for_each_walkthrough_and_passes_what_is_on_evercam() -> None:
    walks = [results(str(outcome), outcome).walkthroughs[0] for outcome in Outcome]
    xml = results_junit(replace(results("a"), walkthroughs=tuple(walks)))
    suite = ET.fromstring(xml)  # noqa: S314 - our own text
    failed = {
        case.get("name") for case in suite.findall("testcase") if case.find("failure") is not None
    }
    assert failed == {"failed", "held", "changed", "interrupted", "not_started"}
    assert suite.get("tests") == str(len(Outcome))


def test_the_csv_is_read_back_with_its_byte_order_mark() -> None:
    bytes_ = results_csv(results('Größe; "2", 5')).encode()
    assert bytes_.startswith(codecs.BOM_UTF8)  # or Excel shows GrÃ¶ÃŸe
    (row,) = csv.DictReader(io.StringIO(bytes_.decode("utf-8-sig"), newline=""))
    cells = (row["project"], row["file"], row["length"], row["outcome"])
    assert cells == ("evercam", 'Größe; "2", 5', "7", "failed")


@given(st.text(min_size=1))
def test_no_cell_of_the_csv_is_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(results_csv(results(text)), newline="")))
    assert len(rows) == 2
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in rows[1])
    assert rows[1][10] == harmless(printable(text))


@given(st.text(st.sampled_from("a=+-@;,\t\n\r \"'|"), min_size=1))
def test_no_cell_becomes_a_formula_where_semicolons_separate(text: str) -> None:
    line = results_csv(results(text)).partition("\n")[2]
    for cell in re.split(r"[;\t\r\n]", line):
        assert not cell.lstrip(' "').startswith(("=", "+", "-", "@"))


@given(st.text(st.characters(exclude_characters="=+-@\t\r\n＝＋－＠")))  # noqa: RUF001 - as above
def test_a_harmless_name_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_markdown_leaves_names_without_meaning() -> None:
    text = results_markdown(results(f"{SCRIPT} | @team #12 GH-7 [a](http://b)\n# x\u202e"))
    assert "<img" not in text
    assert not re.search(r"@team|#12|GH-7|GH\\-7|\[a\]\(|://|\u202e", text)
    assert len(text.splitlines()) == 7
    assert "1 of 1 file is not on Evercam yet" in text


def test_markdown_shows_a_command_as_code_and_leaves_hyphens() -> None:
    (walkthrough,) = results("level-2").walkthroughs
    steps = ("if it is not: sitewalk resolve level-2 --retry", "look for: sitewalk `x` <b>")
    told = results_markdown(
        replace(results("a"), walkthroughs=(replace(walkthrough, next_steps=steps),))
    )
    assert "| level-2 |" in told
    assert "→ if it is not\\: `sitewalk resolve level-2 --retry`" in told
    assert "sitewalk \\`x\\` &lt;b&gt;" in told
    assert plain("- a - b") == "\\- a - b"


@given(st.text())
def test_plain_markdown_is_one_line_without_markup(text: str) -> None:
    escaped = plain(text)
    assert escaped.replace("\u2060", "").isprintable()
    assert not re.search(r"(?<!\\)[|`*_\[\]<>#@~$]", escaped)


@pytest.mark.parametrize(("length", "count"), [(20, 1000), (100_000, 90), (3, 5000)])
def test_markdown_collapses_and_fits_a_comment(length: int, count: int) -> None:
    long = replace(results("n" * length, count=count), refused="r" * length)
    text = results_markdown(long)
    assert text.index("| Walkthrough |") < text.index("<details>") < text.rindex("| Walkthrough |")
    assert re.search(r"\d more walkthroughs? in", text)
    assert len(text) < COMMENT


def test_of_a_long_run_what_failed_stays_open() -> None:
    done, failed = results("fine", Outcome.DONE, 400), results("broken", Outcome.FAILED, 3)
    both = replace(done, walkthroughs=(*done.walkthroughs, *failed.walkthroughs))
    shown, _, folded = results_markdown(both).partition("<details>\n")
    assert (shown.count("| broken |"), folded.count("| broken |")) == (3, 0)
    assert (shown.count("| fine |"), folded.count("| fine |")) == (0, 400)
    assert folded.startswith("<summary>400 more walkthroughs</summary>\n\n| Walkthrough |")
    assert results_markdown(done).partition("<details>\n")[2].startswith("<summary>400 walkthrough")


def test_of_a_year_what_was_sent_is_on_the_first_screen() -> None:
    def walks(outcome: Outcome, count: int) -> list[WalkthroughResult]:
        (each,) = results("x", outcome).walkthroughs
        (file,) = each.recordings
        sent = (replace(file, outcome=RecordingOutcome.SENT, reason=""),)
        each = replace(each, reason="upload 7", next_steps=(), recordings=sent, retries=0)
        return [replace(each, id=f"{outcome}-{number}") for number in range(count)]

    year = (*walks(Outcome.DONE, 2), *walks(Outcome.NOTHING, 998))
    text = results_text(replace(results("x"), walkthroughs=year, timeline=NO_TIMELINE))
    assert text == snapshot("""\
done already     998 walkthroughs
done             done-0: upload 7
                 sent        x  7 B
done             done-1: upload 7
                 sent        x  7 B

1,000 walkthroughs: 2 done, 998 done already; 3.0 kB sent in 4 s (750 B/s), 1,000 retries
""")
    assert len(text.splitlines()) < 24


def test_a_refused_login_is_told_once_for_the_run() -> None:
    waiting = results("level-2", Outcome.NOT_STARTED, 12).walkthroughs
    walks = tuple(
        replace(each, id=f"w{number}", reason="the login was refused", next_steps=())
        for number, each in enumerate(waiting)
    )
    run = replace(results("x"), walkthroughs=walks, timeline=NO_TIMELINE, refused="Evercam refused")
    assert results_text(run) == snapshot("""\
not started      12 walkthroughs: the login was refused
                 w0
                 w1
                 w2
                 w3
                 w4
                 w5
                 w6
                 w7
                 w8
                 w9
                 … and 2 more

12 walkthroughs: 12 not started; 36 B sent in 4 s (9 B/s), 36 retries
12 of 12 files are not on Evercam yet
Evercam refused
""")


def test_a_clock_that_was_set_back_makes_no_speed() -> None:
    forward = results("x")
    back = replace(forward, ended=forward.started - dt.timedelta(hours=1))
    assert headline(back) == "1 walkthrough: 1 failed; 3 B sent in 0 s, 3 retries"


def test_a_run_of_nothing_has_no_table() -> None:
    nothing = replace(results("x"), walkthroughs=())
    assert headline(nothing) == "0 walkthroughs; 0 B sent in 4 s"
    assert "|" not in results_markdown(nothing)


def test_markdown_names_a_walkthrough_once_whose_name_is_its_id() -> None:
    same = results("loop")
    different = replace(same, walkthroughs=(replace(same.walkthroughs[0], id="key"),))
    assert "| loop | failed |" in results_markdown(same)
    assert "| loop<br>key | failed |" in results_markdown(different)


@pytest.mark.parametrize(
    "make", [results_text, results_markdown, results_csv, results_junit, results_html]
)
@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Outcome.HELD, "needs a decision"),
        (Outcome.CHANGED, "needs a decision"),
        (Outcome.NOT_STARTED, "not started"),
        (Outcome.FAILED, "failed"),
    ],
)
def test_every_form_has_the_same_words(
    make: Callable[[Results], str], outcome: Outcome, word: str
) -> None:
    parts = make(replace(results("x", outcome), timeline=NO_TIMELINE)).partition("</head>")
    text = re.sub(r'class="[^"]*"', "", parts[2] or parts[0])
    assert word in text
    assert not re.search(r"\bheld\b|\bchanged\b|not_started", text)


def test_what_is_held_and_what_changed_are_counted_together() -> None:
    walks = [results("x", outcome).walkthroughs[0] for outcome in (Outcome.HELD, Outcome.CHANGED)]
    both = replace(results("a"), walkthroughs=tuple(walks))
    assert headline(both).startswith("2 walkthroughs: 2 need a decision; ")


def test_markdown_says_first_what_needs_attention() -> None:
    walks = [
        results(str(outcome), outcome).walkthroughs[0] for outcome in (Outcome.DONE, Outcome.HELD)
    ]
    text = results_markdown(replace(results("a"), walkthroughs=tuple(walks)))
    assert text.index("| held | needs a decision |") < text.index("| done | done |")
    assert "<details>" not in text
