"""Streams of drawings: their events stand in the ledger under keys that no walkthrough can have."""

_PREFIX = "drawing:"
"""No walkthrough's id has a colon: the manifest's schema says so."""


def drawing_stream(name: str) -> str:
    """The key under which a drawing's events stand, by its name in the project file."""
    return _PREFIX + name


def is_drawing(stream: str) -> bool:
    """Whether a key in the ledger is that of a drawing."""
    return stream.startswith(_PREFIX)


def drawing_name(stream: str) -> str:
    """The name of the drawing whose key this is."""
    return stream.removeprefix(_PREFIX)
