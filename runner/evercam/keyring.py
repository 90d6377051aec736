"""A login kept in the system's keyring, for one address to log in at."""

import contextlib
import json
from collections.abc import Iterator
from types import ModuleType

from runner.base.errors import UsageError
from runner.base.installation import install_command
from runner.evercam.addresses import Credentials

SERVICE = "sitewalk"
"""Under which the system shows it; the name beside it is the address to log in at."""

_AGAIN = "run `sitewalk login` again: the password in the keyring may be an old one"
_ELSEWHERE = "set EVERCAM_USERNAME, and EVERCAM_PASSWORD or EVERCAM_PASSWORD_FILE, instead"


def stored_login(media: str) -> Credentials | None:
    """The login that is kept for an address; None without one, or without a keyring at all.

    Raises UsageError where the keyring is there and cannot be read.
    """
    keyring = _keyring()
    if keyring is None:
        return None
    try:
        with _explained(keyring, "read"):
            text = keyring.get_password(SERVICE, media)
    except UsageError as error:
        if isinstance(error.__cause__, keyring.errors.NoKeyringError):
            return None
        raise
    return _credentials(text) if text else None


def _credentials(text: str) -> Credentials | None:
    """What another program wrote there under our name is no login."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        login = json.loads(text)
        username, password = login["username"], login["password"]
        if isinstance(username, str) and isinstance(password, str):
            return Credentials(username, password, hint=_AGAIN)
    return None


def keep_login(media: str, username: str, password: str) -> str:
    """Keep a login for an address; the name of what keeps it. Raises UsageError."""
    keyring = _required()
    with _explained(keyring, "write"):
        login = json.dumps({"username": username, "password": password}, ensure_ascii=False)
        keyring.set_password(SERVICE, media, login)
        name = str(keyring.get_keyring().name)
        if keyring.get_password(SERVICE, media) != login:
            raise UsageError(f"the keyring {name} keeps nothing", _ELSEWHERE)
        return name


def forget_login(media: str) -> bool:
    """Take the login for an address out; whether there was one. Raises UsageError."""
    keyring = _required()
    with _explained(keyring, "read"):
        if keyring.get_password(SERVICE, media) is None:
            return False
    with _explained(keyring, "write"):
        keyring.delete_password(SERVICE, media)
    return True


def require_keyring() -> None:
    """Raise UsageError without the extra, before anybody is asked for a password."""
    _required()


def _required() -> ModuleType:
    keyring = _keyring()
    if keyring is None:
        help_ = f"{install_command('keyring')}; or {_ELSEWHERE}"
        raise UsageError("keeping a login needs keyring", help_)
    return keyring


def _keyring() -> ModuleType | None:
    try:
        import keyring.errors  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return keyring


@contextlib.contextmanager
def _explained(keyring: ModuleType, doing: str) -> Iterator[None]:
    """Failures of a keyring in our words; what it says itself may be many lines."""
    try:
        yield
    except keyring.errors.NoKeyringError as error:
        message = "this machine has no keyring that can be used, as is usual without a desktop"
        raise UsageError(message, _ELSEWHERE) from error
    except keyring.errors.KeyringError as error:
        reason = type(error).__name__.removesuffix("Error")
        message = f"cannot {doing} the keyring of this system ({reason})"
        raise UsageError(message, f"unlock it and allow this; or {_ELSEWHERE}") from error
