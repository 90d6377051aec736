"""The project file of some manifests: where it is, what it says, and the folder beside it."""

import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.base.errors import UsageError, reason_of
from runner.base.files import write_file
from runner.manifest.reading import ProjectReading, read_project
from runner.manifest.yaml.document import read_bytes
from runner.problems.problem import InvalidManifestError, has_errors

PROJECT_FILE = "sitewalk.yaml"


@dataclass(frozen=True, slots=True)
class Project:
    """A project file that was read."""

    path: Path
    reading: ProjectReading

    @property
    def ledger_id(self) -> str | None:
        """The id of the one ledger that its manifests may use."""
        return self._text("ledger", "id")

    @property
    def ledger_url(self) -> str | None:
        """The server that has the ledger."""
        return self._text("ledger", "url")

    @property
    def ignored(self) -> tuple[str, ...]:
        """Recordings that scans leave out."""
        found = self.reading.value("ignore")
        return (
            tuple(name for name in found if isinstance(name, str))
            if isinstance(found, list)
            else ()
        )

    def require_valid(self) -> "Project":
        """The project file itself; raises InvalidManifestError where it has errors."""
        if has_errors(self.reading.problems):
            raise InvalidManifestError(self.reading.problems, self.reading.document.texts)
        return self

    def _text(self, *path: str) -> str | None:
        value = self.reading.value(*path)
        return value if isinstance(value, str) else None

    def name_ledger(self, id_: str) -> None:
        """Write the id of another ledger into the file; the rest stays as it is."""
        document = self.reading.document
        start, end = document.offsets().span(("ledger", "id"))
        text = document.text[:start] + id_ + document.text[end:]
        write_file(self.path, text, "allow writing it: it names the ledger")


def find_project(manifest: Path) -> Path | None:
    """The project file beside a manifest or above it, in no folder above that of a repository."""
    start = Path(os.path.abspath(manifest)).parent  # noqa: PTH100 - resolve() would follow links
    for folder in (start, *start.parents):
        # Whatever has the name counts: a pipe or a link that leads nowhere is no missing file.
        if os.path.lexists(folder / PROJECT_FILE) and not _is_planted(folder / PROJECT_FILE):
            return folder / PROJECT_FILE if manifest.is_absolute() else _from_here(folder)
        if (folder / ".git").exists():
            break
    return None


def _is_planted(file: Path) -> bool:
    """Whether another user has put it into a folder where everybody may, such as /tmp.

    Not where all files are somebody else's, as on a mounted share: there the folder is, too.
    """
    if sys.platform != "win32":
        folder, owner = file.parent.stat(), file.lstat().st_uid
        if folder.st_mode & stat.S_IWOTH and owner not in {os.geteuid(), 0, folder.st_uid}:
            return True
    return False


def _from_here(folder: Path) -> Path:
    try:
        return Path(os.path.relpath(folder)) / PROJECT_FILE
    except ValueError:  # on Windows, from one drive to another
        return folder / PROJECT_FILE


def project_of(manifest: Path) -> Project | None:
    """The project file that a manifest belongs to, with whatever is wrong in it.

    Raises UsageError when it cannot be opened.
    """
    path = find_project(manifest)
    if path is None:
        return None
    try:
        return Project(path, read_project(read_bytes(path), path.as_posix()))
    except OSError as error:
        message = f"cannot read the project file {path}: {reason_of(error)}"
        raise UsageError(message, "it has to be a file that this user may read") from error


def only_project(manifests: Sequence[Path]) -> Project | None:
    """The project file of all the manifests, without errors.

    Raises UsageError where they have several, InvalidManifestError where it has errors.
    """
    files = {path: manifest for manifest in manifests if (path := find_project(manifest))}
    if len(files) > 1:
        message = f"these manifests have several project files: {', '.join(map(str, files))}"
        raise UsageError(message, "run them site by site")
    found = [project_of(manifest) for manifest in files.values()]
    return found[0].require_valid() if found and found[0] else None


def sitewalk_folder(manifest: Path) -> Path:
    """The `.sitewalk` folder beside the project file or, without one, beside the manifest."""
    return (find_project(manifest) or manifest).parent / ".sitewalk"
