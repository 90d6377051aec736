"""Own the step from YAML text to plain values, each with the place where it was written.

The values are built from the parser's events instead of `yaml.compose`: composing recurses in C
(a few ten thousand `[` end the process), takes twice the time, and joins duplicate keys.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from runner.manifest.scalars import plain_scalar
from runner.problems import Note, Place, Problem
from runner.rules import text as text_rules
from runner.rules.rule import Rule

MAX_BYTES = 8_000_000
"""A manifest of 10,000 walkthroughs takes about 2 MB."""

MAX_VALUES = 400_000
"""Keys and values after aliases are expanded; 10,000 walkthroughs have about 170,000."""

MAX_DEPTH = 40
"""The format itself nests six deep."""

Span = tuple[int, int, int, int]
"""First line, first column, last line, end column: 0-based, as the parser counts."""

DocumentPath = Sequence[str | int]
"""Keys and list indexes from the top of the document."""

_STR = "tag:yaml.org,2002:str"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _ReadingError(Exception):
    """The text holds something after which reading on makes no sense."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class _Mark:
    """Where a value stands, and where its children stand."""

    span: Span
    keys: dict[str, Span] = field(default_factory=dict)
    children: "dict[str, _Mark] | list[_Mark] | None" = None


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest's plain values and their places."""

    file: str
    text: str
    data: Any
    mark: _Mark

    def place(self, path: DocumentPath) -> Place:
        """Where the value at `path` stands; of its nearest parent when it is missing."""
        return _place(self.file, self._find(path).span)

    def key_place(self, path: DocumentPath) -> Place:
        """Where the key that `path` ends with stands; of its value for items of a list."""
        parent = self._find(path[:-1])
        span = parent.keys.get(str(path[-1])) if path else None
        return _place(self.file, span) if span else self.place(path)

    def _find(self, path: DocumentPath) -> _Mark:
        mark = self.mark
        for step in path:
            match mark.children:
                case dict() as keyed if step in keyed:
                    mark = keyed[str(step)]
                case list() as items if isinstance(step, int) and step < len(items):
                    mark = items[step]
                case _:
                    return mark
        return mark


def read_bytes(path: Path) -> bytes:
    """A manifest's bytes, one more than allowed at the most; raises OSError."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def unreadable(file: str, error: OSError) -> Problem:
    """The problem of a manifest that cannot be opened."""
    reason = error.strerror or str(error)
    return _whole(
        file,
        text_rules.UNREADABLE_MANIFEST,
        f"cannot read the manifest: {reason}",
        "check the path",
    )


def parse_document(raw: bytes, file: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """Turn a manifest's bytes into values with places; `file` is its name in every place.

    Returns no document when reading had to stop; a document may still come with problems.
    """
    builder = _Builder(file)
    try:
        document = builder.build(_decode(raw, file))
    except _ReadingError as refused:
        return None, (*builder.problems, refused.problem)
    return document, tuple(builder.problems)


def _decode(raw: bytes, file: str) -> str:
    if len(raw) > MAX_BYTES:
        size = f"the manifest is larger than {MAX_BYTES // 1_000_000} MB"
        raise _ReadingError(
            _whole(file, text_rules.TOO_LARGE, size, "split it; is this a recording?")
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _ReadingError(
            _whole(file, text_rules.WRONG_ENCODING, "the manifest is UTF-16", "save it as UTF-8")
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start)
        column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8"))
        place = _place(file, (line, column, line, column + 1))
        problem = text_rules.WRONG_ENCODING.problem(
            "this is not UTF-8 text", place, "save it as UTF-8"
        )
        raise _ReadingError(problem) from None


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is still open."""

    values: "dict[str, Any] | list[Any]"
    mark: _Mark
    anchor: str | None
    before: int
    key: str | None = None  # stays None for a key that was refused: its value is left out
    key_span: Span | None = None


