"""The measurements of stories and copies: the score, the texts that words are counted in, and a floor."""

import json
from pathlib import Path

import pytest

from bench.background import distinct, texts_of
from bench.stories import bcubed, copies, placed, read
from matching import document, folded_only
from matching.placing import sketch
from matching.rarity import Rarity
from news.article import Article
from tests.judges import judge
from tests.made_news import made

FLOOR = 0.80  # of BCubed F1; docs and bench/README.md have what was measured


def test_bcubed_is_one_where_stories_are_events() -> None:
    assert bcubed(["a", "a", "b"], [7, 7, 3]) == (1.0, 1.0, 1.0)


def test_bcubed_tells_too_few_stories_from_too_many() -> None:
    assert bcubed(["a", "a", "b", "b"], [1, 1, 1, 1]) == pytest.approx((0.5, 1.0, 2 / 3))
    assert bcubed(["a", "a", "b", "b"], [1, 2, 3, 4]) == pytest.approx((1.0, 0.5, 2 / 3))


def test_the_labelled_articles_are_put_together_as_well_as_they_were() -> None:
    articles = [one for one in read(judge("stories-ecbplus.jsonl.gz")) if one.topic > 21]
    drawn = [sketch(document(Article("", "", one.title, one.text, language="en"), ""), Rarity()) for one in articles]
    _, _, f1 = bcubed([one.event for one in articles], placed(drawn))
    assert f1 > FLOOR


def test_edited_texts_are_found_and_other_texts_are_not() -> None:
    texts = [made(number, 1).article.text for number in range(12)]
    lines = copies(texts)
    assert [line for line in lines if "1.000 found" in line and "30 % of" not in line] == lines[1:4] + lines[5:6]
    assert "66 pairs of originals; 0 texts held for copies" in lines[6]


def test_the_texts_of_a_folder_are_read_with_their_languages(tmp_path: Path) -> None:
    gold = {"language": "fr", "title": "Le port", "text": "Les pilotes ont voté."}
    (tmp_path / "01.json").write_text(json.dumps(gold), encoding="utf-8")
    assert list(texts_of(tmp_path)) == [("fr", "Le port\n\nLes pilotes ont voté.")]


def test_a_manual_is_cut_into_stretches_and_what_is_not_translated_is_left_out(tmp_path: Path) -> None:
    french = "Les paquets sont installés par l’administrateur qui les a choisis dans la liste. " * 40
    english = "The packages are installed by the administrator who has chosen them from the list. " * 40
    folder = tmp_path / "fr-FR"
    folder.mkdir()
    page = "".join(f'<div class="para">{text}</div>' for text in (french, english, french))
    (folder / "apt.html").write_text(f"<html><body><p>Menu</p>{page}</body></html>", encoding="utf-8")
    texts = list(texts_of(tmp_path))
    assert [language for language, _ in texts] == ["fr", "fr"]
    assert not any("administrator " in text for _, text in texts)


def test_a_word_is_counted_as_its_lemma_and_as_it_is_folded() -> None:
    def lexicon(exact: str, folded: str, language: str | None) -> tuple[str, ...]:
        return (*folded_only(exact, folded, language), "navire") if folded == "navires" else (folded,)

    assert distinct("Navires à quai", "fr", lexicon) == {"navire", "navires", "quai"}
