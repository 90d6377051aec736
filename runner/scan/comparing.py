"""Own the comparison by content: which files are known already, and which equal each other."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor

from runner.recordings.identity import Identity
from runner.scan.finding import identify_file
from runner.scan.model import Found, Known, Likeness, Owner


def compare(found: Iterable[Found], known: Known, executor: Executor) -> Likeness:
    """Compare files with what is known and with each other.

    Only files that share their size with another are read for it, and none that the manifest
    lists by its path.
    """
    listed = {one.path: one.owner for one in known.listed}
    strange = [one for one in found if one.size and one.path not in listed]
    alike = _with_size_of_another(strange, known)
    identities = _identify({one.path: one.location for one in alike}, executor)
    owners = {**_owners_of_listed(strange, known, executor), **known.in_ledger}
    same = {path: owners[one] for path, one in identities.items() if one in owners}
    return Likeness({**listed, **same}, identities)


def _with_size_of_another(strange: Sequence[Found], known: Known) -> list[Found]:
    count = Counter(one.size for one in strange)
    sizes = {one.size for one in known.listed} | {one.length for one in known.in_ledger}
    return [one for one in strange if count[one.size] > 1 or one.size in sizes]


def _owners_of_listed(
    strange: Sequence[Found], known: Known, executor: Executor
) -> dict[Identity, Owner]:
    """The manifest's recordings by content, as far as something found may equal them."""
    sizes = {one.size for one in strange}
    alike = {one.path: one for one in known.listed if one.size in sizes}
    told = _identify({path: one.location for path, one in alike.items()}, executor)
    return {identity: alike[path].owner for path, identity in told.items()}


def _identify(locations: Mapping[str, str], executor: Executor) -> dict[str, Identity]:
    """Identities by path; none of files that cannot be read."""
    told = executor.map(identify_file, locations.values())
    return {path: one for path, one in zip(locations, told, strict=True) if one}
