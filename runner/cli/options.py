"""The arguments and options that several commands share."""

import os
import re
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runner.base.errors import UsageError
from runner.flow.project import sitewalk_folder
from runner.manifest.yaml.document import unreadable
from runner.problems.problem import InvalidManifestError
from runner.settings import SETTINGS_FILE, Settings, read_settings

if TYPE_CHECKING:  # they load SQLite, which `validate` does without
    from runner.flow.keep import Selected
    from runner.ledger.address import LedgerAddress

Manifests = Annotated[
    list[Path], typer.Argument(help="Manifest files.", metavar="MANIFEST", show_default=False)
]
OptionalManifests = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Manifest files. Default: whatever keeps its ledger in this folder.",
        metavar="MANIFEST",
        show_default=False,
    ),
]
OneManifest = Annotated[
    Path | None,
    typer.Option(
        "--manifest", help="The manifest whose ledger is meant. Default: this folder's ledger."
    ),
]
MediaRoot = Annotated[
    str | None,
    typer.Option(
        help="Folder the recordings are in, or an address such as s3://bucket/site-a. "
        "Default: the manifest's folder.",
        metavar="FOLDER",
        envvar="SITEWALK_MEDIA_ROOT",
        show_envvar=True,
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Let warnings stop the command too.")]
NewLedger = Annotated[
    bool,
    typer.Option("--new-ledger", help="Begin a ledger: nothing was uploaded with another one."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Go on without asking.")]


Again = Annotated[
    list[str] | None,
    typer.Option(help="Upload this walkthrough anew on purpose; repeatable.", metavar="ID"),
]
Refinish = Annotated[
    list[str] | None,
    typer.Option(help="Link this changed walkthrough again; repeatable.", metavar="ID"),
]


RefinishChanged = Annotated[
    bool, typer.Option("--changed", help="--refinish all that changed since.")
]
RefinishRoute = Annotated[
    str | None,
    typer.Option(
        "--route", help="--refinish all on this route that changed since.", metavar="NAME"
    ),
]


def changed_ones(route: str | None, *, changed: bool) -> "Selected | None":
    """The changed walkthroughs that --route and --changed mean; None where neither is given."""
    if route is None and not changed:
        return None
    from runner.flow.keep import Selected  # noqa: PLC0415 - seldom asked for

    return Selected(route=route, changed=changed)


class Format(StrEnum):
    """The forms in which a command writes its data."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="Form of the data on stdout.")]


class ProgressForm(StrEnum):
    """The forms of a run's progress on stderr."""

    AUTO = "auto"
    PLAIN = "plain"
    JSON = "json"
    NONE = "none"


ProgressOption = Annotated[
    ProgressForm,
    typer.Option("--progress", help="Progress on stderr. auto: bars on a terminal, else lines."),
]


def settings_here(manifests: Sequence[Path] = (), **options: Any) -> Settings:
    """Settings for some manifests, or for this folder: options, environment, settings.toml."""
    folders = {sitewalk_folder(path) for path in _manifests_of(manifests) or [MANIFEST]}
    file = folders.pop() / SETTINGS_FILE if len(folders) == 1 else None
    if file is not None and file.exists():  # it names folders and servers: never a stranger's
        from runner.ledger.folder import refuse_foreign_folder  # noqa: PLC0415 - seldom needed

        refuse_foreign_folder(file.parent)
    return read_settings(os.environ, options, file)


def _manifests_of(paths: Sequence[Path]) -> Sequence[Path]:
    """The manifests themselves, or those of a saved plan, which may lie elsewhere."""
    if len(paths) != 1 or paths[0].suffix != ".json":
        return paths
    from runner.plan.saved import load_plan, saved_manifests  # noqa: PLC0415 - seldom needed

    return saved_manifests(paths[0], load_plan(paths[0]))


MANIFEST = Path("manifest.yaml")
"""What is meant where no manifest is named: whatever keeps its ledger in this folder."""


def ledger_here(manifests: list[Path]) -> "LedgerAddress":
    """The ledger of the manifests, or else the one in this folder."""
    from runner.flow.ledgers import ledger_address  # noqa: PLC0415 - it loads SQLite

    return ledger_address(manifests or [MANIFEST], settings_here(manifests))


def ledger_of(manifest: Path | None) -> "LedgerAddress":
    """The ledger of one manifest, or else the one in this folder.

    Raises InvalidManifestError where there is no such manifest: another ledger is not meant.
    """
    if manifest is None:
        return ledger_here([])
    try:
        manifest.open("rb").close()
    except OSError as error:
        raise InvalidManifestError([unreadable(manifest.as_posix(), error)], {}) from error
    return ledger_here([manifest])


def command_line() -> str:
    """The words of this command, for the ledger; the addresses of notices hold secrets."""
    words, before = ["sitewalk"], ""
    for word in sys.argv[1:]:
        is_address = before == "--notify"
        words.append("…" if is_address else re.sub(r"(?s)^(--notify=).*", r"\1…", word))
        before = word
    return " ".join(words)


_PAGE_ENDINGS = frozenset({".html", ".htm"})


def require_place(file: Path | None, option: str) -> None:
    """Raise UsageError where no file can be written."""
    if file is None:
        return
    if file.is_dir() or not file.parent.is_dir():
        message = f"cannot write {file}: it is a folder, or its folder is not there"
        raise UsageError(message, f"choose another place with {option}")


def require_page(file: Path | None, option: str) -> None:
    """Raise UsageError where no page can be written, or where it could replace a manifest."""
    require_place(file, option)
    if file is not None and file.suffix.lower() not in _PAGE_ENDINGS:
        message = f"a page ends in .html, not as {file} does"
        raise UsageError(message, f"for example {option} {file.with_suffix('.html').name}")
