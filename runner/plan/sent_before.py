"""Own the finding of recordings that were sent before, as another walkthrough of the project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runner.ledger.state import States
from runner.recordings.files import RecordingFile


@dataclass(frozen=True, slots=True)
class SentBefore:
    """A recording, by its name now, and the walkthrough and upload object that it went to."""

    name: str
    walkthrough: str
    upload_id: int

    @property
    def reason(self) -> str:
        """Why a person has to decide."""
        return f"{self.name} was sent before, as `{self.walkthrough}` (upload {self.upload_id})"


SentAs = Mapping[tuple[str, str], Mapping[str, int]]
"""The walkthroughs that have had a recording, with their upload object, by project and identity."""


def recordings_sent(states: States) -> SentAs:
    """Where each recording's bytes have begun to go."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for (project, id_), state in states.items():
        for identity, recording in state.recordings.items():
            if state.upload_id is not None and (recording.uploaded or recording.tus_url):
                found.setdefault((project, identity), {})[id_] = state.upload_id
    return found


def find_sent(
    sent: SentAs, project: str, id_: str, files: Sequence[RecordingFile]
) -> SentBefore | None:
    """The first of these recordings that went to another walkthrough than `id_`.

    Whoever gives a walkthrough another id would make its upload object a second time, and nobody
    can take that back; so it is asked for.
    """
    for file in files:
        for other, upload_id in sent.get((project, str(file.identity)), {}).items():
            if other != id_:
                return SentBefore(file.name, other, upload_id)
    return None
