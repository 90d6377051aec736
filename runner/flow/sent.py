"""Files of finished walkthroughs: taken as they were sent, also where they are gone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from runner.flow.check import Checked
from runner.ledger.state import NOTHING_KNOWN, Phase, States, WalkthroughState
from runner.manifest.model import Manifest, Walkthrough
from runner.plan.model import Choices
from runner.plan.planner import Source
from runner.problems.problem import Place, has_errors
from runner.recordings.files import RecordingFile, SentFiles
from runner.recordings.identity import Identity
from runner.recordings.unfit import MISSING


def lacks_only_files(checked: Checked) -> bool:
    """Whether recordings that are not there are all that is wrong."""
    others = tuple(problem for problem in checked.problems if problem.code != MISSING.code)
    return has_errors(checked.problems) and not has_errors(others)


def remember(checked: Checked, states: States, choices: Choices) -> Checked:
    """The same with recordings of finished walkthroughs as they were sent, where they are gone.

    A walkthrough that is to be uploaded again still needs its files.
    """
    if not lacks_only_files(checked):
        return checked
    found = [dict(_remembered(source, states, choices)) for source in checked.sources]
    sources = tuple(
        replace(source, files={**source.files, **{file.name: file for file in sent.values()}})
        for source, sent in zip(checked.sources, found, strict=True)
    )
    settled = {place for sent in found for place in sent} | set(_complete(sources))
    problems = tuple(
        problem
        for problem in checked.problems
        if problem.code != MISSING.code or problem.place not in settled
    )
    return replace(checked, sources=sources, problems=problems)


def _complete(sources: Iterable[Source]) -> Iterator[Place]:
    """The manifests all of whose recordings are known: they do not miss their media root."""
    for source in sources:
        walkthroughs = source.manifest.walkthroughs
        if all(name in source.files for walk in walkthroughs for name in walk.files):
            yield from {Place(walk.place.file) for walk in walkthroughs}


def sent_files(manifest: Manifest, states: States, choices: Choices) -> SentFiles:
    """The files of finished walkthroughs that need not be opened again, as they were sent."""
    found: dict[str, tuple[Identity, int | str]] = {}
    for walkthrough in manifest.walkthroughs:
        state, sent = _sent_by(manifest.project, walkthrough, states, choices)
        for name in walkthrough.files:
            recording = state.recordings.get(sent.get(name, ""))
            if recording is not None and recording.uploaded and recording.modified is not None:
                found[name] = Identity.parse(sent[name]), recording.modified
    return found


def _sent_by(
    project: str, walkthrough: Walkthrough, states: States, choices: Choices
) -> tuple[WalkthroughState, Mapping[str, str]]:
    """The state of a walkthrough, and the identities it was linked with by name if it is done.

    One that is to be uploaded again still needs its files.
    """
    state = states.get((project, walkthrough.id), NOTHING_KNOWN)
    if state.phase is not Phase.FINISHED or walkthrough.id in choices.again:
        return state, {}
    return state, {name: identity for identity, name in state.link.get("recordings", {}).items()}


def _remembered(
    source: Source, states: States, choices: Choices
) -> Iterator[tuple[Place, RecordingFile]]:
    for walkthrough in source.manifest.walkthroughs:
        _, sent = _sent_by(source.manifest.project, walkthrough, states, choices)
        for name, place in zip(walkthrough.files, walkthrough.file_places, strict=True):
            if name in sent and name not in source.files:
                yield place, RecordingFile(name, Path(name), Identity.parse(sent[name]))
