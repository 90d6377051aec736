"""The password of a PostgreSQL server: never shown, and where a keyring holds it.

libpq itself takes it from PGPASSWORD and ~/.pgpass.
"""

import getpass
import os

import psycopg
from psycopg.conninfo import conninfo_to_dict

from runner.base.errors import UsageError


def without_user(url: str) -> str:
    """The address of a database without user and password, by which a keyring knows it."""
    about = conninfo_to_dict(url)
    port = f":{about['port']}" if about.get("port") else ""
    return f"postgresql://{about.get('host', '')}{port}/{about.get('dbname', '')}"


def stored_password(url: str) -> str:
    """The password in the system's keyring for a database and its user; empty without one."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow
        from keyring.errors import KeyringError  # noqa: PLC0415 - as above
    except ImportError:
        return ""
    try:
        return keyring.get_password(without_user(url), _user(url)) or ""
    except KeyringError:  # there is none on this machine, or it stays locked
        return ""


def keyring_command(url: str) -> str:
    """The command that puts the password into the keyring."""
    return f"keyring set {without_user(url)} {_user(url)}"


def _user(url: str) -> str:
    """The user that libpq connects as."""
    user = conninfo_to_dict(url).get("user") or os.environ.get("PGUSER")
    return str(user or getpass.getuser())


def password_in(url: str) -> str:
    """The password in a URL, never shown. Raises UsageError for a malformed URL."""
    help_ = "write it as postgresql://USER@HOST:5432/DATABASE, the password into PGPASSWORD"
    try:
        about = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # whose words quote it
        message = "SITEWALK_LEDGER holds a URL that PostgreSQL cannot read"
        raise UsageError(message, help_) from None
    if "@" in str(about.get("host", "")):
        message = "SITEWALK_LEDGER holds a URL with an @ in its password"
        raise UsageError(message, f"write %40 for it; or better {help_}")
    return str(about.get("password") or "")
