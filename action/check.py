"""The action's check: validate a checkout's manifests, and plan them where recordings are at hand.

It runs with `python -I` outside the checkout, whose content may be a stranger's: only regular files
that lie in it are taken as manifests, no ledger that lies in it is used, no token is in reach.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MARK = "<!-- sitewalk plan -->"
"""The hidden first line by which a comment is found again."""

LIMIT = 60_000
"""Characters of a comment; GitHub takes 65,536."""

_USAGE = 2
_WORK = {"create", "upload", "resume", "finish"}
_DECISIONS = {"held", "changed"}
_WITHOUT_LEDGER = (
    "Planned without a ledger: what is uploaded already shows as new here. "
    "The input `ledger` names the one to plan with."
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the workflow asks for; `checkout` is the only folder that manifests may lie in."""

    checkout: Path
    patterns: tuple[str, ...]
    media_root: str = ""
    ledger: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Inputs":
        """Read the inputs from the step's environment."""
        return cls(
            Path(environment["CHECKOUT"]),
            tuple(line.strip() for line in environment["MANIFESTS"].splitlines() if line.strip()),
            environment.get("MEDIA_ROOT", ""),
            environment.get("LEDGER", ""),
        )


class RefusedError(Exception):
    """The inputs cannot be used; the text says why and what to do."""


def main() -> int:
    """Check, and return the exit status of sitewalk's last command."""
    try:
        return check(Inputs.read(os.environ))
    except RefusedError as error:
        print(f"::error::{_escaped(str(error))}")
        return _USAGE


def check(inputs: Inputs) -> int:
    """Validate; with a media root also plan, and leave summary, comment and outputs."""
    manifests = sorted(set(manifests_in(inputs)))
    if not manifests:
        raise RefusedError(f"no manifest matches {', '.join(inputs.patterns)}")
    sitewalk = _Sitewalk(inputs.checkout, _environment(inputs))
    files = [] if inputs.media_root else ["--without-files"]
    problems = sitewalk.json(["validate", *files, "--format", "json", "--", *manifests])
    _append("GITHUB_OUTPUT", f"problems={len(problems.get('problems', ()))}\n")
    status = sitewalk.run(["validate", *files, "--format", "github", "--", *manifests]).returncode
    if status or not inputs.media_root:
        return status
    return _plan(inputs, sitewalk, manifests)


def manifests_in(inputs: Inputs) -> Iterator[str]:
    """Yield the manifests, relative to the checkout.

    Raises RefusedError when one leads out of the checkout or is no regular file.
    """
    checkout = inputs.checkout.resolve()
    for pattern in inputs.patterns:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise RefusedError(f"the pattern {pattern} leads out of the checkout")
        for path in inputs.checkout.glob(pattern):
            name = path.relative_to(inputs.checkout).as_posix()
            lies_inside = path.resolve().is_relative_to(checkout)
            if path.is_symlink() or not path.is_file() or not lies_inside:
                raise RefusedError(f"{name} is a link, or no file: remove it, or name others")
            yield name


def _environment(inputs: Inputs) -> dict[str, str]:
    """The environment of the commands: no login, and no ledger but the one that was named."""
    own = ("EVERCAM_", "SITEWALK_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    if inputs.media_root:
        kept["SITEWALK_MEDIA_ROOT"] = inputs.media_root
    if inputs.ledger:
        _refuse_ledger_of_checkout(inputs)
    # Without one, a place where nothing is: what lies beside the manifests is a stranger's.
    nothing = Path(os.environ["COMMENT"]).with_name("no-ledger.db")
    kept["SITEWALK_LEDGER"] = inputs.ledger or str(nothing)
    return kept


def _refuse_ledger_of_checkout(inputs: Inputs) -> None:
    place = (inputs.checkout / inputs.ledger).resolve()
    if "://" not in inputs.ledger and place.is_relative_to(inputs.checkout.resolve()):
        message = f"the ledger {inputs.ledger} lies in the checkout, where anybody can have written"
        raise RefusedError(f"{message} it; name one outside")


@dataclass(frozen=True, slots=True)
class _Sitewalk:
    """The command line of sitewalk, run in the checkout as isolated as this script."""

    folder: Path
    environment: Mapping[str, str]

    def run(
        self, words: Sequence[str], *, keep: bool = False
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command; `keep` keeps what it says instead of showing it."""
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", "-m", "runner", *words],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=keep,
            encoding="utf-8",
            check=False,
        )

    def json(self, words: Sequence[str]) -> Mapping[str, list[dict[str, object]]]:
        """What a command says as JSON; nothing where it fails before it can."""
        try:
            found = json.loads(self.run(words, keep=True).stdout)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def _plan(inputs: Inputs, sitewalk: _Sitewalk, manifests: Sequence[str]) -> int:
    """Plan into the job's summary, the comment and the outputs.

    Without a ledger all shows as new, also where the project file names one.
    """
    words = ["plan"] if inputs.ledger else ["plan", "--new-ledger"]
    shown = sitewalk.run([*words, "--", *manifests], keep=True)
    sys.stderr.write(shown.stderr)
    comment = comment_of(shown.stdout or shown.stderr, with_ledger=bool(inputs.ledger))
    Path(os.environ["COMMENT"]).write_text(comment, encoding="utf-8")
    _append("GITHUB_STEP_SUMMARY", comment)
    plan = sitewalk.json([*words, "--format", "json", "--", *manifests])
    counts = counts_of([str(each["action"]) for each in plan.get("walkthroughs", ())])
    outputs = {"planned": "true", **counts}
    _append("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in outputs.items()))
    return shown.returncode


def comment_of(plan: str, *, with_ledger: bool) -> str:
    """The comment: a plan as a block of code, which nothing in a name can leave."""
    note = "" if with_ledger else f"{_WITHOUT_LEDGER}\n\n"
    head = f"{MARK}\n### sitewalk plan\n\n{note}"
    code = "\n".join(f"    {line}" for line in plan.splitlines())
    if len(head) + len(code) > LIMIT:
        code = f"{code[:LIMIT]}\n    … cut here: the job's log has it all"
    return f"{head}{code}\n"


def counts_of(actions: Sequence[str]) -> dict[str, int]:
    """How many walkthroughs are pending, wait for a decision, and are done."""
    return {
        "pending": sum(action in _WORK for action in actions),
        "decisions": sum(action in _DECISIONS for action in actions),
        "done": sum(action == "nothing" for action in actions),
    }


def _append(variable: str, text: str) -> None:
    """Append to one of the files through which a step talks to GitHub; elsewhere there is none."""
    if place := os.environ.get(variable):
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(text)


def _escaped(text: str) -> str:
    """Text as a workflow command can carry it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


if __name__ == "__main__":
    sys.exit(main())
