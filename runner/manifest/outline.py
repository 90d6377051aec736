"""Own where in a manifest's text its list of walkthroughs stands, for those who add to the text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ITEM = 2
"""How many collections an item of the list stands in."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: the index of its first character, and of the one after its last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Listed:
    """The value of `walkthroughs`, and each item's place when it is a list.

    `is_flow` means in brackets.
    """

    span: Span
    is_list: bool
    is_flow: bool
    items: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The top level of a manifest: its place, whether it stands in braces, and the list."""

    span: Span
    is_flow: bool
    walkthroughs: Listed | None


@dataclass(frozen=True, slots=True)
class _Node:
    """A value or key: how many collections it stands in, what it began with, where it ends."""

    depth: int
    event: Any
    end: int

    @property
    def span(self) -> Span:
        return Span(self.event.start_mark.index, self.end)

    @property
    def is_flow(self) -> bool:
        return bool(getattr(self.event, "flow_style", False))


def outline(text: str) -> Outline:
    """Find the list in a text that is known to be one sound YAML mapping."""
    listed: Listed | None = None
    key: str | None = None
    items: list[Span] = []
    for node in _nodes(text):
        if node.depth == 0:
            return Outline(node.span, node.is_flow, listed)
        if node.depth > 1:
            items += [node.span] if node.depth == _ITEM else []
        elif key is None:
            key, items = getattr(node.event, "value", ""), []
        else:
            if key == "walkthroughs":
                is_list = isinstance(node.event, SequenceStartEvent)
                listed = Listed(node.span, is_list, node.is_flow, tuple(items))
            key = None
    raise ValueError("there is no document in this text")


def _nodes(text: str) -> Iterator[_Node]:
    """Yield every node when it is complete, the root last."""
    open_: list[Any] = []
    reached = 0
    events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)  # whose types know no marks
    for event in events:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, CollectionStartEvent):
            open_.append(event)
        elif isinstance(event, (ScalarEvent, AliasEvent)):
            reached = end
            yield _Node(len(open_), event, reached)
        elif isinstance(event, CollectionEndEvent):
            # A block's end is told where the next thing begins; its text ended before.
            reached = end if end > start else reached
            yield _Node(len(open_) - 1, open_.pop(), reached)
