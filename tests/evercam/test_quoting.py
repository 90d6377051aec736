"""A server's words are quoted so that they help, and hold no secret."""

import html
import json
from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.evercam.http.quoting import Secrets, Silence, plain_text

PASSWORD = 'Gr\u00fcn "&<b>/ 9+\\n'
WRITINGS = {
    "raw": PASSWORD,
    "JSON": json.dumps({"password": PASSWORD}),
    "JSON in UTF-8": json.dumps({"password": PASSWORD}, ensure_ascii=False),
    "JSON with slashes": json.dumps({"password": PASSWORD}).replace("/", "\\/"),
    "HTML": html.escape(PASSWORD),
    "percent": quote(PASSWORD, safe=""),
    "percent in small letters": quote(PASSWORD, safe="").lower(),
    "form": quote_plus(PASSWORD),
    "base64": b64encode(PASSWORD.encode()).decode("ascii"),
    "basic": b64encode(f"walker:{PASSWORD}".encode()).decode("ascii"),
}


@pytest.mark.parametrize("writing", WRITINGS.values(), ids=WRITINGS)
def test_a_secret_is_struck_out_in_every_writing(writing: str) -> None:
    secrets = Secrets(PASSWORD, f"walker:{PASSWORD}", None)
    quoted = secrets.quoted(f"you sent ({writing}), said the server")
    assert quoted.startswith("you sent (")
    assert quoted.endswith("), said the server")
    assert "9" not in quoted
    assert "\u00fc" not in quoted


@given(st.text(), st.text(min_size=1, max_size=20).filter(str.isprintable), st.text())
def test_no_words_around_a_secret_bring_it_to_light(before: str, secret: str, after: str) -> None:
    assert secret not in Secrets(secret).quoted(before + secret + after).replace("\u2026", "")


def test_what_is_a_secret_itself_is_not_quoted() -> None:
    assert Silence().quoted("your token is 1234") == ""


def test_of_a_page_its_text_is_quoted() -> None:
    page = (
        "<!doctype html><html><head><title>Access denied</title><style>body{margin:0}"
        "</style><script>if (a < b) alert(1)</script></head><body><h1>Blocked &amp; logged</h1>"
    )
    assert Secrets().quoted(page) == "Access denied Blocked & logged"


@pytest.mark.parametrize("text", ["<" * 60000, "<style" * 10000, "<style>" * 9000, "&" * 60000])
def test_a_page_cannot_take_long(text: str) -> None:
    assert len(plain_text(text)) <= len(text)
