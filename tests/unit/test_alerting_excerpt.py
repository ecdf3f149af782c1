"""The passage that an alert quotes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerting.excerpt import LENGTH, SHORT, excerpt, snippets
from news.article import Span

LONG = " ".join(f"mot{number}" for number in range(400))


def hits(text: str, word: str) -> list[Span]:
    return [Span("text", found.start(), found.end()) for found in re.finditer(re.escape(word), text)]


def quoted(text: str, word: str) -> tuple[str, list[str]]:
    passage = excerpt(text, hits(text, word))
    return passage.text, [passage.text[span.start : span.end] for span in passage.spans]


def test_a_short_text_is_quoted_whole_without_an_ellipsis() -> None:
    assert quoted("  Séoul proteste. ", "Séoul") == ("Séoul proteste.", ["Séoul"])


def test_a_long_text_is_cut_at_words_around_the_first_hit() -> None:
    passage, marked = quoted(LONG, "mot200")
    assert marked == ["mot200"]
    assert passage.startswith("…mot") and passage.endswith("…")
    assert LENGTH - 50 < len(passage) <= LENGTH + 2
    assert set(passage.strip("…").split()) <= set(LONG.split())


def test_a_hit_at_the_very_end_is_quoted_with_what_comes_before() -> None:
    passage, marked = quoted(LONG, "mot399")
    assert marked == ["mot399"]
    assert passage.endswith("mot399")
    assert len(passage) > LENGTH - 50


def test_without_a_hit_in_the_text_its_beginning_is_quoted() -> None:
    passage = excerpt(LONG, [Span("title", 0, 4)])
    assert passage.text.startswith("mot0 mot1 ") and passage.text.endswith("…")
    assert passage.spans == ()


def test_paragraphs_become_lines_and_runs_of_space_one_space() -> None:
    text = "Un  accord\t crucial. \n\n  Séoul\n\nproteste"
    passage = excerpt(text, [*hits(text, "Séoul"), *hits(text, "accord\t crucial")])
    assert passage.text == "Un accord crucial.\nSéoul\nproteste"
    assert [passage.text[span.start : span.end] for span in passage.spans] == ["accord crucial", "Séoul"]


def test_a_quotation_does_not_begin_with_the_closing_quote_of_what_was_cut() -> None:
    text = f"{'Il dit « oui ' * 20}» puis Séoul répond. {LONG}"
    passage, _ = quoted(text, "Séoul")
    assert re.match(r"…(«|\w)", passage)


def test_hits_far_apart_are_quoted_in_passages_of_their_own_at_most_so_many() -> None:
    spans = [span for word in ("mot100", "mot103", "mot200", "mot300", "mot350") for span in hits(LONG, word)]
    found = snippets(LONG, spans)
    marked = [[one.text[span.start : span.end] for span in one.spans] for one in found]
    assert marked == [["mot100", "mot103"], ["mot200"], ["mot300"]]
    for one in found:
        assert one.text.startswith("…mot") and one.text.endswith("…") and len(one.text) <= SHORT + 2
        assert set(one.text.strip("…").split()) <= set(LONG.split())


def test_passages_that_meet_are_one() -> None:
    spans = [span for number in range(100, 150, 5) for span in hits(LONG, f"mot{number}")]
    [passage] = snippets(LONG, spans)
    assert [passage.text[span.start : span.end] for span in passage.spans][:8] == [
        f"mot{number}" for number in range(100, 140, 5)
    ]
    assert 2 * SHORT < len(passage.text) <= 3 * SHORT + 2


def test_an_excerpt_stays_short_however_many_hits_follow() -> None:
    assert len(excerpt(LONG, hits(LONG, "mot")).text) <= LENGTH + 2


def test_a_text_without_a_hit_or_of_few_words_is_one_passage() -> None:
    assert [one.text for one in snippets("Séoul proteste", hits("Séoul proteste", "Séoul"))] == ["Séoul proteste"]
    [beginning] = snippets(LONG, [])
    assert beginning.text.startswith("mot0 mot1") and beginning.text.endswith("…")


def test_a_script_without_spaces_is_cut_anywhere() -> None:
    passage, marked = quoted("北" * 500 + "平壤" + "京" * 500, "平壤")
    assert marked == ["平壤"]
    assert len(passage) == LENGTH + 2


def test_a_hit_longer_than_the_excerpt_is_marked_as_far_as_it_goes() -> None:
    passage = excerpt(LONG, [Span("text", 0, len(LONG))])
    assert passage.spans == (Span("text", 0, len(passage.text) - 1),)


@pytest.mark.parametrize("span", [Span("text", -1, 3), Span("text", 3, 3), Span("text", 2, 9_999)])
def test_spans_that_are_none_are_left_out(span: Span) -> None:
    assert excerpt("Séoul proteste", [span]).spans == ()


@given(st.text("ab \n\u00a0", max_size=900), st.sets(st.integers(0, 890), max_size=8))
def test_passages_are_few_none_repeats_another_and_all_their_marks_are_hits(text: str, starts: set[int]) -> None:
    spans = [Span("text", start, start + 1) for start in starts if text[start : start + 1].strip()]
    found = snippets(text, spans, length=60)
    assert 1 <= len(found) <= 3
    assert sum(len(one.text) for one in found) <= len(text) + 2 * len(found)
    marked = [one.text[span.start : span.end] for one in found for span in one.spans]
    assert marked == [text[span.start : span.end] for span in sorted(spans)][: len(marked)]


@given(st.text("ab \n\t«»\u00a0", max_size=900), st.integers(0, 900), st.integers(1, 20))
@example(" a" * 500, 301, 1)
def test_whatever_the_text_the_marked_words_are_those_that_were_hit(text: str, start: int, length: int) -> None:
    end = min(len(text), start + length)
    word = text[start:end]
    if not word.strip() or word != word.strip():
        return
    passage = excerpt(text, [Span("text", start, end)])
    assert len(passage.text) <= LENGTH + 2
    (span,) = passage.spans
    assert passage.text[span.start : span.end].split() == word.split()
