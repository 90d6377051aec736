"""What a user gets wrong: a message with the place and the way out, and the right exit status."""

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from runner.base.errors import ExitStatus
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger
from runner.manifest.yaml.document import unreadable
from runner.recordings.samples.make import make_recording
from runner.sandbox import Fault, Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import HEAD, Site, begin_ledger, true_recording, walk


@pytest.mark.parametrize(
    ("walks", "said"),
    [
        ([walk("one", ["a.insv"], date="2026-02-30")], "there is no day 2026-02-30"),
        ([walk("one", ["a.insv"], fles="[a]")], "unknown key `fles`"),
        ([walk("one", ["a.insv"], name="[1]")], "`name` must be text, not a list"),
        ([walk("one", ["a.insv"]), walk("one", ["b.insv"])], "the id `one` stands twice"),
        ([walk("one", ["a.insv"]), walk("two", ["a.insv"])], "is already in walkthrough `one`"),
        ([walk("one", ["c.insv"])], "`c.insv` is not there"),
        ([walk("one", ["../a.insv"])], "leaves the media root"),
    ],
)
@pytest.mark.parametrize("command", ["validate", "plan", "apply"])
def test_an_invalid_manifest_names_the_place(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, command: str, walks: list[str], said: str
) -> None:
    site.write(*walks)
    site.record("a.insv")
    site.record("b.insv")
    ended = sitewalk(command, "manifest.yaml")
    assert ended.status == ExitStatus.INVALID
    assert said in ended.out + ended.err
    assert "--> manifest.yaml:" in ended.out + ended.err
    assert not sandbox.requests()


@pytest.mark.parametrize("command", [["validate"], ["plan"], ["apply", "--yes"]])
def test_strict_lets_warnings_stop_every_command(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, command: list[str]
) -> None:
    site.write(walk("one", ["a.insv"], date="2020-01-20")).record("a.insv")
    ended = sitewalk(*command, "manifest.yaml", "--strict")
    assert ended.status == ExitStatus.INVALID
    assert "warning[M029]: 2020-01-20 is more than a year ago" in ended.out + ended.err
    assert not sandbox.requests()
    assert sitewalk(*command, "manifest.yaml").status == ExitStatus.DONE


