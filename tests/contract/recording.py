"""What goes into a cassette: the vendor's host names, no secret, and the digests of bodies."""

import hashlib
import json
import re
from typing import Any

from vcr.request import Request

HOSTS = {
    "/auth/": "https://media.evercam.io",
    "/360/": "https://ingest2.evercam.io",
    "/files/": "https://portal.evercam.io",
}
LOCATION_HOST = "http://portal.evercam.io"
"""The vendor's tus server sits behind a proxy that ends TLS, and says http of itself."""

KEPT_RESPONSE_HEADERS = {
    "content-type",
    "location",
    "retry-after",
    "tus-resumable",
    "upload-length",
    "upload-offset",
}
MATCHED_HEADERS = (
    "authorization",
    "content-length",
    "content-type",
    "te",
    "tus-resumable",
    "upload-length",
    "upload-metadata",
    "upload-offset",
)
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d+")
_DIGEST = re.compile(rb"sha256:[0-9a-f]{64}\Z")


class WholeRequest(Request):  # type: ignore[misc] # vcrpy ships no types
    """A request whose streamed body is joined as it is read.

    vcrpy keeps the pieces instead; ours are views of one buffer, which can neither be copied nor
    looked at again.
    """

    def __init__(self, method: str, uri: str, body: Any, headers: Any) -> None:
        streamed = hasattr(body, "__iter__") and not isinstance(body, (bytes, str))
        super().__init__(method, uri, _joined(body) if streamed else body, headers)


class Aliases:
    """Stable stand-ins for secrets: the same secret always gets the same one."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, kind: str, secret: str) -> str:
        """The stand-in; a stand-in stands for itself, so that replaying changes nothing."""
        if secret.startswith(f"{kind}-"):
            return secret
        return self._known.setdefault(secret, f"{kind}-{len(self._known) + 1}")

    def in_text(self, text: str) -> str:
        """A text with the vendor's host names and without tus ids."""
        text = _LOOPBACK.sub(LOCATION_HOST, text)
        return re.sub(
            r"(/files/)([\w-]+)", lambda found: found[1] + self.of("file", found[2]), text
        )


def clean_request(request: Request, aliases: Aliases) -> Request:
    """The request as it would go to the vendor, without secrets, its body by its digest."""
    path = re.sub(r"^https?://[^/]+", "", request.uri)
    host = next(host for start, host in HOSTS.items() if path.startswith(start))
    headers = {name: _header(name, value, aliases) for name, value in request.headers.items()}
    body = _body(request, aliases)
    if request.method == "PUT":  # stand-ins are shorter than what they stand for
        headers["Content-Length"] = str(len(body))
    return Request(request.method, aliases.in_text(host + path), body, headers)


def _header(name: str, value: Any, aliases: Aliases) -> str:
    text = value.decode() if isinstance(value, bytes) else str(value)
    if name.lower() == "authorization":
        return f"Bearer {aliases.of('token', text.removeprefix('Bearer '))}"
    return text


def _body(request: Request, aliases: Aliases) -> bytes:
    body = request.body
    whole = body if isinstance(body, bytes) else _joined(body)
    if request.method == "PATCH":
        found = _DIGEST.match(whole)
        return whole if found else b"sha256:" + hashlib.sha256(whole).hexdigest().encode()
    return aliases.in_text(whole.decode()).encode()


def _joined(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else b"".join(bytes(part) for part in body)


def clean_response(response: dict[str, Any], aliases: Aliases) -> dict[str, Any]:
    """The answer with the headers that matter, and without secrets."""
    headers = {
        name: [aliases.in_text(value) for value in values]
        for name, values in response["headers"].items()
        if name.lower() in KEPT_RESPONSE_HEADERS
    }
    body = aliases.in_text(response["body"]["string"].decode()).encode()
    data = _json(body)
    if isinstance(data, dict) and "token" in data:
        body = json.dumps({"token": aliases.of("token", data["token"])}).encode()
    return {**response, "headers": headers, "body": {"string": body}}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def same_headers(recorded: Request, sent: Request) -> None:
    """Match on what the protocol says in headers; vcrpy itself matches none."""
    for name in MATCHED_HEADERS:
        assert recorded.headers.get(name) == sent.headers.get(name), name


def same_body(recorded: Request, sent: Request) -> None:
    """Match on the exact body."""
    assert _joined(recorded.body) == _joined(sent.body)
