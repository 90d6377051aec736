"""Help people can use: groups of commands, words for what an option takes, examples, guesses."""

import re
from typing import Any, NoReturn

from typer.core import TyperCommand

GROUPS = {
    "Every week": ("scan", "pick", "validate", "plan", "apply", "status", "report"),
    "When something is wrong": ("explain", "inspect", "resolve", "ledger"),
}
"""The commands by when they are used; all others are around it."""

AROUND = "Around it"

EXAMPLES = {
    "validate": ("sitewalk validate week.yaml", "sitewalk validate *.yaml --without-files"),
    "explain": ("sitewalk explain M012", "sitewalk explain M070"),
    "inspect": (
        "sitewalk inspect VID_20260120_101500_00_001.insv",
        "sitewalk inspect *.insv --format json",
    ),
    "scan": (
        "sitewalk scan /media/card",
        "sitewalk scan /media/card -o week.yaml --media-root /media/card",
    ),
    "pick": ("sitewalk pick week.yaml", "sitewalk pick week.yaml --html pick.html"),
    "plan": ("sitewalk plan week.yaml", "sitewalk plan week.yaml -o plan.json --html plan.html"),
    "apply": (
        "sitewalk apply plan.json",
        'sitewalk apply week.yaml --at 22:00 --limit-rate "07:00-18:00=160Mbit,unlimited"',
    ),
    "doctor": ("sitewalk doctor", "sitewalk doctor --format json"),
    "status": ("sitewalk status week.yaml", "sitewalk status --card /media/card"),
    "report": ("sitewalk report", "sitewalk report --since 7d"),
    "resolve": (
        "sitewalk resolve level-2-2026-01-20 --adopt 1234",
        "sitewalk resolve --route level-2-loop --keep",
    ),
    "schema": ("sitewalk schema manifest", "sitewalk schema plan > plan.schema.json"),
    "sandbox": ("sitewalk sandbox", "sitewalk sandbox --port 8360"),
    "demo": ("sitewalk demo",),
    "login": ("sitewalk login",),
    "logout": ("sitewalk logout",),
    "config set": ("sitewalk config set media_root /media/card", "sitewalk config set jobs 2"),
    "config unset": ("sitewalk config unset media_root",),
    "drawing template": ("sitewalk drawing template",),
    "drawing create": ("sitewalk drawing create level-3",),
    "drawing resolve": ("sitewalk drawing resolve level-3 --adopt 6150",),
    "ledger init": ("sitewalk ledger init postgresql://sitewalk@db.example/sitewalk",),
    "ledger export": ("sitewalk ledger export ledger.jsonl",),
    "ledger import": (
        "sitewalk ledger import ledger.jsonl",
        "sitewalk ledger import .sitewalk/runs/*/results.json",
    ),
    "init": (
        "sitewalk init",
        'sitewalk init --url "https://dash.evercam.io/v2/projects/evercam/drawings/map?id=6143" -y',
    ),
}

MEANT = {
    **dict.fromkeys(("upload", "send", "run", "sync", "push", "start", "resume"), "apply"),
    **dict.fromkeys(("preview", "diff", "dry-run", "dryrun", "simulate"), "plan"),
    **dict.fromkeys(("check", "lint", "verify", "test"), "validate"),
    **dict.fromkeys(("list", "ls", "show", "info", "progress"), "status"),
    **dict.fromkeys(("import", "find", "discover", "card", "new"), "scan"),
    **dict.fromkeys(("adopt", "release", "fix", "retry", "unlock", "settle"), "resolve"),
    **dict.fromkeys(("history", "summary", "results"), "report"),
}
"""What other tools call it."""

_DRY_RUN = frozenset({"--dry-run", "--dryrun", "-n", "--check"})

_TAKEN = {
    "path": "PATH",
    "int range": "N",
    "int": "N",
    "float range": "N",
    "float": "N",
    "str": "TEXT",
    "list[str]": "TEXT",
    "list[Path]": "PATH",
}
_NAME = r"^\[?[a-z_]+\b"
"""An argument that nothing but its variable gives a name."""
_TYPE = r" <([^<>]+)>"
_RANGE = r"(\d+)<=x<=(\d+)"
_AT_LEAST = r"x>=(\d+)"


class HelpfulCommand(TyperCommand):
    """A command whose help says what people call things, and ends with examples."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the command's words; a dry run of `apply` is another command's."""
        if self.name == "apply" and _DRY_RUN & set(args) and "--" not in args:
            refuse(ctx, "apply has no dry run: `sitewalk plan` shows what it would do")
        if self.name in {"apply", "plan"}:
            args = _with_bare_refinish(args)
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The words of the usage line: what is required has no braces."""
        pieces = super().collect_usage_pieces(ctx)
        bare = (re.sub(r"\{([^}]+?)…?\}", r"\1", piece) for piece in pieces)
        return [re.sub(_NAME, lambda found: found[0].upper(), piece) for piece in bare]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """List arguments and options."""
        for kind, title in (("argument", "Arguments"), ("option", "Options")):
            params = (param for param in self.get_params(ctx) if param.param_type_name == kind)
            rows = [row for param in params if (row := described(param, ctx))]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """One example or two."""
        examples = EXAMPLES.get(ctx.command_path.partition(" ")[2], ())
        if examples:
            with formatter.section("Examples"):
                for example in examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")


def described(parameter: Any, context: Any) -> tuple[str, str] | None:
    """An argument or option as it is written, and its meaning; None where help does not list it."""
    record = parameter.get_help_record(context)
    if record is None:
        return None
    is_option = parameter.param_type_name == "option"
    names = _taken(record[0], is_option=is_option)
    return names, re.sub(_AT_LEAST, r"at least \1", re.sub(_RANGE, r"\1 to \2", record[1]))


def _with_bare_refinish(args: list[str]) -> list[str]:
    """The words without a `--refinish` that has no id, as `--changed` or `--route` says which."""
    if not any(word == "--changed" or word.split("=")[0] == "--route" for word in args):
        return args
    followed = zip(args, [*args[1:], "--"], strict=True)
    return [word for word, after in followed if word != "--refinish" or after[:2] != "--"]


def _taken(names: str, *, is_option: bool) -> str:
    if not is_option:
        return re.sub(_NAME, lambda found: found[0].upper(), re.sub(_TYPE, "", names))
    return re.sub(_TYPE, lambda found: f" {_TAKEN.get(found[1], found[1])}", names)


def refuse(ctx: Any, message: str) -> NoReturn:
    """End with a message about the command's words."""
    ctx.fail(message)
    raise AssertionError("it has ended")


def write_groups(commands: dict[str, str], formatter: Any) -> None:
    """List the commands with their lines, whole, by when they are used."""
    grouped = {name for names in GROUPS.values() for name in names}
    groups = {**GROUPS, AROUND: tuple(name for name in commands if name not in grouped)}
    for title, names in groups.items():
        with formatter.section(title):
            formatter.write_dl([(name, commands[name]) for name in names if name in commands])
