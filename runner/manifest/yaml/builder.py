"""Building plain values from YAML events, each with the mark of where it was written."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

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

from runner.base.wording import shorten
from runner.manifest.yaml.marks import Branch, Mark, Span, find_mark, place_of, span_of
from runner.manifest.yaml.scalars import plain_scalar
from runner.manifest.yaml.syntax import HALF_A_CHARACTER, YAML_SYNTAX, syntax_problem
from runner.problems.problem import MAX_PROBLEMS, Note, Place, Problem, Rule, too_many

EMPTY_MANIFEST = Rule("M005", "empty-manifest")
SEVERAL_DOCUMENTS = Rule("M006", "several-documents")
UNBOUNDED = Rule("M007", "unbounded")
MERGE_KEY = Rule("M008", "merge-key")
KEY_NOT_TEXT = Rule("M009", "key-not-text")
DUPLICATE_KEY = Rule("M010", "duplicate-key")
TAG = Rule("M011", "tag")

MAX_VALUES = 400_000
"""Keys and values once aliases are expanded; 10,000 walkthroughs have about 170,000."""

MAX_DEPTH = 40
"""The format itself nests six deep."""

_CHARACTERS_PER_VALUE = 100
"""Characters of text that count as one more value: an alias can repeat a long text, too."""

_STR = "tag:yaml.org,2002:str"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOO_DEEP = "exceeded maximum nesting depth"
"""The message of libyaml 0.2.6 and newer, which read ahead past brackets not checked here yet."""

_JSON_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_MAX_SLOW = 200_000
"""Characters given to PyYAML's own parser at most, which takes a second or two for them."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class ReadingError(Exception):
    """The text holds something after which the rest cannot be read sensibly."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is still open."""

    values: "dict[str, Any] | list[Any]"
    mark: Branch
    anchor: str | None
    before: int
    key: str | None = None  # stays None for a key that was refused: its value is left out
    key_span: Span | None = None
    merges: bool = False


