"""A new drawing: project file → request → picture → intent → id → project file."""

import hashlib
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from runner.base.errors import DecisionError, UsageError, reason_of
from runner.base.files import inside, leads_out, read_regular, write_file
from runner.base.wording import for_shell, json_text, size
from runner.drawings.child import PictureError
from runner.drawings.picture import load_picture
from runner.drawings.template import KNOWN_ONCE_SENT, Template, read_template, template_text
from runner.evercam.addresses import Addresses
from runner.evercam.client import NewFloor
from runner.flow.ledgers import ledger_address, refuse_another_ledger
from runner.flow.project import PROJECT_FILE, Project, project_of
from runner.ledger.address import LedgerAddress
from runner.ledger.drawings import drawing_name, drawing_stream, is_drawing
from runner.ledger.next_steps import out_of_drawing_hold
from runner.ledger.state import NOTHING_KNOWN, Phase, WalkthroughState, usable_at
from runner.ledger.store import Ledger
from runner.manifest.new_drawing import NewDrawing, read_new_drawing
from runner.manifest.schema.formats import parse_project
from runner.problems.problem import InvalidManifestError, Severity
from runner.recordings.files import RecordingFile
from runner.recordings.identity import identify, open_to_examine
from runner.settings import Settings

TEMPLATE = "drawing.template.json"
"""The name of the template, beside the project file."""

_LARGEST_TEMPLATE = 1_000_000


@dataclass(frozen=True, slots=True)
class DrawingRequest:
    """The drawing asked for; the project file is found from `manifest`, which may be any file."""

    name: str
    manifest: Path
    settings: Settings

    @property
    def where(self) -> str:
        """The option that leads other commands to the same project file."""
        is_here = self.manifest.parent == Path()
        return "" if is_here else f" --manifest {for_shell(str(self.manifest))}"

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The commands that lead out of a hold."""
        return out_of_drawing_hold(self.name, self.where)


def project_with_drawings(manifest: Path) -> Project:
    """The project file, without errors. Raises UsageError, InvalidManifestError."""
    project = project_of(manifest)
    if project is None:
        message = f"there is no {PROJECT_FILE} here: drawings are created from the project file"
        raise UsageError(message, "go to the site's folder, or set one up: sitewalk init")
    return project.require_valid()


def project_id_of(project: Project) -> str:
    """The Evercam project; raises UsageError where the project file names none."""
    found = project.reading.value("project")
    id_ = parse_project(found) if isinstance(found, str) else None
    if id_ is None:
        message = f"{project.path.as_posix()} does not say which project it is of"
        raise UsageError(message, "write `project:` there, its id or a dashboard address")
    return id_


def write_template(manifest: Path) -> Path:
    """Write the template beside the project file; raises UsageError where one is already."""
    path = project_with_drawings(manifest).path.parent / TEMPLATE
    if path.exists() or path.is_symlink():
        raise UsageError(f"{path} is there already", "edit it, or move it away first")
    write_file(path, template_text())
    return path


@dataclass(frozen=True, slots=True)
class PlannedDrawing:
    """A drawing to be created, with all that its request is made from."""

    drawing: NewDrawing
    floor: NewFloor
    picture: RecordingFile
    sha256: str
    template: Template

    def body(self, location: str | None = None) -> dict[str, Any]:
        """The request's body; without the picture's address its placeholders stay in it."""
        drawing, title = self.drawing, self.picture.title
        values: dict[str, Any] = {
            "filename": title,
            "extension": title.rpartition(".")[2].lower() if "." in title else "",
            "map_style": drawing.map_style.capitalize(),
            "name": drawing.name,
            **asdict(drawing.bounds),
        }
        if location is not None:
            file_id = location.rstrip("/").rpartition("/")[2]
            values |= {"url": location, "file_id": file_id}
        return self.template.filled(values)


def plan_drawing(project: Project, request: DrawingRequest) -> PlannedDrawing:
    """The request for a drawing without an id.

    Raises UsageError, and InvalidManifestError for what the project file lacks and for a picture
    that cannot be shown.
    """
    drawing = read_new_drawing(project.reading, request.name)
    settings = request.settings
    created_by = project.reading.value("uploaded_by") or settings.credentials.username
    if not created_by:
        help_ = "write `uploaded_by` into the project file, or set EVERCAM_USERNAME"
        raise UsageError("nobody says who creates the drawing", help_)
    floor = NewFloor(project_id_of(project), created_by)
    picture, sha256 = _look_at(drawing, project)
    template = _template_beside(project, request)
    return PlannedDrawing(drawing, floor, picture, sha256, template)


def _look_at(drawing: NewDrawing, project: Project) -> tuple[RecordingFile, str]:
    """The picture as it is sent, with its digest, once it has proven to be a picture."""
    try:
        load_picture(drawing.folder, drawing.image)
        location = inside(Path(os.path.realpath(drawing.folder)), drawing.image)
        if location is None:  # it was a moment ago
            raise FileNotFoundError
        with open_to_examine(location) as file:
            identity = identify(file, location.stat().st_size)
            file.seek(0)
            sha256 = hashlib.sha256(file.read()).hexdigest()
    except PictureError as error:
        message = f"the image `{drawing.image}` {error}"
        problem = error.rule.problem(message, drawing.image_place, error.help)
        # A page can do without its picture, a drawing cannot.
        problems = [replace(problem, severity=Severity.ERROR)]
        raise InvalidManifestError(problems, project.reading.document.texts) from error
    except OSError as error:
        message = f"the image `{drawing.image}` cannot be read: {reason_of(error)}"
        raise UsageError(message, "see that it stays where it is, then try again") from error
    return RecordingFile(drawing.image, location, identity), sha256


def _template_beside(project: Project, request: DrawingRequest) -> Template:
    path = project.path.parent / TEMPLATE
    help_ = f"write one: sitewalk drawing template{request.where}"
    try:
        if leads_out(path):
            raise UsageError(f"{path} is a link that leads out of its repository", "copy it there")
        raw = read_regular(path, _LARGEST_TEMPLATE)
    except FileNotFoundError:
        message = f"there is no {path}, which says what is sent to create a drawing"
        raise UsageError(message, help_) from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {reason_of(error)}", help_) from error
    return read_template(raw, path.as_posix())


def request_text(planned: PlannedDrawing, addresses: Addresses, notes: tuple[str, ...]) -> str:
    """The request as it would be sent, without secrets, and what is sent before it."""
    picture = planned.picture
    lines = [
        f"PUT {planned.floor.url(addresses)}",
        "Authorization: Bearer … (the login's token)",
        "Content-Type: application/json",
        "",
        json_text(planned.body()).rstrip(),
        "",
        f"picture: {picture.name}, {size(picture.length)} ({picture.length:,} bytes)",
        f"sha256: {planned.sha256}",
        f"It is sent first, to {addresses.tus}, whose answer gives {_in_braces()}. That is shown",
        "nowhere: whoever has it can write to the picture.",
        *notes,
    ]
    return "\n".join([*lines, ""])


def _in_braces() -> str:
    return " and ".join(f"{{{name}}}" for name in sorted(KNOWN_ONCE_SENT, reverse=True))


def drawings_ledger(project: Project, settings: Settings) -> LedgerAddress:
    """The project file's ledger. Raises UsageError, DecisionError, LedgerError."""
    address = ledger_address([project.path], settings)
    refuse_another_ledger(address, [project.path], settings)
    return address


