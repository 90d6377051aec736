"""The help, the examples in it, completion, and guesses at what was meant."""

import os
import re
import shlex
import subprocess
import sys

import pytest

from runner.base.errors import ExitStatus
from runner.cli.app import COMMANDS
from runner.cli.help import EXAMPLES, GROUPS, MEANT
from tests.cli.conftest import Sitewalk


def test_commands_stand_in_groups_with_their_whole_line(
    sitewalk: Sitewalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    text = sitewalk("-h").out
    titles = [*GROUPS, "Around it"]
    assert [line.rstrip(":") for line in text.splitlines() if line.rstrip(":") in titles] == titles
    for name, (_, line) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", text, re.MULTILINE)


_OF_SEVERAL = {"config", "drawing", "ledger"}


_COMMANDS = sorted({*EXAMPLES, *COMMANDS} - _OF_SEVERAL)


@pytest.mark.parametrize("name", _COMMANDS)
def test_a_command_has_words_people_use_and_examples_that_fit(
    name: str, sitewalk: Sitewalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    text = sitewalk(*name.split(), "-h").out
    assert text == sitewalk(*name.split(), "--help").out
    assert not re.search(r"<\w|\{|range", text)
    head, _, examples = text.partition("Examples:\n")
    assert examples.rstrip("\n").split("\n") == [f"  {example}" for example in EXAMPLES[name]]
    for example in EXAMPLES[name]:
        assert example.startswith(f"sitewalk {name}")
        words = shlex.split(example)
        options = {word for word in words if word.startswith("-")}
        assert all(re.search(rf"(^|\s){word}\b", head, re.MULTILINE) for word in options)


@pytest.mark.parametrize("example", EXAMPLES["explain"])
def test_the_rules_in_examples_are_there(example: str, sitewalk: Sitewalk) -> None:
    assert sitewalk(*shlex.split(example)[1:]).status == ExitStatus.DONE


@pytest.mark.parametrize(("word", "command"), [("upload", "apply"), ("check", "validate")])
def test_words_of_other_tools_are_understood(sitewalk: Sitewalk, word: str, command: str) -> None:
    ended = sitewalk(word, "week.yaml")
    assert ended.status == ExitStatus.USAGE
    assert f"No such command '{word}'. Did you mean '{command}'?" in ended.err


def test_a_setting_without_set_is_told_how_it_is_set(sitewalk: Sitewalk) -> None:
    ended = sitewalk("config", "media_root", "/media/card")
    assert ended.status == ExitStatus.USAGE
    assert "Did you mean 'set media_root VALUE'?" in ended.err


def test_the_commands_of_a_command_are_told_in_whole_lines(sitewalk: Sitewalk) -> None:
    assert not [name for name in sorted(_OF_SEVERAL) if "..." in sitewalk(name, "-h").out[60:]]


def test_what_is_meant_is_a_command() -> None:
    assert set(MEANT.values()) <= set(COMMANDS)
    assert not set(MEANT) & set(COMMANDS)


def test_a_dry_run_is_a_plan(sitewalk: Sitewalk) -> None:
    ended = sitewalk("apply", "week.yaml", "--dry-run")
    assert ended.status == ExitStatus.USAGE
    assert "`sitewalk plan` shows what it would do" in ended.err


def _completed(words: str, shell: str) -> str:
    environment = {
        **os.environ,
        "_SITEWALK_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": words.rpartition(" ")[2],
    }
    command = [sys.executable, "-c", "from runner.__main__ import main; main()"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_shells_complete_commands_and_their_options(shell: str) -> None:
    assert "status" in _completed("sitewalk sta", shell)
    assert "--retry-for" in _completed("sitewalk apply --re", shell)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_script_for_completion_can_be_had(
    shell: str, sitewalk: Sitewalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shellingham.detect_shell", lambda: (shell, shell))
    assert "_SITEWALK_COMPLETE" in sitewalk("--show-completion").out
