"""Own the results as one HTML page: what became of everything, for people to forward."""

from runner.pages.rendering import render
from runner.pages.timeline_chart import timeline_chart
from runner.report.results import Results
from runner.report.summary import (
    attentions,
    count_files,
    file_state,
    missing_files,
    outcome_sentence,
)
from runner.report.text import notices
from runner.report.words import MARKS, WORDS


def results_html(results: Results) -> str:
    """The report page; every value in it is escaped."""
    return render(
        "report.html.j2",
        styles=("report.css",),
        scripts=("table.js",),
        results=results,
        outcome_sentence=outcome_sentence(results),
        notices=notices(results),
        attentions=attentions(results),
        missing=missing_files(results),
        files=count_files(results),
        chart=timeline_chart(results),
        file_state=file_state,
        words=WORDS,
        marks=MARKS,
        numbers={(one.project, one.id): n for n, one in enumerate(results.walkthroughs, start=1)},
    )