class Builder:
    """Builds values from YAML events, without recursion and within the bounds above."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.frames: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, Mark, int]] = {}
        self.count = 0
        self.root: tuple[Any, Mark] | None = None

    def build(self, text: str) -> tuple[Any, Mark]:
        """Build the one document of a text; raises ReadingError when reading has to stop."""
        documents = 0
        with self._events(text) as events:
            for event in events:
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
        if self.root is None or self.root[0] is None:
            help_ = "begin with `version: 1`; docs/manifest.md shows a whole one"
            problem = EMPTY_MANIFEST.problem("the manifest is empty", Place(self.file), help_)
            raise ReadingError(problem)
        return self.root

    @contextmanager
    def _events(self, text: str) -> Iterator[Iterator[Any]]:
        loader = _loader(text)
        try:
            yield iter(loader.get_event, None)  # a generator would take as long as the parser
        except yaml.YAMLError as error:
            if _TOO_DEEP in str(getattr(error, "problem", "")):
                self._too_deep(_span_of_error(error))
            raise ReadingError(syntax_problem(self.file, text, error)) from None
        finally:
            loader.dispose()

    def _one_document(self, documents: int, event: Event) -> None:
        if documents > 1:
            message = "a manifest is one YAML document; a second one starts here"
            self._stop(SEVERAL_DOCUMENTS, message, _span(event), "remove the `---`")

    def _scalar(self, event: Any) -> None:
        start, end, text = event.start_mark, event.end_mark, event.value
        span = (start.line, start.column, end.line, end.column)
        if not text.isascii() and _SURROGATE.search(text):
            text = self._join_surrogates(text, span)
        if event.tag is not None and event.tag != _STR:
            self._no_tags(event.tag, span)
        frame = self.frames[-1] if self.frames else None
        if frame is not None and frame.key_span is None and frame.values.__class__ is dict:
            self._key(frame, text, span, plain=event.implicit[0])
            return
        value = plain_scalar(text) if event.implicit[0] else text
        weight = len(text) // _CHARACTERS_PER_VALUE
        self.count += weight
        self._add(value, span, event.anchor, 1 + weight)

    def _join_surrogates(self, text: str, span: Span) -> str:
        """Join an emoji as JSON escapes it: two halves that mean one character."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            message = "this is not valid YAML: found invalid Unicode character escape code"
            self._stop(YAML_SYNTAX, message, span, HALF_A_CHARACTER)

    def _key(self, frame: _Frame, text: str, span: Span, *, plain: bool) -> None:
        frame.key, frame.key_span = text, span
        self.count += 1
        if plain and text == "<<":
            frame.key, frame.merges = None, True
            message = "merge keys are not used in manifests"
            self._report(MERGE_KEY, message, span, "name what is shared once under `routes`")
        elif plain and not isinstance(plain_scalar(text), str):
            self._refuse_key(frame)
            message = f"the key `{text}` is not text"
            self._report(KEY_NOT_TEXT, message, span, _key_help(frame, text, span))
        elif text in frame.values:
            first = place_of(self.file, frame.mark.keys[text])
            note = Note(first, "first written here")
            message = f"the key `{shorten(text, 60)}` stands twice, first in line {first.line}"
            self._report(DUPLICATE_KEY, message, span, "keep one of the two", (note,))

    @staticmethod
    def _refuse_key(frame: _Frame) -> None:
        frame.key = None
        frame.mark.incomplete = True

    def _open(self, event: Any, values: Any, children: Any) -> None:
        span = _span(event)
        if len(self.frames) >= MAX_DEPTH:
            self._too_deep(span)
        if event.tag is not None:
            self._no_tags(event.tag, span)
        self._text_keys_only(span)
        self.frames.append(_Frame(values, Branch(span, children), event.anchor, self.count))

    def _too_deep(self, span: Span) -> NoReturn:
        message = f"values are nested more than {MAX_DEPTH} deep"
        self._stop(UNBOUNDED, message, span, "look for a stray bracket")

    def _close(self, event: Any) -> None:
        frame = self.frames.pop()
        first = frame.mark.span
        end = event.end_mark if event.end_mark.index > event.start_mark.index else event.start_mark
        frame.mark.span = (first[0], first[1], end.line, end.column)
        self._add(frame.values, frame.mark, frame.anchor, self.count - frame.before + 1)

    def _alias(self, event: Any) -> None:
        span, name = _span(event), shorten(event.anchor, 60)
        self._text_keys_only(span)
        if any(frame.anchor == event.anchor for frame in self.frames):
            message = f"`*{name}` stands inside the value it repeats"
            self._stop(UNBOUNDED, message, span, "write the value out")
        if event.anchor not in self.anchors:
            message = f"`*{name}` repeats `&{name}`, which is not defined before it"
            self._stop(YAML_SYNTAX, message, span, "define the anchor first")
        value, mark, size = self.anchors[event.anchor]
        self.count += size - 1
        self._add(value, _at(span, mark), None, size)

    def _text_keys_only(self, span: Span) -> None:
        frame = self.frames[-1] if self.frames else None
        if frame is not None and isinstance(frame.values, dict) and frame.key_span is None:
            help_ = "keys are words; is a `{`, `[`, `?` or `*` out of place?"
            self._stop(KEY_NOT_TEXT, "this key is not text", span, help_)

    def _add(self, value: Any, mark: Mark, anchor: str | None, size: int) -> None:
        self.count += 1
        if self.count > MAX_VALUES:
            message = f"the manifest has more than {MAX_VALUES:,} values once aliases are expanded"
            self._stop(UNBOUNDED, message, span_of(mark), "split the manifest")
        if anchor is not None:
            self.anchors[anchor] = (value, mark, size)
        if not self.frames:
            self.root = (value, mark)
            return
        frame = self.frames[-1]
        values, children, key = frame.values, frame.mark.children, frame.key
        if isinstance(values, list):
            values.append(value)
            children.append(mark)  # type: ignore[union-attr] # built as a pair in _open
            return
        if key is not None and key not in values and frame.key_span is not None:
            values[key] = value
            children[key] = mark  # type: ignore[call-overload] # as above
            frame.mark.keys[key] = frame.key_span
        if frame.merges and isinstance(mark, Branch):
            frame.mark.merge(mark)
        frame.key_span, frame.merges = None, False

    def _no_tags(self, tag: str, span: Span) -> None:
        message = f"the tag `{shorten(tag, 60)}` is not used in manifests"
        self._report(TAG, message, span, "remove it; write text in quotes")

    def _report(
        self, rule: Rule, message: str, span: Span, help_: str, notes: tuple[Note, ...] = ()
    ) -> None:
        if len(self.problems) >= MAX_PROBLEMS:
            raise ReadingError(too_many(self.file))
        self.problems.append(rule.problem(message, place_of(self.file, span), help_, notes))

    def _stop(self, rule: Rule, message: str, span: Span, help_: str) -> NoReturn:
        raise ReadingError(rule.problem(message, place_of(self.file, span), help_))


def _key_help(frame: _Frame, text: str, span: Span) -> str:
    """What to write instead; YAML reads `{lat: 0,5}` as a `lat` of 0 and a key 5."""
    values = frame.values if isinstance(frame.values, dict) else {}
    name = next(reversed(values), "")
    before = values.get(name)
    is_beside = span_of(find_mark(frame.mark, (name,)))[2] == span[0]
    if type(before) is int and is_beside and text.isdecimal():
        return f"write decimals with a point: {before}.{text}"
    return f'write it in quotes: "{text}"'


def _loader(text: str) -> Any:
    """The fast parser, or the slow one for emoji as JSON escapes them, which libyaml refuses."""
    if len(text) <= _MAX_SLOW and _JSON_PAIR.search(text):
        return yaml.SafeLoader(text)
    return _LOADER(text)


def _span_of_error(error: Any) -> Span:
    mark = error.problem_mark
    return (mark.line, mark.column, mark.line, mark.column + 1)


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    return (start.line, start.column, end.line, end.column)


def _at(span: Span, mark: Mark) -> Mark:
    """The mark of a value that an alias at `span` repeats."""
    if isinstance(mark, Branch):
        return Branch(span, mark.children, mark.keys, mark.incomplete, mark.merged)
    return span
