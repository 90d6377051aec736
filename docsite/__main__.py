"""`python -m docsite`: stage docs/ with its generated parts, build it strictly, keep it offline."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from docsite.reference import PARTS, filled

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ASSETS = Path(__file__).parent / "assets"
STAGE = ROOT / "build" / "docsite"
SHIM = "https://unpkg.com/iframe-worker/shim"
"""What the site's search needs on file://; the builder names it at a stranger's host."""


def main() -> int:
    """Build the site into site/, and return an exit status."""
    stage(STAGE)
    shutil.rmtree(ROOT / "site", ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict", "--clean"], cwd=STAGE, check=False
    )
    if done.returncode:
        return done.returncode
    shutil.copytree(STAGE / "site", ROOT / "site")
    localize(ROOT / "site")
    loads = sorted(loaded_from_elsewhere(ROOT / "site"))
    print(*loads, sep="\n", file=sys.stderr, end="\n" * bool(loads))  # noqa: T201 - a script
    return bool(loads)


def stage(folder: Path) -> None:
    """Copy docs/ into a folder, with every generated part and the repository's owner filled in."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DOCS, folder / "docs")
    shutil.copy(Path(__file__).parent / "zensical.toml", folder)
    shutil.copytree(ROOT / "schemas", folder / "docs" / "schemas")
    for name in ("contrast.css", "iframe-worker.js"):
        shutil.copy(ASSETS / name, folder / "docs")
    for page in sorted((folder / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8").replace("OWNER/", f"{owner()}/")
        page.write_text(filled(text, PARTS), encoding="utf-8")


def owner() -> str:
    """Whose the repository is, by the project's addresses in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return urlsplit(str(project["urls"]["Source"])).path.split("/")[1]


def localize(site: Path) -> None:
    """Let every page load its script from beside it, so that it needs no network at all."""
    for page in site.rglob("*.html"):
        up = "../" * (len(page.relative_to(site).parts) - 1)
        text = page.read_text(encoding="utf-8").replace(SHIM, f"{up}iframe-worker.js")
        page.write_text(text, encoding="utf-8")


def loaded_from_elsewhere(site: Path) -> set[str]:
    """The addresses that a page would load by itself; links that a reader follows are none."""
    pages = (page.read_text(encoding="utf-8") for page in site.rglob("*.html"))
    return {found for page in pages for pair in _LOADED.findall(page) for found in pair if found}


_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video)[^>]*?\bsrc=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|<link(?=[^>]*rel=["']?(?:stylesheet|preload|icon))[^>]*href=["']?((?:https?:)?//[^"'\s>]+)"""
)


if __name__ == "__main__":
    sys.exit(main())
