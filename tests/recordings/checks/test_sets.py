"""A whole card: what is complete passes without a word, and what is taken away is missed."""

import datetime as dt
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.samples.recipes import RecordingRecipe, chapters, lens_pair
from tests.recordings.checks.listing import X2, X3, X4, Files, codes, judge, named


@dataclass(frozen=True, slots=True)
class Card:
    """Recordings, each with all its files, in walkthroughs of one or several."""

    walks: tuple[tuple[RecordingRecipe, ...], ...]

    def files(self, left_out: RecordingRecipe | None = None) -> list[Files]:
        """The files by their cameras' names."""
        return [named(*(recipe for recipe in walk if recipe != left_out)) for walk in self.walks]


def _recording(family: RecordingRecipe, count: int, number: int) -> tuple[RecordingRecipe, ...]:
    start = dt.datetime(2026, 1, 20, 6) + dt.timedelta(hours=number)  # noqa: DTZ001 - zoneless
    first = replace(family, local_start=start, chapter=10 * number + 1, seed=100 * number)
    lenses = (first,) if family is X4 else lens_pair(first)
    return tuple(chapter for lens in lenses for chapter in chapters(lens, count))


@st.composite
def cards(draw: st.DrawFn) -> Card:
    """Up to five recordings of one day, some of them in one walkthrough."""
    kinds = draw(st.lists(st.tuples(st.sampled_from([X2, X3, X4]), st.integers(1, 3)), max_size=5))
    recordings = [_recording(*kind, number) for number, kind in enumerate(kinds, start=1)]
    walks: list[tuple[RecordingRecipe, ...]] = [()]
    for recording in recordings:
        if draw(st.booleans()):
            walks.append(())
        walks[-1] += tuple(draw(st.permutations(recording)))
    return Card(tuple(walks))


@given(cards())
def test_what_is_complete_passes_without_a_word(card: Card) -> None:
    assert judge(*card.files()) == []


@given(cards())
def test_what_is_complete_passes_under_other_names_too(card: Card) -> None:
    renamed = [
        {f"{number} {place}.insv": recipe for place, recipe in enumerate(walk)}
        for number, walk in enumerate(card.walks)
    ]
    assert judge(*renamed) == []


@given(cards().filter(lambda card: any(card.walks)), st.data())
def test_whatever_lens_is_left_out_is_missed(card: Card, data: st.DataObject) -> None:
    pairs = [recipe for walk in card.walks for recipe in walk if recipe.camera != X4.camera]
    if pairs:
        assert codes(*card.files(left_out=data.draw(st.sampled_from(pairs)))) == ["M054"]


@given(st.integers(3, 6), st.data())
def test_whatever_chapter_is_left_out_is_missed(count: int, data: st.DataObject) -> None:
    whole = _recording(X4, count, 1)
    gone = whole[data.draw(st.integers(1, count - 2))]
    assert codes(named(*(recipe for recipe in whole if recipe != gone))) == ["M057"]
