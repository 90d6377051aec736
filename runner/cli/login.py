"""`sitewalk login` and `logout`; and the credentials of a command that nothing else gave."""

import getpass
from dataclasses import replace

from runner.base.errors import ServerError, StoppedError, UsageError
from runner.cli.console import Console
from runner.cli.options import settings_here
from runner.evercam.addresses import Credentials
from runner.evercam.client import Evercam
from runner.evercam.http.errors import RequestFailedError
from runner.evercam.keyring import forget_login, keep_login, require_keyring, stored_login
from runner.settings import Settings


def login() -> None:
    """Try user and password, and keep them in the keyring."""
    console, settings = Console(), settings_here()
    require_keyring()
    media, given = settings.addresses.media, settings.credentials
    if not console.can_ask and not (given.username and given.password):
        help_ = "run it in a terminal, or set EVERCAM_USERNAME and EVERCAM_PASSWORD_FILE"
        raise UsageError("nobody is there to say user and password", help_)
    if not (given.username and given.password):
        console.say(f"logging in at {media}")
    credentials = _asked(given, console) if console.can_ask else given
    try:
        Evercam(settings.addresses, replace(credentials, token=None)).log_in()
    except RequestFailedError as error:
        raise ServerError(f"the login cannot be tried: {error}", error.help) from error
    keeper = keep_login(media, credentials.username or "", credentials.password or "")
    console.say(f"logged in as {credentials.username} at {media}; kept in {keeper}")


def logout() -> None:
    """Take user and password out of the keyring."""
    media = settings_here().addresses.media
    outcome = "taken out of the keyring" if forget_login(media) else "none was kept"
    Console().say(f"login at {media}: {outcome}")


def with_credentials(settings: Settings, console: Console, *, may_ask: bool) -> Settings:
    """The settings with a login from the keyring or, on a terminal, from a person.

    What options and environment say goes before; where they lack something, and nobody is there,
    they stay as they are. Raises UsageError, StoppedError.
    """
    given = settings.credentials
    if not given.missing:
        return settings
    stored = None if given.password else stored_login(settings.addresses.media)
    if stored is not None and given.username in {None, stored.username}:
        return replace(settings, credentials=stored)
    if may_ask and console.can_ask:
        return replace(settings, credentials=_asked(given, console))
    return settings


def _asked(given: Credentials, console: Console) -> Credentials:
    """What is missing of a user's name and password; the password is not shown."""
    username = given.username or console.ask("Evercam user")
    try:
        password = given.password or getpass.getpass("Password: ")
    except KeyboardInterrupt:
        console.write("")
        raise StoppedError from None
    except EOFError:
        password = ""
    if not (username and password):
        raise UsageError("user or password is empty", "run the same command again")
    return Credentials(username, password, hint="run it again, and mind what you type")
