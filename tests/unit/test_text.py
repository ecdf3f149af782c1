"""Text that every database takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.text import clip, storable

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b", "a\ufffdb"),
        ("a\udfffb", "a\ufffdb"),
        ("a\ufffe\uffffb", "a\ufffd\ufffdb"),
        ("🇫🇷 שלום \u202ertl\u200b é", "🇫🇷 שלום \u202ertl\u200b é"),
    ],
)
def test_what_databases_refuse_is_replaced_and_the_rest_kept(text: str, stored: str) -> None:
    assert storable(text) == stored


@given(ANY_TEXT)
def test_stored_text_can_be_encoded_and_is_stored_the_same_again(text: str) -> None:
    stored = storable(text)
    stored.encode("utf-8")
    assert "\x00" not in stored
    assert storable(stored) == stored


@given(ANY_TEXT, st.integers(0, 30))
def test_a_clipped_text_is_never_longer_than_the_limit(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert clipped == text or (len(text) > limit and (limit == 0 or clipped.endswith("…")))


def test_a_clip_ends_in_an_ellipsis_without_a_space_before_it() -> None:
    assert clip("one two three", 5) == "one…"
    assert clip("one two", 7) == "one two"
