"""How this copy was installed, and the command that adds one of its extras."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from runner.base.wording import for_shell

PROJECT = "sitewalk"


def install_command(extra: str, direct_url: str | None = None) -> str:
    """The command that installs sitewalk with an extra, from where this copy came from.

    `direct_url` is the text of the installation's direct_url.json, by default that of this copy;
    without one it came from a package index, where it goes by its name.
    """
    text = _direct_url() if direct_url is None else direct_url
    return f"pip install {_requirement(f'[{extra}]', json.loads(text) if text else {})}"


def _direct_url() -> str:
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415 - it reads e-mail

    try:
        return distribution(PROJECT).read_text("direct_url.json") or ""
    except PackageNotFoundError:  # run from its folder, never installed
        folder = {"url": Path(__file__).parents[2].as_uri(), "dir_info": {"editable": True}}
        return json.dumps(folder)


def _requirement(extra: str, origin: dict[str, dict[str, str]]) -> str:
    """The words that pip takes: a folder or file, a repository, an archive, or the name."""
    from urllib.request import url2pathname  # noqa: PLC0415 - it loads an HTTP client

    url = str(origin.get("url", ""))
    if not url:
        return for_shell(f"{PROJECT}{extra}")
    if url.startswith("file:") and "vcs_info" not in origin:
        option = "--editable " if origin.get("dir_info", {}).get("editable") else ""
        return option + for_shell(f"{url2pathname(urlsplit(url).path)}{extra}")
    if repository := origin.get("vcs_info"):
        url = f"{repository['vcs']}+{url}@{repository['commit_id']}"
    return for_shell(f"{PROJECT}{extra} @ {url}")
