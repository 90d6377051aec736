"""Recordings in S3, Google Cloud Storage and Azure, by obstore."""

import errno
import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from runner.base.errors import CredentialsError, UsageError
from runner.recordings.address import StoreAddress
from runner.recordings.stored import ObjectInfo
from runner.recordings.stores import (
    LATER,
    MAY_READ,
    BusyStoreError,
    NoStoreCredentialsError,
    ReplacedError,
    StoreError,
    StoreSettingsError,
)

_RETRIES: Any = {"max_retries": 6, "retry_timeout": timedelta(seconds=30)}
"""Of one request, within seconds; what then still fails counts against the retry budget."""


_CLIENT: Any = {"connect_timeout": "10s", "read_timeout": "30s", "timeout": "300s"}


class CloudStore:
    """S3, Google Cloud Storage or Azure, by obstore."""

    asks_for_versions = True

    def __init__(self, address: StoreAddress) -> None:
        self.address = address
        self._store = _cloud(address)

    def __reduce__(self) -> tuple[Any, ...]:  # without what obstore found of credentials
        return (CloudStore, (self.address,))

    def ask(self) -> None:
        self._asked("", lambda: next(iter(self._store.list(chunk_size=1)), None))

    def info(self, key: str) -> ObjectInfo:
        found = self._asked(key, lambda: self._store.head(key))
        return self._info(found)

    def _info(self, found: Any) -> ObjectInfo:
        return ObjectInfo(str(found["path"]), int(found["size"]), str(found["e_tag"] or ""))

    def read(self, key: str, start: int, end: int, version: str) -> memoryview:
        options: Any = {"range": (start, end), "if_match": version}
        content = self._asked(key, lambda: self._store.get(key, options=options).bytes())
        if len(content) != end - start:
            raise BusyStoreError(f"{self.address.of(key)}: the store sent less than asked", LATER)
        return memoryview(content)

    def objects(self, folder: str) -> Iterator[ObjectInfo]:
        pages = self._asked(folder, lambda: list(self._store.list(folder or None, chunk_size=1000)))
        return (self._info(found) for page in pages for found in page)

    def names_in(self, folder: str) -> list[str]:
        found = self._asked(folder, lambda: self._store.list_with_delimiter(folder or None))
        return [str(info["path"]).rpartition("/")[2] for info in found["objects"]]

    def _asked(self, key: str, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except (BaseError, OSError) as error:
            raise _explained(self.address, key, error) from None  # its text may hold anything


def _cloud(address: StoreAddress) -> ObjectStore:
    try:
        options: Any = {"client_options": {**_CLIENT, **_plain_http()}, "retry_config": _RETRIES}
        if (provider := _aws_profile(address)) is not None:
            options["credential_provider"] = provider
        return from_url(address.url, **options)
    except (BaseError, ValueError) as error:
        explained = _explained(address, "", error)
        is_about_credentials = isinstance(explained, NoStoreCredentialsError)
        kind = CredentialsError if is_about_credentials else UsageError
        raise kind(str(explained), getattr(explained, "help", "")) from None


def _plain_http() -> dict[str, bool]:
    """The option that allows plain HTTP to this machine, as for Evercam's stand-in."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
    host = re.match(r"http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?/?$", endpoint)
    return {"allow_http": True} if host else {}


def _aws_profile(address: StoreAddress) -> Any:
    """The credentials of `aws configure` or `aws sso login`, where boto3 is there to read them."""
    has_keys, has_profile = map(os.environ.get, ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"))
    if address.scheme != "s3" or has_keys or not has_profile:
        return None
    try:
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - the user's own
        from obstore.auth.boto3 import Boto3CredentialProvider  # noqa: PLC0415 - needs it
    except ImportError:
        message = "AWS_PROFILE is set, and boto3, which reads profiles, is not installed"
        help_ = "pip install boto3, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        raise UsageError(message, help_) from None
    try:
        return Boto3CredentialProvider()
    except (BotoCoreError, ValueError):
        message = f"there are no credentials for {address}: AWS_PROFILE={has_profile} has none"
        raise CredentialsError(message, "aws configure, or aws sso login") from None


_STATUS = re.compile(r"status code: (\d{3})")


_REFUSED = frozenset({401, 403})


_NOT_FOUND = 404


_BUSY = frozenset({408, 425, 429, *range(500, 600)})


_NO_CREDENTIALS = (  # where obstore looks last: the metadata service of a machine in the cloud
    "latest/api/token",
    "latest/meta-data",
    "computeMetadata",
    "metadata/identity",
    "performing token request",
    "Account must be specified",
)


_SEND_HELP = "check the address, and AWS_ENDPOINT_URL, AWS_REGION or what else leads to the store"


_GIVE_CREDENTIALS = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with boto3 installed",
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`",
    "az": "set AZURE_STORAGE_ACCOUNT_NAME, and its _KEY or AZURE_USE_AZURE_CLI=true",
}


def _explained(address: StoreAddress, key: str, error: Exception) -> Any:
    """The error for a failure of obstore, in our own words: its text quotes the store's."""
    where, kind = address.of(key), type(error).__name__
    text = str(error).partition("Debug source")[0]
    found = _STATUS.search(text)
    status = int(found[1]) if found else 0
    if any(word in text for word in _NO_CREDENTIALS):
        help_ = _GIVE_CREDENTIALS[address.scheme]
        return NoStoreCredentialsError(f"there are no credentials for {where}", help_)
    if isinstance(error, FileNotFoundError) or status == _NOT_FOUND:
        gone = "has no such bucket" if "NoSuchBucket" in text else "has no such object"
        return FileNotFoundError(errno.ENOENT, f"the store {gone}", where)
    if kind == "PreconditionError":
        return ReplacedError(f"{where} was replaced")
    if status in _REFUSED:
        return StoreError(f"the store refuses to let {where} be read", MAY_READ)
    if kind == "InvalidPathError":
        return FileNotFoundError(errno.ENOENT, "no object can have this name", where)
    return _by_status(where, status, text)


def _by_status(where: str, status: int, text: str) -> StoreError:
    if status in _BUSY:
        return BusyStoreError(f"the store answered {status} for {where}", LATER)
    if status:
        return StoreError(f"the store answered {status} for {where}", _SEND_HELP)
    if "redirect" in text:
        return StoreSettingsError(
            f"{where} lies in another region", "set AWS_REGION to the bucket's"
        )
    if "builder error" in text:
        help_ = "use https://, or set AWS_ALLOW_HTTP=true if the network in between is yours"
        return StoreSettingsError(
            f"the way to {where} is plain http, which is not encrypted", help_
        )
    return BusyStoreError(f"the store of {where} does not answer", LATER)
