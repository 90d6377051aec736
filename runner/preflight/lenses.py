"""Rules about pairs: where a recording is split by lens, one walk takes both files."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from runner.preflight.listed import ListedFile
from runner.problems import Note, Place, Problem
from runner.recordings.takes import group_takes, lone_lenses, pair_lenses
from runner.rules.rule import Rule

MISSING_LENS = Rule("M054", "missing-lens")
SPLIT_LENSES = Rule("M055", "split-lenses")


def check_lenses(listed: Sequence[ListedFile]) -> Iterator[Problem]:
    """Lens files whose partner is in another walkthrough, or nowhere."""
    alone = _without_partner(listed)
    elsewhere: dict[Place, ListedFile] = {}
    for take in group_takes(entry for entry in listed if entry.place in alone):
        for lens, other in pair_lenses(take.files):
            elsewhere |= {lens.place: other, other.place: lens}
    for entry in (entry for entry in listed if entry.place in alone):
        partner = elsewhere.get(entry.place)
        if partner is not None and partner.place < entry.place:
            yield _split(entry, partner)
        elif partner is None and entry.is_lens:
            yield _missing(entry)


def _without_partner(listed: Sequence[ListedFile]) -> set[Place]:
    """Files without a partner in their walkthrough: of their take, or that tells too little."""
    alone: dict[Place, list[ListedFile]] = defaultdict(list)
    for take in group_takes(listed):
        walks: dict[Place, list[ListedFile]] = defaultdict(list)
        for entry in take.files:
            walks[entry.walk].append(entry)
        for walk, files in walks.items():
            alone[walk] += lone_lenses(files)
    return {entry.place for files in alone.values() for entry in lone_lenses(files)}


def _split(entry: ListedFile, partner: ListedFile) -> Problem:
    owner = partner.draft.label
    message = f"`{entry.written}` is one lens of a recording whose other is in {owner}"
    note = Note(partner.place, "the other lens")
    return entry.judged(SPLIT_LENSES, message, "list both in one walkthrough", (note,))


def _missing(entry: ListedFile) -> Problem:
    message = f"`{entry.written}` is one lens of two, and the other is not listed"
    return entry.judged(MISSING_LENS, message, _where(entry))


def _where(entry: ListedFile) -> str:
    if entry.name is None:
        return "add the file of the other lens, which the camera wrote at the same time"
    other = entry.name.partner_name()
    beside = entry.lies_beside(other)
    return f"add `{beside}`, which lies beside it" if beside else f"`{other}` is not in its folder"
