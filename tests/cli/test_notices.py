"""Notices: at the end and when a person is needed, plain, without secrets, never in the way."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.errors import ExitStatus
from runner.evercam.client import Evercam, Link
from runner.report.forms.notice import plain_words
from runner.sandbox import Fault, Sandbox
from tests.cli.conftest import Sitewalk
from tests.cli.servers import HookServer, MailServer, serving
from tests.sites import Site, walk
from tests.waiting import until

SECRETS = ("hunter2", "hook-s3cret")


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    with serving(server):
        yield server


@pytest.fixture
def hook() -> Iterator[HookServer]:
    server = HookServer()
    with serving(server):
        yield server


@pytest.fixture
def ready(site: Site) -> Site:
    """A site with two walks to send."""
    site.record("a.insv")
    site.record("b.insv")
    return site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))


@pytest.mark.usefixtures("ready")
def test_the_end_is_told_by_mail_and_by_a_hook(
    sitewalk: Sitewalk, mail: MailServer, hook: HookServer
) -> None:
    words = ("--notify", mail.url, "--notify", hook.url)
    ended = sitewalk("apply", "manifest.yaml", "--yes", *words)
    assert ended.status == ExitStatus.DONE, ended.err
    (message,), (told,) = mail.messages, hook.taken
    assert message["To"] == "lead@example.com"
    assert re.fullmatch(r"sitewalk on \S+: done", told["title"])
    headline, report = told["message"].splitlines()
    assert headline.startswith("2 walkthroughs: 2 done; 16.0 kB sent in ")
    assert Path(report.removeprefix("Report: ")).is_file()
    body = message.get_body(("plain", "html"))
    assert body is not None
    assert "2 walkthroughs: 2 done" in body.get_content()
    assert sitewalk("apply", "manifest.yaml", "--yes", *words).status == ExitStatus.DONE
    assert len(hook.taken) == 1, "there was nothing to do, and nothing to tell"


def test_what_needs_a_person_is_named_at_the_end(
    sitewalk: Sitewalk, ready: Site, sandbox: Sandbox, hook: HookServer
) -> None:
    sandbox.inject(Fault.parse("create:drop-after~one"))
    ended = sitewalk("apply", "manifest.yaml", "--yes", SITEWALK_NOTIFY=hook.url)
    assert ended.status == ExitStatus.DECISION
    (told,) = hook.taken
    assert told["title"].endswith(": needs a person")
    assert "one: needs a decision" in told["message"].splitlines()
    assert "1 done, 1 needs a decision" in told["message"]
    ready.write(walk("one", ["a.insv"]))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DECISION
    assert len(hook.taken) == 2, "it is held still, and that is told each night"


def test_while_it_goes_on_it_tells_once_that_it_needs_a_person(
    sitewalk: Sitewalk,
    site: Site,
    sandbox: Sandbox,
    hook: HookServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runner.cli.notices._GRACE", 0.0)
    names = ["one", "two", "three"]
    for name in names:
        site.record(f"{name}.insv")
    site.write(*(walk(name, [f"{name}.insv"]) for name in names))
    sandbox.inject(Fault.parse("create:drop-after~one"))
    sandbox.inject(Fault.parse("create:drop-after~two"))
    finish = Evercam.finish

    def late(evercam: Evercam, upload_id: int, link: Link) -> int:
        until(lambda: hook.taken)
        return finish(evercam, upload_id, link)

    monkeypatch.setattr(Evercam, "finish", late)
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--jobs", "1", "--notify", hook.url)
    assert ended.status == ExitStatus.DECISION
    early, end = hook.taken
    assert early["message"].splitlines() == [
        "one: held: only a person can tell what became of it",
        "The run goes on with the rest.",
        "See: sitewalk status",
    ]
    assert "1 done, 2 need a decision" in end["message"]


@pytest.mark.usefixtures("ready")
def test_refused_credentials_and_a_stale_plan_are_told(
    sitewalk: Sitewalk, hook: HookServer, site: Site
) -> None:
    words = ("--yes", "--notify", hook.url)
    assert sitewalk("plan", "manifest.yaml", "-o", "plan.json").status == ExitStatus.DONE
    ended = sitewalk("apply", "manifest.yaml", *words, EVERCAM_PASSWORD="wrong")
    assert ended.status == ExitStatus.REFUSED
    assert "Evercam refused the credentials." in hook.taken[0]["message"]
    site.record("a.insv", seed=99)
    assert sitewalk("apply", "plan.json", *words).status == ExitStatus.DECISION
    assert hook.taken[1] | {"title": "", "attachments": []} == hook.taken[1] | {
        "title": "",
        "message": "the plan is stale",
        "attachments": [],
    }


@pytest.mark.usefixtures("ready")
def test_a_notice_that_fails_is_one_line_and_changes_nothing(
    sitewalk: Sitewalk, hook: HookServer, caplog: pytest.LogCaptureFixture
) -> None:
    hook.status = 500
    with caplog.at_level(logging.DEBUG):
        ended = sitewalk("apply", "manifest.yaml", "--yes", "--notify", hook.url)
    assert ended.status == ExitStatus.DONE
    assert ended.err.count("a notice to json://… could not be sent") == 1
    assert not [record for record in caplog.records if record.name.startswith("apprise")]


@pytest.mark.usefixtures("ready")
def test_a_service_that_does_not_answer_is_waited_for_so_long_and_no_longer(
    sitewalk: Sitewalk, hook: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.cli.notices.PATIENCE", 0.2)
    hook.held.clear()
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--notify", hook.url)
    hook.held.set()
    assert ended.status == ExitStatus.DONE
    assert "a notice to json://… was not taken within 0 s" in ended.err


@pytest.mark.parametrize("way", ["option", "joined", "variable", "settings"])
def test_no_address_is_shown_or_kept(
    sitewalk: Sitewalk, ready: Site, hook: HookServer, sandbox: Sandbox, way: str
) -> None:
    sandbox.inject(Fault.parse("create:drop-after~one"))
    hook.status = 500
    words = {"option": ["--notify", hook.url], "joined": [f"--notify={hook.url}"]}.get(way, [])
    environment = {"SITEWALK_NOTIFY": hook.url} if way == "variable" else {}
    told = []
    if way == "settings":
        told.append(sitewalk("config", "set", "notify", hook.url))
    told.append(sitewalk("apply", "manifest.yaml", "--yes", *words, **environment))
    told += [sitewalk(name) for name in ("status", "report", "config")]
    assert hook.taken
    if way in {"variable", "settings"}:
        assert "json://…" in told[-1].out
    written = "".join(one.out + one.err for one in told)
    for file in (ready.folder / ".sitewalk").rglob("*"):
        if file.is_file() and file.name != "settings.toml":
            written += file.read_bytes().decode(errors="replace")
    assert not any(secret in written for secret in SECRETS)


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("url", ["hunter2", "no-such://hunter2", "mailto://", "json:hunter2"])
def test_an_address_that_is_none_is_refused_at_once_and_not_shown(
    sitewalk: Sitewalk, sandbox: Sandbox, url: str
) -> None:
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--notify", url)
    assert ended.status == ExitStatus.USAGE
    assert "address 1 for notices" in ended.err
    assert "hunter2" not in ended.err
    assert sandbox.requests() == ()


@pytest.mark.usefixtures("ready")
def test_without_the_extra_it_says_how_to_get_it(
    sitewalk: Sitewalk, hook: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--notify", hook.url)
    assert ended.status == ExitStatus.USAGE
    assert "pip install" in ended.err
    assert "[notify]" in ended.err


def test_settings_that_came_with_a_repository_tell_nobody(
    sitewalk: Sitewalk, ready: Site, hook: HookServer
) -> None:
    settings = ready.folder / ".sitewalk" / "settings.toml"
    settings.write_text(f"notify = {json.dumps(hook.url)}\n", encoding="utf-8")
    for words in (["init", "-q"], ["add", "--force", str(settings)]):
        subprocess.run([shutil.which("git") or "git", *words], check=True)
    ended = sitewalk("apply", "manifest.yaml", "--yes")
    assert ended.status == ExitStatus.USAGE
    assert "git tracks it" in ended.err
    assert hook.taken == []


STRANGE = (
    "@channel <!here> <b>[x](http://evil.example)</b> **a** _b_ :tada: `c` #d &amp; https://e.fr"
)


def test_a_name_means_nothing_to_a_service() -> None:
    assert plain_words("level-2_north, 20 January") == "level-2_north, 20 January"
    words = plain_words(STRANGE)
    assert not re.search(r"[@<>\[\]()*`#&:/!]", words)
    assert not re.search(r"\.\w", words)


@given(st.text())
def test_no_text_is_anything_but_words(text: str) -> None:
    words = plain_words(text)
    assert words.isprintable()
    assert not set(words) & set("!\"#$%&'()*+/:;<=>?@[\\]^`{|}~")
    assert len(words) <= 100


@pytest.mark.skipif(os.name == "nt", reason="Windows allows no such name")
def test_a_stranger_cannot_write_the_mail(
    sitewalk: Sitewalk, ready: Site, mail: MailServer, hook: HookServer
) -> None:
    strange = Site(Path(STRANGE.replace("/", "")))
    strange.write(walk("other", ["c.insv"])).record("c.insv")
    words = ("--yes", "--notify", mail.url, "--notify", hook.url)
    ended = sitewalk("apply", str(ready.manifest), str(strange.manifest), *words)
    assert ended.status == ExitStatus.USAGE, ended.err
    told = hook.taken[0]["message"]
    assert "channel" in told
    assert not re.search(r"[@<>\[\]()*`#&/!]", told)
    (message,) = mail.messages
    texts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    assert texts
    for part in texts:
        assert "channel" in part.get_content()
        assert "<b>" not in part.get_content()
        assert "evil.example" not in part.get_content()
