"""`sitewalk validate`: everything wrong with manifests and their recordings, at once."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from runner.base.clock import SystemClock, today
from runner.base.errors import ExitStatus
from runner.base.wording import counted, json_text
from runner.cli.console import Console
from runner.cli.options import Manifests, MediaRoot, Strict, settings_here
from runner.flow.check import Checked, check_manifests, check_texts, with_one_for_all_missing
from runner.flow.project import sitewalk_folder
from runner.flow.reading import distinct
from runner.flow.sent import lacks_only_files
from runner.problems.forms.as_json import problems_json
from runner.problems.forms.github import problems_github
from runner.problems.forms.sarif import problems_sarif
from runner.problems.forms.text import problems_concise, problems_summary, problems_text
from runner.problems.problem import has_errors
from runner.problems.rules import explained_rules
from runner.settings import Settings


class ProblemForm(StrEnum):
    """The forms in which problems are written."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


FormOption = Annotated[
    ProblemForm, typer.Option("--format", help="Form of the problems on stdout.")
]
WithoutFiles = Annotated[
    bool,
    typer.Option("--without-files", help="Check the text only; the recordings are elsewhere."),
]


def validate(
    manifests: Manifests,
    media_root: MediaRoot = None,
    format_: FormOption = ProblemForm.FULL,
    strict: Strict = False,
    without_files: WithoutFiles = False,
) -> None:
    """Check manifests and their recordings; sends nothing."""
    console = Console()
    check = check_texts if without_files else check_manifests
    settings = settings_here(manifests, media_root=media_root)
    checked = check(manifests, settings.media_root, today(SystemClock()))
    if lacks_only_files(checked):
        checked = _recall(checked, manifests, settings)
    checked = with_one_for_all_missing(checked)
    _writer(console, format_)(_written(checked, format_))
    console.say(
        f"{problems_summary(checked.problems)} in {counted(len(distinct(manifests)), 'manifest')}"
    )
    if has_errors(checked.problems) or (strict and checked.problems):
        raise typer.Exit(ExitStatus.INVALID)


def _recall(checked: Checked, manifests: list[Path], settings: Settings) -> Checked:
    """The same with what ledgers remember; where there is none, nothing is imported for it."""
    beside = any(sitewalk_folder(path).is_dir() for path in manifests)
    if not (beside or settings.ledger):
        return checked
    from runner.flow.plan import recall  # noqa: PLC0415 - it loads SQLite

    return recall(checked, manifests, settings)


def _writer(console: Console, form: ProblemForm) -> Callable[[str], None]:
    match form:
        case ProblemForm.FULL:
            return console.text
        case ProblemForm.CONCISE:
            return console.names
        case ProblemForm.GITHUB:
            return console.commands
    return console.data


def _written(checked: Checked, form: ProblemForm) -> str:
    match form:
        case ProblemForm.FULL:
            return problems_text(checked.problems, checked.texts)
        case ProblemForm.CONCISE:
            return problems_concise(checked.problems)
        case ProblemForm.GITHUB:
            return problems_github(checked.problems)
        case ProblemForm.JSON:
            return json_text(problems_json(checked.problems, explained_rules()))
        case ProblemForm.SARIF:
            return json_text(problems_sarif(checked.problems, explained_rules()))
