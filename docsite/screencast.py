"""The screencast of a first run: the terminal of `sitewalk demo`, as a picture for README and docs.

python -m docsite.screencast docs/images/first-run.svg
"""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from runner.cli.colours import coloured

_WIDTH = 100
# A picture in a page loads nothing: the template of rich names a font on a server.
_TEMPLATE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>sitewalk demo in a terminal</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def first_run() -> list[str]:
    """The lines that a person sees who tries the demo, with its folder in their home."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "runner", "demo", f"{folder}/demo"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=True,
        )
        return done.stdout.replace(f"{folder}/demo", "~/demo").splitlines()


def picture(lines: list[str]) -> str:
    """A terminal with these lines, as an SVG that loads nothing."""
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), highlight=False)
    for line in ["$ sitewalk demo", *lines]:
        text = coloured(line)
        if line.startswith("$ "):
            text.stylize("bold")
        elif line.startswith("# "):
            text.stylize("dim")
        console.print(text)
    return console.export_svg(title="sitewalk demo", theme=MONOKAI, code_format=_TEMPLATE)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(first_run()), encoding="utf-8")
