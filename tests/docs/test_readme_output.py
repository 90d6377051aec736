"""The README shows what the program says, to the letter."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from runner.evercam.addresses import Addresses
from runner.flow.plan import plan_manifests
from runner.plan.text import plan_text
from runner.recordings.insv.facts import Layout
from runner.recordings.samples.make import write_recording
from runner.recordings.samples.recipes import RecordingRecipe, TrailerForm
from runner.report.forms.text import results_text
from runner.sandbox import Sandbox
from runner.settings import Settings
from tests.contract.running import run_site
from tests.docs.test_readme import README
from tests.sites import TODAY, Site, settings_for

_PAIR = RecordingRecipe(
    camera="Insta360 X3",
    layout=Layout.SPLIT_FILES,
    trailer=TrailerForm.BARE,
    payload_size=6_000_000,
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The README's manifest with its two recordings, in the current folder."""
    monkeypatch.chdir(tmp_path)
    manifest = README.partition("```yaml\n")[2].partition("```")[0]
    Path("manifest.yaml").write_text(manifest, encoding="utf-8")
    for recipe in (_PAIR, replace(_PAIR, lens=1, seed=1)):
        write_recording(Path(recipe.file_name), recipe)
    return Site(Path())


def _shown(section: str) -> str:
    found = re.search(rf"<!-- {section} -->\n```text\n(.*?)```", README, flags=re.DOTALL)
    assert found
    return found[1]


def test_the_plan_is_as_shown(site: Site) -> None:
    planned = plan_manifests([site.manifest], Settings(Addresses()), TODAY)
    assert plan_text(planned.plan) + "Nothing was sent.\n" == _shown("plan")


def test_the_results_are_as_shown(site: Site, tmp_path: Path) -> None:
    with Sandbox.start(tmp_path / "sandbox") as sandbox:
        results = run_site(site, settings_for(sandbox))
    assert _timeless(results_text(results)) == _timeless(_shown("results"))


def _timeless(text: str) -> str:
    return re.sub(r"sent in .*", "sent in …", text)
