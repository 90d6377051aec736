"""Accounts: who may log in, and which tokens are valid."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request

from runner.sandbox.refusal import Refusal


class Accounts:
    """The users, and tokens signed with a key in a file, so that they outlive a restart."""

    def __init__(self, users: Mapping[str, str], key_file: Path) -> None:
        self._users = dict(users)
        self._key_file = key_file
        if not key_file.exists():
            self.expire_tokens()

    def login(self, username: str, password: str) -> str:
        """Give out a new token; raises Refusal (401) for a wrong user name or password."""
        known = self._users.get(username)
        if known is None or not hmac.compare_digest(known.encode(), password.encode()):
            raise Refusal(401, "login refused: username or password is wrong")
        nonce = secrets.token_hex(8)
        return f"{nonce}.{self._signature(nonce)}"

    def require_token(self, request: Request) -> None:
        """Require a valid bearer token; raises Refusal (401) without one."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            raise Refusal(401, "header Authorization must be: Bearer {auth_token}")
        nonce, _, signature = token.partition(".")
        if not hmac.compare_digest(self._signature(nonce).encode(), signature.encode()):
            raise Refusal(401, "the bearer token is unknown or has expired; log in again")

    def expire_tokens(self) -> None:
        """Make every token given out so far invalid."""
        self._key_file.write_text(secrets.token_hex(32), encoding="ascii")

    def _signature(self, nonce: str) -> str:
        key = self._key_file.read_bytes()
        return hmac.new(key, nonce.encode(), hashlib.sha256).hexdigest()