def known_drawing(ledger: Ledger, project: Project, request: DrawingRequest) -> WalkthroughState:
    """The state of a drawing; raises DecisionError where it is held."""
    stream, settings = drawing_stream(request.name), request.settings
    destination = settings.addresses.destination(project_id_of(project))
    state = ledger.states_of(destination, [stream]).get(stream, NOTHING_KNOWN)
    if state.phase is Phase.HELD:
        message = f"drawing `{request.name}` is held: {state.held_reason}"
        raise DecisionError(message, "; ".join(request.next_steps))
    return usable_at(state, settings.addresses.tus)


def same_picture(ledger: Ledger, planned: PlannedDrawing, addresses: Addresses) -> tuple[str, ...]:
    """Remarks on other drawings made from the same picture.

    Raises DecisionError where one of them is held: it may be this one under another name.
    """
    destination = addresses.destination(planned.floor.project)
    senders = ledger.senders(destination, [str(planned.picture.identity)])
    streams = {stream for stream in senders if is_drawing(stream)} - {
        drawing_stream(planned.drawing.name)
    }
    states = ledger.states_of(destination, streams)
    for stream, state in states.items():
        if state.phase is Phase.HELD:
            name = drawing_name(stream)
            message = f"the same picture was sent for `{name}`, which is held: {state.held_reason}"
            raise DecisionError(message, "; ".join(out_of_drawing_hold(name)))
    return tuple(
        f"note: the same picture was sent for drawing `{drawing_name(stream)}` ({state.upload_id})"
        for stream, state in sorted(states.items())
        if state.upload_id is not None
    )
