"""What a tus server may answer, and what of it is understood."""

from typing import Any

import pytest

from runner.evercam.http.errors import UnknownOutcomeError
from runner.evercam.http.session import Answer, Session
from runner.upload.recording.tus import TusUpload
from runner.upload.retry import UploadMismatchError

FILES = "https://tus.example/files/"


class Says(Session):
    """A session whose server answers with these headers."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__()
        self.reply_headers = headers

    def exchange(self, *_: Any, **__: Any) -> Answer:
        return Answer(200, self.reply_headers)


def _upload(headers: dict[str, str]) -> TusUpload:
    upload = TusUpload(Says(headers), FILES, "a.insv", 10)
    upload.open_at(f"{FILES}abc")
    return upload


@pytest.mark.parametrize("text", ["5", " 5 ", "5, 5", "5,5 ,5"])
def test_an_offset_may_be_padded_or_repeated(text: str) -> None:
    assert _upload({"Upload-Offset": text, "Upload-Length": "10, 10"}).get_offset() == 5


@pytest.mark.parametrize("text", ["", "5, 6", "five", "-5", "9" * 5000, "\u0665"])
def test_an_offset_that_cannot_be_understood_is_told(text: str) -> None:
    with pytest.raises(UnknownOutcomeError, match="Upload-Offset") as caught:
        _upload({"Upload-Offset": text}).get_offset()
    assert text[:20] in str(caught.value)
    assert len(str(caught.value)) < 200


def test_an_upload_of_another_length_is_not_this_one() -> None:
    with pytest.raises(UploadMismatchError, match="of 11 bytes"):
        _upload({"Upload-Offset": "5", "Upload-Length": "11"}).get_offset()


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("http://tus.example/files/xyz", f"{FILES}xyz"),
        ("http://tus.example/files/xyz/", f"{FILES}xyz/"),
        ("xyz", f"{FILES}xyz"),
    ],
)
def test_an_address_may_end_in_a_slash(location: str, url: str) -> None:
    upload = _upload({"Location": location})
    upload.create_url()
    assert upload.url == url


@pytest.mark.parametrize(
    "location",
    [
        *("", "/", "http://[::1/x", "http://tus.example", "javascript:alert(1)", "file:///etc/x"),
        *("http://tus.example/files/..", "http://tus.example/a\x1b[2J", "http://tus.example/a b"),
    ],
)
def test_what_is_no_address_is_an_unknown_outcome(location: str) -> None:
    with pytest.raises(UnknownOutcomeError, match="no address"):
        _upload({"Location": location}).create_url()
