"""Whatever lacks an extra says how this copy gets it, for every extra there is."""

import shlex
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from runner.base.installation import install_command
from runner.recordings.samples.make import write_recording
from tests.cli.conftest import Sitewalk
from tests.drawings.pictures import pdf
from tests.sites import HEAD, Site, true_recording, walk

_ROOT = Path(__file__).parents[2]
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_EXTRAS: dict[str, list[str]] = _PROJECT["project"]["optional-dependencies"]
# Each loads the program's parts anew, without the libraries of one extra.
pytestmark = pytest.mark.slow

_WORDS = {
    "dask": "apply manifest.yaml --yes --executor dask=tcp://127.0.0.1:1",
    "keyring": "login",
    "notify": "apply manifest.yaml --yes --notify json://localhost",
    "pdf": "plan manifest.yaml --html review.html",
    "postgresql": "ledger init postgresql://db.example/sites",
    "preview": "plan manifest.yaml --html review.html",
    "remote": "validate manifest.yaml --media-root s3://bucket/site",
}
"""A command that needs each extra."""


def _modules(extra: str) -> set[str]:
    """What an extra brings to import."""
    brought = {canonicalize_name(Requirement(each).name) for each in _EXTRAS[extra]}
    return {
        module
        for module, distributions in packages_distributions().items()
        if brought & set(map(canonicalize_name, distributions))
    }


def test_every_extra_that_brings_something_is_tried_below() -> None:
    assert set(_WORDS) == {extra for extra, brought in _EXTRAS.items() if brought} - {"all"}


@pytest.mark.parametrize("extra", sorted(_WORDS))
def test_what_lacks_an_extra_names_the_place_this_copy_came_from(
    extra: str, sitewalk: Sitewalk, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = HEAD.replace("{id: 6143}", "{id: 6143, image: level-2.pdf}")
    site.write(walk("level-2-2026-01-20", ["VID_1.insv"]), head=head)
    write_recording(site.folder / "VID_1.insv", true_recording(8000))
    (site.folder / "level-2.pdf").write_bytes(pdf(8, 4))
    modules = _modules(extra)
    assert modules
    for name in [name for name in sys.modules if name.partition(".")[0] in modules]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "runner.ledger.postgresql", raising=False)
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)
    ended = sitewalk(*shlex.split(_WORDS[extra]))
    assert install_command(extra) in " ".join((ended.out + ended.err).split())
