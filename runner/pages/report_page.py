"""Own the results as one HTML page: what became of everything, for people to forward."""

from runner.pages.rendering import render
from runner.report.results import Results
from runner.report.text import headline


def results_html(results: Results) -> str:
    """The report page; every value in it is escaped."""
    return render(
        "report.html.j2", scripts=("table.js",), results=results, headline=headline(results)
    )
