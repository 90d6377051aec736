"""Rendering of a page: templates, escaping, and the policy that lets nothing else in."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from runner.base import wording
from runner.base.version import VERSION
from runner.pages.compiled import compiled_templates


def render(
    template: str,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    *,
    is_served: bool = False,
    **values: Any,
) -> str:
    """Render a template as one self-contained page; every value in it is escaped.

    `styles` and `scripts` name files in `assets/`; `page.css` comes before them. The page runs
    them, shows the images that it contains, and loads nothing. A served page may talk to the
    server that it comes from. Raises UndefinedError when the template needs another value.
    """
    style = _joined(("page.css", *styles))
    script = _joined(scripts)
    return (
        _environment()
        .get_template(template)
        .render(
            version=VERSION,
            policy=_policy(style, script, is_served=is_served),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            **values,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("runner.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=compiled_templates(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        size=wording.size,
        speed=wording.speed,
        duration=wording.duration,
        moment=wording.moment,
        counted=wording.counted,
        day=wording.day,
    )
    return environment


@cache
def _joined(names: Sequence[str]) -> str:
    """The text of the named assets, in this order."""
    folder = files("runner.pages") / "assets"
    return "".join((folder / name).read_text(encoding="utf-8") for name in names)


def _policy(style: str, script: str, *, is_served: bool) -> str:
    """The Content-Security-Policy: our style and script by their digests, and images as data."""
    rules = {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": _digest(style),
        "script-src": _digest(script) if script else "'none'",
        "connect-src": "'self'" if is_served else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
