"""The contract of a new drawing, as far as it is public, replayed: what leaves, byte for byte."""

import pytest

from runner.drawings.template import read_template
from runner.evercam.client import Evercam, NewFloor
from runner.evercam.http.errors import RefusedError
from runner.evercam.http.session import Session
from runner.sandbox import Sandbox
from runner.settings import Settings
from runner.upload.recording.tus import TusUpload
from tests.contract.test_five_steps import body_of
from tests.sites import noise

pytestmark = pytest.mark.vcr

NEW = NewFloor("evercam", "a+b@example.com")
TEMPLATE = b"""{
  "overlay": {"url": "{url}", "title": "{filename}"},
  "north": "{north}", "south": "{south}", "east": "{east}", "west": "{west}"
}"""
EDGES = {"north": 1, "south": 0, "east": 0.5, "west": 0}


def _picture(settings: Settings) -> str:
    data = noise(3000)
    with Session() as session:
        upload = TusUpload(session, settings.addresses.tus, "level-3 ü.png", len(data))
        upload.create_url()
        upload.send(body_of(data, 0, len(data)))
    return upload.location


def _filled(url: str) -> dict[str, object]:
    values = {"url": url, "filename": "level-3 ü.png", **EDGES}
    return read_template(TEMPLATE, "drawing.template.json").filled(values)


def test_a_drawing_of_a_picture(settings: Settings) -> None:
    evercam = Evercam(settings.addresses, settings.credentials)
    assert evercam.create_drawing(NEW, _filled(_picture(settings))) == 6000


def test_an_expired_token_is_renewed_once(settings: Settings, sandbox: Sandbox | None) -> None:
    evercam = Evercam(settings.addresses, settings.credentials)
    evercam.log_in()
    body = _filled(_picture(settings))
    if sandbox is not None:
        sandbox.expire_tokens()
    assert evercam.create_drawing(NEW, body) == 6000


def test_a_drawing_without_its_picture_is_refused(settings: Settings) -> None:
    evercam = Evercam(settings.addresses, settings.credentials)
    with pytest.raises(RefusedError, match="422"):
        evercam.create_drawing(NEW, _filled("http://portal.evercam.io/files/file-0"))
