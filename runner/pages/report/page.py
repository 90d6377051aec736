"""The page of a run's results, which people forward."""

from runner.pages.rendering import render
from runner.pages.report.timeline_chart import timeline_chart
from runner.report.forms.text import notices
from runner.report.results import Results
from runner.report.summary import (
    MARKS,
    WORDS,
    attentions,
    count_files,
    file_state,
    missing_files,
    outcome_sentence,
)


def results_html(results: Results) -> str:
    """The page of a run's results; every value in it is escaped."""
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
        numbers={
            (walkthrough.project, walkthrough.id): number
            for number, walkthrough in enumerate(results.walkthroughs, start=1)
        },
    )