def test_a_saved_plan_is_applied_strictly_too(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv"], date="2020-01-20")).record("a.insv")
    assert sitewalk("plan", "manifest.yaml", "-o", "plan.json").status == ExitStatus.DONE
    assert sitewalk("apply", "plan.json", "--yes", "--strict").status == ExitStatus.INVALID


def test_a_manifest_that_is_named_twice_is_read_and_counted_once(
    sitewalk: Sitewalk, site: Site
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    ended = sitewalk("validate", "manifest.yaml", "./manifest.yaml")
    assert (ended.status, ended.err) == (ExitStatus.DONE, "no problems in 1 manifest\n")


def test_the_name_of_a_file_cannot_steer_the_terminal(sitewalk: Sitewalk, site: Site) -> None:
    name = "a\u202e.insv"  # a right-to-left override, which any file system takes
    site.write(walk("one", [name])).record(name)
    assert sitewalk("plan", "manifest.yaml", "-o", "plan.json").status == ExitStatus.DONE
    site.record(name, seed=9)
    ended = sitewalk("apply", "plan.json", "--yes")
    assert ended.status == ExitStatus.DECISION
    assert "one: the file a\\u202e.insv has other content" in ended.err


def test_a_walkthrough_is_linked_again_or_uploaded_anew_but_not_both(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--again", "one", "--refinish", "one")
    assert ended.status == ExitStatus.USAGE
    assert "`one` cannot be uploaded anew and be linked again" in ended.err
    assert not sandbox.requests()


def test_a_manifest_that_is_not_there(sitewalk: Sitewalk, site: Site) -> None:
    assert site.folder.is_dir()
    ended = sitewalk("plan", "nowhere.yaml")
    assert ended.status == ExitStatus.INVALID
    assert "cannot read the manifest" in ended.err


def test_a_folder_and_a_recording_are_no_manifests(sitewalk: Sitewalk, site: Site) -> None:
    site.record("a.insv")
    ended = sitewalk("validate", "a.insv", ".")
    assert ended.status == ExitStatus.INVALID
    assert "this is a folder: name the manifest in it" in ended.out
    assert "is this a recording? A manifest is text, saved as UTF-8" in ended.out


@pytest.mark.parametrize(
    ("error", "help_"),
    [
        (PermissionError(13, "Permission denied"), "get the right to read it, for this user"),
        (IsADirectoryError(21, "Is a directory"), "this is a folder: name the manifest in it"),
        (FileNotFoundError(2, "No such file or directory"), "check the path"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(error: OSError, help_: str) -> None:
    assert unreadable("nowhere.yaml", error).help == help_


def test_an_unreachable_host_fails_the_walk_and_loses_nothing(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    closed = "http://127.0.0.1:9"
    ended = sitewalk(
        "apply", "manifest.yaml", "--yes", "--retry-for", "0", EVERCAM_INGEST_URL=closed
    )
    assert ended.status == ExitStatus.FAILED
    assert f"cannot reach {closed} (EVERCAM_INGEST_URL): " in ended.out
    assert "run the same command again" in ended.out
    again = sitewalk("apply", "manifest.yaml", "--yes", EVERCAM_INGEST_URL=sandbox.ingest_url)
    assert again.status == ExitStatus.DONE


def test_a_login_that_is_waited_for_is_not_called_a_create(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    closed = "http://127.0.0.1:9"
    ended = sitewalk(
        "apply", "manifest.yaml", "--yes", "--retry-for", "0.02", EVERCAM_MEDIA_URL=closed
    )
    assert ended.status == ExitStatus.FAILED
    assert f"one  login: cannot reach {closed} (EVERCAM_MEDIA_URL): " in ended.err
    assert "create: cannot" not in ended.err


def test_nor_is_one_that_has_to_be_patient(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    sandbox.inject(Fault.parse("login:status=429x2"))
    ended = sitewalk("apply", "manifest.yaml", "--yes")
    assert ended.status == ExitStatus.DONE
    assert "one  login: the login failed: the server answered 429" in ended.err
    assert "create: the" not in ended.err


def test_a_refused_login_stops_before_anything_is_created(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    ended = sitewalk("apply", "manifest.yaml", "--yes", EVERCAM_PASSWORD="wrong")
    assert ended.status == ExitStatus.REFUSED
    assert "EVERCAM_PASSWORD" in ended.out
    assert "wrong" not in ended.out + ended.err
    assert not sandbox.objects()


def test_missing_credentials_are_said_before_anything_is_sent(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    ended = sitewalk("apply", "manifest.yaml", "--yes", EVERCAM_PASSWORD="")
    assert ended.status == ExitStatus.REFUSED
    assert "EVERCAM_USERNAME is set, but no password" in ended.err
    assert "set EVERCAM_PASSWORD or EVERCAM_PASSWORD_FILE" in ended.err
    assert not sandbox.requests()


def test_a_token_alone_needs_an_uploader(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv"]), head=HEAD.replace("uploaded_by", "# uploaded_by"))
    site.record("a.insv")
    variables = {"EVERCAM_USERNAME": "", "EVERCAM_PASSWORD": "", "EVERCAM_TOKEN": "abc"}
    ended = sitewalk("apply", "manifest.yaml", "--yes", **variables)
    assert ended.status == ExitStatus.USAGE
    assert "uploaded_by" in ended.err


def test_without_a_terminal_nothing_is_sent_unasked(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    ended = sitewalk("apply", "manifest.yaml")
    assert ended.status == ExitStatus.USAGE
    assert "--yes" in ended.err
    assert not sandbox.requests()


def test_one_bad_walkthrough_does_not_stop_the_others(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(*(walk(name, [f"{name}.insv"]) for name in ("one", "two", "three")))
    for name in ("one", "two", "three"):
        site.record(f"{name}.insv")
    sandbox.inject(Fault("create", "status", status=422, match="two"))
    ended = sitewalk("apply", "manifest.yaml", "--yes")
    assert ended.status == ExitStatus.FAILED
    assert "3 walkthroughs: 2 done, 1 failed" in ended.out
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    assert sorted(one.name for one in sandbox.objects()) == ["one", "three", "two"]


def _at(monkeypatch: pytest.MonkeyPatch, kind: Kind, happen: Callable[[], object]) -> None:
    """Let something happen at the first event of a kind, and the run go on only then."""
    append = Ledger.append
    met: list[Kind] = []

    def watched(ledger: Ledger, *events: Event) -> None:
        append(ledger, *events)
        if kind in {event.kind for event in events} and not met:
            met.append(kind)
            happen()

    monkeypatch.setattr(Ledger, "append", watched)


def test_a_file_that_disappears_while_another_is_sent_fails_alone(
    sitewalk: Sitewalk, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.write(walk("one", ["a.insv", "b.insv"]), walk("two", ["c.insv"]))
    for name in ("a.insv", "b.insv", "c.insv"):
        site.record(name)
    _at(monkeypatch, Kind.TUS_CREATED, (site.folder / "b.insv").unlink)
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--jobs", "1")
    assert ended.status == ExitStatus.FAILED
    assert "b.insv" in ended.out
    assert "cannot be read any more" in ended.out
    assert "1 done, 1 failed" in ended.out


def test_a_file_that_changes_while_it_is_sent_is_never_linked(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.write(walk("one", ["a.insv"]))
    path = site.record("a.insv", 600_000)
    other = make_recording(true_recording(600_000, seed=9))

    def overwrite() -> None:
        with path.open("r+b") as file:  # in place: at no moment is it empty
            file.write(other)

    _at(monkeypatch, Kind.TUS_CREATED, overwrite)
    ended = sitewalk("apply", "manifest.yaml", "--yes")
    assert ended.status == ExitStatus.FAILED
    assert "changed while it was sent" in ended.out
    assert [upload.finish for upload in sandbox.objects()] == [None]
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    linked = {recording.url.rpartition("/")[2] for recording in sandbox.objects()[0].recordings}
    (whole,) = [stored for stored in sandbox.recordings() if stored.file_id in linked]
    assert Path(whole.path).read_bytes() == other


def test_an_unknown_outcome_is_held_and_can_be_settled(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))
    site.record("a.insv")
    site.record("b.insv")
    sandbox.inject(Fault("create", "drop-after", match="one"))
    ended = sitewalk("apply", "manifest.yaml", "--yes")
    assert ended.status == ExitStatus.DECISION
    assert "1 done, 1 needs a decision" in ended.out
    assert "sitewalk resolve one --adopt UPLOAD_ID" in ended.out
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DECISION

    (held,) = [upload for upload in sandbox.objects() if upload.name == "one"]
    assert sitewalk("resolve", "one", "--adopt", str(held.id), "--yes").status == ExitStatus.DONE
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    assert len(sandbox.objects()) == 2


def test_an_address_without_tls_is_refused(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    ended = sitewalk("apply", "manifest.yaml", EVERCAM_MEDIA_URL="http://example.com")
    assert ended.status == ExitStatus.USAGE
    assert "EVERCAM_MEDIA_URL is not encrypted" in ended.err


def test_missing_credentials_are_said_before_anybody_is_asked(
    sitewalk: Sitewalk, site: Site
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    ended = sitewalk("apply", "manifest.yaml", EVERCAM_PASSWORD="")
    assert ended.status == ExitStatus.REFUSED


def test_manifests_with_separate_ledgers_are_not_mixed(sitewalk: Sitewalk, site: Site) -> None:
    for name in ("north", "south"):
        Site(site.folder / name).write(walk(name, [f"{name}.insv"])).record(f"{name}.insv")
    both = ("north/manifest.yaml", "south/manifest.yaml")
    ended = sitewalk("apply", *both, "--yes")
    assert ended.status == ExitStatus.USAGE
    assert "SITEWALK_LEDGER" in ended.err
    together = sitewalk("apply", *both, "--yes", "--new-ledger", SITEWALK_LEDGER="both.db")
    assert together.status == ExitStatus.DONE


def test_the_same_id_in_two_manifests_is_found(sitewalk: Sitewalk, site: Site) -> None:
    Site(site.folder / "north").write(walk("one", ["a.insv"])).record("a.insv")
    Site(site.folder / "south").write(walk("one", ["b.insv"])).record("b.insv")
    ended = sitewalk("validate", "north/manifest.yaml", "south/manifest.yaml")
    assert ended.status == ExitStatus.INVALID
    assert "the id `one` is used in north/manifest.yaml" in ended.out


def test_the_same_manifest_named_twice_is_one(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    assert sitewalk("apply", "manifest.yaml", "./manifest.yaml", "--yes").status == ExitStatus.DONE
    assert len(sandbox.objects()) == 1


def test_bytes_the_server_lost_after_all_are_sent_again(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv", 500_000)
    sandbox.inject(Fault.parse("patch:lie-offset@200000"))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.FAILED
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    assert all(recording.complete for recording in sandbox.recordings())


def test_another_walkthroughs_upload_cannot_be_adopted(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))
    site.record("a.insv")
    site.record("b.insv")
    sandbox.inject(Fault.parse("create:drop-before~one"))
    sitewalk("apply", "manifest.yaml", "--yes")
    (other,) = sandbox.objects()
    ended = sitewalk("resolve", "one", "--adopt", str(other.id), "--yes")
    assert ended.status == ExitStatus.USAGE
    assert "is that of `two`" in ended.err


def test_a_wrong_number_is_adopted_and_then_the_right_one(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    begin_ledger(Site(site.folder / "week").write(walk("one", ["a.insv"]))).record("a.insv")
    sandbox.inject(Fault.parse("create:drop-after"))
    sitewalk("apply", "week/manifest.yaml", "--yes")
    (held,) = sandbox.objects()
    resolve = ("resolve", "one", "--manifest", "week/manifest.yaml")
    assert sitewalk(*resolve, "--adopt", "99999", "--yes").status == ExitStatus.DONE
    failed = sitewalk("apply", "week/manifest.yaml", "--yes")
    assert failed.status == ExitStatus.FAILED
    assert "there is no upload object 99999" in failed.out
    assert f"sitewalk {' '.join(resolve)} --adopt UPLOAD_ID" in failed.out
    assert sitewalk(*resolve, "--adopt", str(held.id)).status == ExitStatus.USAGE  # it asks
    assert sitewalk(*resolve, "--adopt", str(held.id), "--yes").status == ExitStatus.DONE
    sent = [recording.file_id for recording in sandbox.recordings()]
    done = sitewalk("apply", "week/manifest.yaml", "--yes")
    assert (done.status, [recording.file_id for recording in sandbox.recordings()]) == (
        ExitStatus.DONE,
        sent,
    )
    assert [upload.id for upload in sandbox.objects()] == [held.id]
    assert "0 B" in done.out


def test_what_was_adopted_and_was_never_there_is_created_after_all(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    begin_ledger(Site(site.folder / "week 4").write(walk("one", ["a.insv"]))).record("a.insv")
    manifest = "week 4/manifest.yaml"
    sandbox.inject(Fault.parse("create:drop-before"))
    sitewalk("apply", manifest, "--yes")
    sitewalk("resolve", "one", "--manifest", manifest, "--adopt", "99999", "--yes")
    assert sitewalk("apply", manifest, "--yes").status == ExitStatus.FAILED
    sent = [recording.file_id for recording in sandbox.recordings()]

    status = sitewalk("status", manifest).out
    retry = next(line for line in status.splitlines() if line.endswith("--retry"))
    words = shlex.split(retry.partition(": ")[2])[1:]
    assert sitewalk(*words).status == ExitStatus.USAGE  # it asks
    assert sitewalk(*words, "--yes").status == ExitStatus.DONE
    assert sitewalk("apply", manifest, "--yes").status == ExitStatus.DONE
    assert [recording.file_id for recording in sandbox.recordings()] == sent
    assert len(sandbox.objects()) == 1


@pytest.mark.parametrize("choice", [(), ("--retry", "--adopt", "7")])
def test_resolve_says_what_there_is_to_choose(sitewalk: Sitewalk, choice: tuple[str, ...]) -> None:
    ended = sitewalk("resolve", "one", *choice)
    assert ended.status == ExitStatus.USAGE
    assert ended.err == snapshot("""\
error: say --adopt UPLOAD_ID, --retry or --keep, and one of them
  help: look on the dashboard: --adopt UPLOAD_ID if it is there, --retry if it is not
""")


def test_a_saved_plan_that_was_moved_says_where_it_looks(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    sitewalk("plan", "manifest.yaml", "-o", "plan.json")
    (site.folder / "reviewed").mkdir()
    (site.folder / "plan.json").rename(site.folder / "reviewed" / "plan.json")
    ended = sitewalk("apply", "reviewed/plan.json", "--yes")
    assert ended.status == ExitStatus.INVALID
    assert ended.err == snapshot("""\
error: the plan reviewed/plan.json names the manifest reviewed/manifest.yaml, which is not there
  help: a plan names manifests from its own folder: put it back, or save a new one
""")


def test_a_saved_plan_is_applied_as_it_was_reviewed(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    assert sitewalk("plan", "manifest.yaml", "-o", "plan.txt").status == ExitStatus.USAGE
    sitewalk("plan", "manifest.yaml", "-o", "plan.json")
    assert sitewalk("apply", "plan.json", "--again", "one").status == ExitStatus.USAGE
    assert sitewalk("apply", "plan.json", "manifest.yaml").status == ExitStatus.USAGE


@pytest.mark.parametrize("token", ["two words", "“quoted”", "a\nb"])
def test_a_token_that_no_header_can_carry_is_refused_unquoted(
    sitewalk: Sitewalk, site: Site, token: str
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    ended = sitewalk("apply", "manifest.yaml", "--yes", EVERCAM_TOKEN=token)
    assert ended.status == ExitStatus.USAGE
    assert token not in ended.err


@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes"), ("status",)])
def test_another_database_server_is_refused_and_named_without_its_password(
    sitewalk: Sitewalk, site: Site, command: tuple[str, ...]
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    url = "mysql://u:secret@db.example:5432/x"
    ended = sitewalk(*command, "manifest.yaml", SITEWALK_LEDGER=url)
    assert ended.status == ExitStatus.USAGE
    assert "names a ledger by a URL that begins with mysql:" in ended.err
    assert "secret" not in ended.err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file names")
def test_a_hostile_file_name_cannot_steer_the_terminal(sitewalk: Sitewalk, site: Site) -> None:
    name = "a\x1b[31m\u202e\nfake done.insv"
    site.write(walk("one", [json.dumps(name)])).record(name)
    planned = sitewalk("plan", "manifest.yaml")
    applied = sitewalk("apply", "manifest.yaml", "--yes")
    assert applied.status == ExitStatus.DONE
    for text in (planned.out, applied.out, applied.err):
        assert not {"\x1b", "\u202e"} & set(text)
        assert "\nfake" not in text


def test_no_other_ledger_is_settled_for_a_manifest_that_is_not_there(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    sandbox.inject(Fault.parse("create:drop-after"))
    sitewalk("apply", "manifest.yaml", "--yes")
    ended = sitewalk("resolve", "one", "--manifest", "nope.yaml", "--retry", "--yes")
    assert ended.status == ExitStatus.INVALID
    assert "cannot read the manifest" in ended.err
    assert "1 needs a decision" in sitewalk("apply", "manifest.yaml", "--yes").out
