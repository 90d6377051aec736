"""The contract with Evercam's API, replayed: what leaves the program, byte for byte."""

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest

from runner.base.errors import CredentialsError
from runner.evercam.client import Evercam, Link, LinkedRecording, NewUpload
from runner.evercam.http.errors import RefusedError
from runner.evercam.http.session import Session
from runner.recordings.samples.make import recording_size, write_recording
from runner.recordings.samples.recipes import X3, lens_pair
from runner.report.results import Outcome
from runner.sandbox import Sandbox
from runner.settings import Settings
from runner.upload.recording.chunking import Body
from runner.upload.recording.tus import TusUpload
from tests.contract.running import run_site
from tests.sites import Site, noise, walk

pytestmark = pytest.mark.vcr

NEW = NewUpload("evercam", dt.date(2026, 1, 20), "Löve & 中 + 1", 6143, "a+b@example.com")


def test_a_walkthrough_of_two_recordings(settings: Settings, tmp_path: Path) -> None:
    pair = lens_pair(replace(X3, payload_size=3000))
    names = [recipe.file_name for recipe in pair]
    site = Site(tmp_path / "site").write(walk("level-2", names))
    for recipe in pair:
        write_recording(site.folder / recipe.file_name, recipe)

    results = run_site(site, settings)

    assert [walkthrough.outcome for walkthrough in results.walkthroughs] == [Outcome.DONE]
    assert results.bytes_sent == sum(recording_size(recipe) for recipe in pair)


def test_every_value_of_the_create_request_is_encoded(settings: Settings) -> None:
    assert Evercam(settings.addresses, settings.credentials).create(NEW) == 1000


def test_an_expired_token_is_renewed_once(settings: Settings, sandbox: Sandbox | None) -> None:
    evercam = Evercam(settings.addresses, settings.credentials)
    evercam.log_in()
    if sandbox is not None:
        sandbox.expire_tokens()
    assert evercam.create(NEW) == 1000


def test_a_refused_login(settings: Settings) -> None:
    evercam = Evercam(settings.addresses, settings.credentials)
    with pytest.raises(CredentialsError, match="refused the login of walker@"):
        evercam._log_in("walker@example.com", "wrong")


def test_a_refused_create_is_a_known_outcome(settings: Settings) -> None:
    nameless = NewUpload("evercam", dt.date(2026, 1, 20), "", 6143, "a@example.com")
    with pytest.raises(RefusedError, match="422"):
        Evercam(settings.addresses, settings.credentials).create(nameless)


def test_a_finish_for_an_unknown_upload_is_refused(settings: Settings) -> None:
    recording = LinkedRecording("http://portal.evercam.io/files/file-0", "a.insv")
    link = Link("a@example.com", [recording], "0.1,0.2", "0.3,0.4", 7)
    with pytest.raises(RefusedError, match="404"):
        Evercam(settings.addresses, settings.credentials).finish(4711, link)


def test_an_upload_goes_on_from_the_servers_offset(settings: Settings) -> None:
    data = noise(5000)
    with Session() as session:
        first = TusUpload(session, settings.addresses.tus, "a.insv", len(data), chunk_size=2000)
        first.create_url()
        first.send(body_of(data, 0, 2000))
        second = TusUpload(session, settings.addresses.tus, "a.insv", len(data))
        second.open_at(first.location)
        second.offset = second.get_offset()
        assert second.offset == 2000
        assert second.send(body_of(data, 2000, 3000)) == 5000


def body_of(data: bytes, start: int, length: int) -> Body:
    file = io.BytesIO(data)
    file.seek(start)
    return Body(file, length, lambda _block: None, lambda _count: None)
