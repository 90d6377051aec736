"""Own what the ledger remembers of recordings that were sent and are no longer on disk.

A card is wiped once its walks are uploaded, while the manifest goes on listing them: what is done
asks for no files.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from runner.checking import Checked
from runner.ledger.state import NOTHING_KNOWN, Phase, States
from runner.plan.model import Choices
from runner.plan.planner import Source
from runner.problems import Place, has_errors
from runner.recordings.files import MISSING, RecordingFile
from runner.recordings.identity import Identity


def lacks_only_files(checked: Checked) -> bool:
    """Whether recordings that are not there are all that is wrong."""
    others = tuple(one for one in checked.problems if one.code != MISSING.code)
    return has_errors(checked.problems) and not has_errors(others)


def remember(checked: Checked, states: States, choices: Choices) -> Checked:
    """The same with recordings of finished walkthroughs as they were sent, where they are gone.

    A walkthrough that is to be uploaded again still needs its files.
    """
    if not lacks_only_files(checked):
        return checked
    found = [dict(_remembered(source, states, choices)) for source in checked.sources]
    sources = tuple(
        replace(source, files={**source.files, **{file.name: file for file in one.values()}})
        for source, one in zip(checked.sources, found, strict=True)
    )
    settled = {place for one in found for place in one} | set(_complete(sources))
    problems = tuple(
        one for one in checked.problems if one.code != MISSING.code or one.place not in settled
    )
    return replace(checked, sources=sources, problems=problems)


def _complete(sources: Iterable[Source]) -> Iterator[Place]:
    """The manifests all of whose recordings are known: they do not miss their media root."""
    for source in sources:
        walkthroughs = source.manifest.walkthroughs
        if all(name in source.files for one in walkthroughs for name in one.files):
            yield from {Place(one.place.file) for one in walkthroughs}


def _remembered(
    source: Source, states: States, choices: Choices
) -> Iterator[tuple[Place, RecordingFile]]:
    for walkthrough in source.manifest.walkthroughs:
        state = states.get((source.manifest.project, walkthrough.id), NOTHING_KNOWN)
        if state.phase is not Phase.FINISHED or walkthrough.id in choices.again:
            continue
        sent = {name: identity for identity, name in state.link.get("recordings", {}).items()}
        for name, place in zip(walkthrough.files, walkthrough.file_places, strict=True):
            if name in sent and name not in source.files:
                yield place, RecordingFile(name, Path(name), Identity.parse(sent[name]))
