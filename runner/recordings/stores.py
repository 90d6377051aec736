"""The errors that stores of recordings raise, each with the way out."""

from runner.base.errors import CredentialsError, ServerError, SitewalkError, UsageError

LATER = "see whether the store can be reached, then run the same command again"
MAY_READ = (
    "see that the credentials may read it (s3:GetObject; s3:ListBucket to list), and still hold"
)


class StoreError(OSError):
    """A store refused or failed; the text names the address, `help` the way out."""

    def __init__(self, message: str, help_: str = "") -> None:
        super().__init__(message)
        self.help = help_


class BusyStoreError(StoreError):
    """A store does not answer just now; later it may."""


class ReplacedError(StoreError):
    """An object is of another version than the one that was asked for."""


class NoStoreCredentialsError(StoreError):
    """There are no credentials for a store, or it knows none of them."""


class StoreSettingsError(StoreError):
    """The settings of this machine lead to no store, whatever is asked for."""


def refused_by_store(error: StoreError) -> SitewalkError:
    """The error that ends a command whose store cannot be asked."""
    if isinstance(error, NoStoreCredentialsError):
        return CredentialsError(str(error), error.help)
    if isinstance(error, BusyStoreError):
        return ServerError(str(error), error.help)
    return UsageError(str(error), error.help)
