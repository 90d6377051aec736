"""What a hostile or broken manifest may cost: memory and time stay bounded, whatever it holds."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.manifest.meaning.checks import OLD_DATE
from runner.manifest.meaning.drafts import PROJECT_ID
from runner.problems.problem import (
    MAX_PROBLEMS,
    TOO_MANY,
    Place,
    Problem,
    Severity,
    first_of,
    has_errors,
)

_MEMORY = 300_000_000
_SECONDS = 300  # so that a hang fails; no time is measured

_HEAD = "version: 1\nproject: evercam\ndrawings:\n  d: {id: 1}\n"
_WALK = "  - {{id: w{0}, date: 2026-01-20, {1}, files: [{2}]}}\n"
_COURSE = 'drawing: d, start_position: "0.1,0.2", end_position: "0.3,0.4"'


def _walks(count: int, course: str = _COURSE, files: str = "f{0}") -> str:
    lines = (_WALK.format(n, course.format(n), files.format(n)) for n in range(count))
    return _HEAD + "walkthroughs:\n" + "".join(lines)


_BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))


def _undefined_routes() -> str:
    routes = "".join(f"  route{n}: {{}}\n" for n in range(20_000))
    return f"{_walks(25_000, 'route: raute{0}')}routes:\n{routes}"


def _merge_keys() -> str:
    keys = "".join(f"k{n}: ," for n in range(90_000))
    return f"a: &a {{x: y}}\nb:\n  <<: {{{keys}}}\n" + "  <<: *a\n" * 90_000


def _target_points() -> str:
    points = '"5,5",' * 300_000
    return _walks(1, f"{_COURSE}, target_points: [{points}]")


Nasty = tuple[Callable[[], str], str]
"""What makes a text, only where it is needed for they are large; the code of its problem."""

_NASTY: dict[str, Nasty] = {
    "a file of 100 MB": (lambda: "# x\n" * 25_000_000, "M002"),
    "aliases that grow exponentially": (lambda: "a0: &a0 [x]\n" + _BOMB, "M007"),
    "a long text repeated": (lambda: f'a: &x "{"y" * 4_000_000}"\nb: [{"*x," * 300_000}]', "M007"),
    "a million keys": (lambda: "".join(f"k{n}:\n" for n in range(900_000)), "M007"),
    "unknown keys": (lambda: _HEAD + "".join(f"drawing{n}:\n" for n in range(190_000)), "M012"),
    "one long line": (lambda: f'uploaded_by: "{"x" * 7_900_000}"', "M025"),
    "wrong entries on one line": (lambda: f"{_HEAD}walkthroughs: [{'5,' * 390_000}]", "M014"),
    "a long position": (lambda: _walks(1, _COURSE.replace("0.1,0.2", "1" * 6_000_000)), "M016"),
    "deep lists": (lambda: "[" * 4_000_000, "M007"),
    "deep mappings": (lambda: "{a: " * 1_000_000, "M007"),
    "undefined routes": (_undefined_routes, "M023"),
    "missing files": (lambda: _walks(1, files=",".join(f"f{n}" for n in range(350_000))), "M041"),
    "equal ids": (lambda: re.sub("id: w[0-9]+", "id: w", _walks(24_000)), "M026"),
    "target points": (_target_points, "M033"),
    "tags": (lambda: _HEAD + "walkthroughs:\n" + "- !x y\n" * 190_000, "M011"),
    "merge keys": (_merge_keys, "M008"),
    "zeros": (lambda: "\0" * 7_900_000, "M003"),
}

# What is read once is written in every form; a process has its memory for all of that.
_VALIDATE = f"""
import contextlib, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_DATA, ({_MEMORY}, {_MEMORY}))
from runner.flow import check as flow
from runner.cli.process import run
check, found = flow.check_manifests, []
def check_once(*given):
    found[:] = found or [check(*given)]
    return found[0]
flow.check_manifests = check_once
for form in sys.argv[1:]:
    sys.argv = ["sitewalk", "validate", "--format", form, "nasty.yaml"]
    with Path(form).open("w", encoding="utf-8") as out, contextlib.redirect_stdout(out):
        status = run()
    print(form, status)
"""
_FORMS = ("full", "concise", "json", "github", "sarif")

on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux holds a process to RLIMIT_DATA"
)


@pytest.mark.slow
@on_linux
@pytest.mark.parametrize("nasty", _NASTY.values(), ids=_NASTY)
def test_validate_ends_within_its_memory(tmp_path: Path, nasty: Nasty) -> None:
    text, code = nasty
    _check_within_memory(tmp_path, text(), code, "full")


@pytest.mark.slow
@on_linux
def test_so_does_every_form(tmp_path: Path) -> None:
    _check_within_memory(tmp_path, _walks(24_000, files="f"), "M036", *_FORMS)


def _check_within_memory(tmp_path: Path, text: str, code: str, *forms: str) -> None:
    (tmp_path / "nasty.yaml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _VALIDATE, *forms],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_SECONDS,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.stdout.split("\n") == [*(f"{form} 3" for form in forms), ""]
    for form in forms:
        written = (tmp_path / form).read_text(encoding="utf-8")
        assert code in written
        assert len(written) < 20_000_000


def _problems(count: int, severity: Severity) -> list[Problem]:
    rule = PROJECT_ID if severity is Severity.ERROR else OLD_DATE
    return [rule.problem("x", Place("a", line)) for line in range(1, count + 1)]


def test_all_problems_are_listed_up_to_the_limit() -> None:
    found = _problems(MAX_PROBLEMS, Severity.ERROR)
    assert first_of(found, "a") == found


@pytest.mark.parametrize("warnings", [0, 1, MAX_PROBLEMS, MAX_PROBLEMS + 1])
@pytest.mark.parametrize("errors", [0, 1, MAX_PROBLEMS, MAX_PROBLEMS + 1])
def test_no_error_is_lost_for_a_warning(errors: int, warnings: int) -> None:
    given = _problems(warnings, Severity.WARNING) + _problems(errors, Severity.ERROR)
    found = first_of(given, "a")
    assert has_errors(tuple(found)) == (errors > 0)
    assert sum(problem.code == PROJECT_ID.code for problem in found) == min(errors, MAX_PROBLEMS)
    assert (found[-1:] != [] and found[-1].code == TOO_MANY.code) == (len(given) > MAX_PROBLEMS)


def test_that_there_are_more_is_said_once() -> None:
    once = first_of(_problems(MAX_PROBLEMS + 5, Severity.ERROR), "a")
    assert first_of(once, "a") == once
