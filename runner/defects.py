"""Own what is kept of an unexpected error: its kind and where it happened, never its text."""

import traceback


def whereabouts(error: BaseException) -> str:
    """The frames and the kind of an error; its text may quote a header or an address."""
    return "".join([*traceback.format_tb(error.__traceback__), type(error).__name__, "\n"])
