"""Own the results as one HTML page that needs nothing else: no network, no script."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from runner import units
from runner.report.results import Results
from runner.report.text import headline


def results_html(results: Results) -> str:
    """The report page; every value in it is escaped."""
    environment = Environment(
        loader=PackageLoader("runner.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(size=units.size, moment=units.moment)
    template = environment.get_template("report.html.j2")
    return template.render(results=results, headline=headline(results))
