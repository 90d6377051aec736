import pytest
from inline_snapshot import snapshot

from runner.base.errors import UsageError
from runner.evercam.addresses import INGEST_URL, MEDIA_URL, TUS_URL, parse_addresses


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "ftp://example.com",
        "example.com",
        "https://",
        "https://user:secret@example.com",
        "https://example.com/?a=1",
        "https://example.com:port",
        "https://[::1",
    ],
)
def test_an_address_that_may_not_carry_credentials_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="EVERCAM_MEDIA_URL") as caught:
        parse_addresses(text, INGEST_URL, TUS_URL)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8360", "localhost:8360", "[::1]:8360"])
def test_loopback_needs_no_tls(host: str) -> None:
    addresses = parse_addresses(f"http://{host}", f"http://{host}/", f"http://{host}/files")
    assert addresses.ingest == f"http://{host}"
    assert addresses.tus == f"http://{host}/files/"


def test_a_destination_tells_two_ingest_addresses_apart() -> None:
    real = parse_addresses(MEDIA_URL, INGEST_URL, TUS_URL)
    sandbox = parse_addresses(MEDIA_URL, "http://127.0.0.1:8360", TUS_URL)
    assert str(real.destination("evercam")) == snapshot("https://ingest2.evercam.io/360/evercam")
    assert real.destination("evercam") != sandbox.destination("evercam")
    assert real.destination("evercam") != real.destination("other")