class _Builder:
    """Builds values from events, without recursion and within the bounds above."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.frames: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, _Mark, int]] = {}
        self.count = 0
        self.root: tuple[Any, _Mark] | None = None

    def build(self, text: str) -> Document:
        """Raises _ReadingError for what ends the reading."""
        documents = 0
        for event in self._events(text):
            kind = event.__class__
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent:
                self._open(event, {}, {})
            elif kind is SequenceStartEvent:
                self._open(event, [], [])
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close(event)
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                documents += 1
                self._one_document(documents, event)
        if self.root is None:
            help_ = "begin with `version: 1`; docs/manifest.md shows a whole one"
            raise _ReadingError(
                _whole(self.file, text_rules.EMPTY_MANIFEST, "the manifest is empty", help_)
            )
        return Document(self.file, text, *self.root)

    def _events(self, text: str) -> Iterator[Any]:
        loader = _LOADER(text)
        try:
            while (event := loader.get_event()) is not None:
                yield event
        except yaml.YAMLError as error:
            raise _ReadingError(_syntax(self.file, text, error)) from None
        finally:
            loader.dispose()

    def _one_document(self, documents: int, event: Event) -> None:
        if documents > 1:
            message = "a manifest is one YAML document; a second one starts here"
            raise _ReadingError(
                self._problem(
                    text_rules.SEVERAL_DOCUMENTS, message, _span(event), "remove the `---`"
                )
            )

    def _scalar(self, event: Any) -> None:
        span = _span(event)
        text = event.value
        if event.tag is not None and event.tag != _STR:
            self._no_tags(event.tag, span)
        frame = self.frames[-1] if self.frames else None
        if frame is not None and frame.key_span is None and frame.values.__class__ is dict:
            self._key(frame, text, span, plain=event.implicit[0])
            return
        value = plain_scalar(text) if event.implicit[0] else text
        self._add(value, _Mark(span), event.anchor, 1)

    def _key(self, frame: _Frame, text: str, span: Span, *, plain: bool) -> None:
        frame.key, frame.key_span = text, span
        self.count += 1
        if plain and text == "<<":
            frame.key = None
            message = "merge keys are not used in manifests"
            self._report(
                text_rules.MERGE_KEY, message, span, "name what is shared once under `routes`"
            )
        elif plain and not isinstance(plain_scalar(text), str):
            frame.key = None
            message = f"the key `{text}` is not text"
            self._report(text_rules.KEY_NOT_TEXT, message, span, f'write it in quotes: "{text}"')
        elif text in frame.values:
            first = _place(self.file, frame.mark.keys[text])
            note = Note(first, "first written here")
            message = f"the key `{text}` stands twice, first in line {first.line}"
            self._report(text_rules.DUPLICATE_KEY, message, span, "keep one of the two", (note,))

    def _open(self, event: Any, values: Any, children: Any) -> None:
        span = _span(event)
        if len(self.frames) >= MAX_DEPTH:
            message = f"values are nested more than {MAX_DEPTH} deep"
            raise _ReadingError(
                self._problem(text_rules.UNBOUNDED, message, span, "look for a stray bracket")
            )
        if event.tag is not None:
            self._no_tags(event.tag, span)
        self._text_keys_only(span)
        mark = _Mark(span, children=children)
        self.frames.append(_Frame(values, mark, event.anchor, self.count))

    def _close(self, event: Any) -> None:
        frame = self.frames.pop()
        first = frame.mark.span
        end = event.end_mark if event.end_mark.index > event.start_mark.index else event.start_mark
        frame.mark.span = (first[0], first[1], end.line, end.column)
        self._add(frame.values, frame.mark, frame.anchor, self.count - frame.before + 1)

    def _alias(self, event: Any) -> None:
        span = _span(event)
        self._text_keys_only(span)
        if any(frame.anchor == event.anchor for frame in self.frames):
            message = f"`*{event.anchor}` stands inside the value it repeats"
            raise _ReadingError(
                self._problem(text_rules.UNBOUNDED, message, span, "write the value out")
            )
        if event.anchor not in self.anchors:
            message = f"`*{event.anchor}` repeats `&{event.anchor}`, which is not defined before it"
            raise _ReadingError(
                self._problem(text_rules.YAML_SYNTAX, message, span, "define the anchor first")
            )
        value, mark, size = self.anchors[event.anchor]
        self.count += size - 1
        self._add(value, _Mark(span, mark.keys, mark.children), None, size)

    def _text_keys_only(self, span: Span) -> None:
        frame = self.frames[-1] if self.frames else None
        if frame is not None and isinstance(frame.values, dict) and frame.key_span is None:
            help_ = "keys are words; is a `{`, `[`, `?` or `*` out of place?"
            raise _ReadingError(
                self._problem(text_rules.KEY_NOT_TEXT, "this key is not text", span, help_)
            )

    def _add(self, value: Any, mark: _Mark, anchor: str | None, size: int) -> None:
        self.count += 1
        if self.count > MAX_VALUES:
            message = f"the manifest has more than {MAX_VALUES:,} values once aliases are expanded"
            raise _ReadingError(
                self._problem(text_rules.UNBOUNDED, message, mark.span, "split the manifest")
            )
        if anchor is not None:
            self.anchors[anchor] = (value, mark, size)
        if not self.frames:
            self.root = (value, mark)
            return
        self._put(self.frames[-1], value, mark)

    @staticmethod
    def _put(frame: _Frame, value: Any, mark: _Mark) -> None:
        if isinstance(frame.values, list):
            frame.values.append(value)
            frame.mark.children.append(mark)  # type: ignore[union-attr] # built as a pair in _open
            return
        key, span = frame.key, frame.key_span
        if key is not None and key not in frame.values and span is not None:
            frame.values[key] = value
            frame.mark.keys[key] = span
            frame.mark.children[key] = mark  # type: ignore[call-overload, index] # as above
        frame.key_span = None

    def _no_tags(self, tag: str, span: Span) -> None:
        message = f"the tag `{tag}` is not used in manifests"
        self._report(text_rules.TAG, message, span, "remove it; write text in quotes")

    def _report(
        self, rule: Rule, message: str, span: Span, help_: str, notes: tuple[Note, ...] = ()
    ) -> None:
        self.problems.append(self._problem(rule, message, span, help_, notes))

    def _problem(
        self, rule: Rule, message: str, span: Span, help_: str, notes: tuple[Note, ...] = ()
    ) -> Problem:
        return rule.problem(message, _place(self.file, span), help_, notes)


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    return (start.line, start.column, end.line, end.column)


def _place(file: str, span: Span) -> Place:
    line, column, end_line, end_column = span
    return Place(file, line + 1, column + 1, end_line + 1, end_column + 1)


def _whole(file: str, rule: Rule, message: str, help_: str) -> Problem:
    return rule.problem(message, Place(file), help_)


def _syntax(file: str, text: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    message = getattr(error, "problem", None) or str(error).partition("\n")[0]
    if mark is None:  # a character that YAML does not allow comes with its position only
        position = min(getattr(error, "position", 0) or 0, len(text))
        line, column = text.count("\n", 0, position), position - text.rfind("\n", 0, position) - 1
        message = "this character is not allowed in YAML"
    else:
        line, column = mark.line, mark.column
    place = _place(file, (line, column, line, column + 1))
    return text_rules.YAML_SYNTAX.problem(
        f"this is not valid YAML: {message}", place, _syntax_help(text, line)
    )


def _syntax_help(text: str, line: int) -> str:
    lines = text.splitlines()
    here = lines[line] if line < len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "indent with spaces; YAML does not allow tabs"
    return "check indentation, brackets and quotes in this line and the one above"
