"""The versions that the action installs are those the suite runs with, all of them, with hashes."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

_ROOT = Path(__file__).parents[2]
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_LINES = (_ROOT / "action" / "requirements.txt").read_text(encoding="utf-8")
_BLOCKS = re.findall(
    r"^(\S[^\\]*)\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", _LINES, re.MULTILINE
)


def _pinned() -> dict[NormalizedName, str]:
    requirements = [Requirement(head) for head, _ in _BLOCKS]
    return {canonicalize_name(each.name): str(each.specifier) for each in requirements}


def test_every_line_is_a_version_with_hashes() -> None:
    rebuilt = "".join(f"{head}\\\n{hashes}" for head, hashes in _BLOCKS)
    assert rebuilt == _LINES
    assert all(re.fullmatch(r"==[\w.]+", version) for version in _pinned().values())


def test_every_dependency_and_what_builds_the_package_is_pinned() -> None:
    needed = _PROJECT["project"]["dependencies"] + _PROJECT["build-system"]["requires"]
    for extra in ("postgresql", "remote"):  # which the inputs `ledger` and `media-root` may need
        needed += _PROJECT["project"]["optional-dependencies"][extra]
    pinned = _pinned()
    for requirement in map(Requirement, needed):
        version = pinned[canonicalize_name(requirement.name)].removeprefix("==")
        assert requirement.specifier.contains(version), requirement


def test_the_group_that_is_compiled_names_what_builds_the_package() -> None:
    assert _PROJECT["dependency-groups"]["build"] == _PROJECT["build-system"]["requires"]


def test_the_versions_are_those_of_the_constraints() -> None:
    text = (_ROOT / "constraints.txt").read_text(encoding="utf-8")
    tested = {canonicalize_name(line.partition("==")[0]): line for line in text.split()}
    for name, version in _pinned().items():
        assert version in tested.get(name, version), name


def test_the_extra_all_names_every_other() -> None:
    extras = _PROJECT["project"]["optional-dependencies"]
    (everything,) = map(Requirement, extras["all"])
    assert everything.extras == set(extras) - {"all"}
