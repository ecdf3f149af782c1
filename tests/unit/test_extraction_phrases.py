"""Each phrase of each language: a line of a site that it drops, and a sentence with the same words that stays."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from extraction.phrases import KINDS, by_language, normalized, phrases

CASES = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parents[1] / "phrases").glob("*.toml"))
}
LANGUAGES = {"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "zh"}
WHOLE = ("lines", "endings", "comments")


def cases(side: str) -> Iterator[tuple[str, str]]:
    """The written cases, each with its language."""
    return ((language, line) for language, both in CASES.items() for line in both[side])


def known(kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The phrases of some kinds, each with its language."""
    for language, found in by_language().items():
        yield from ((language, phrase) for kind in kinds for phrase in found.get(kind, ()))


def is_dropped(line: str) -> bool:
    return phrases().is_boilerplate(line) or phrases().is_ending(line)


def holds(line: str, phrase: str) -> bool:
    """Whether the phrase stands somewhere in the line, its gaps filled."""
    return all(part in normalized(line) for part in normalized(phrase).replace("*", "").split("…"))


def opens_alike(line: str, phrase: str, *, wholly: bool) -> bool:
    """Whether the line begins with the phrase, or, if that would already make it the site's, with half of its words."""
    words = normalized(phrase).partition("…")[0].removesuffix("*").split()
    opening = " ".join(words if wholly else words[: max(1, len(words) // 2)])
    return re.sub(r"^\W+", "", normalized(line)).startswith(re.sub(r"^\W+", "", opening))


@pytest.mark.parametrize(("language", "line"), [*cases("is")])
def test_a_line_of_the_site_is_dropped(language: str, line: str) -> None:
    assert is_dropped(line), language


@pytest.mark.parametrize(("language", "line"), [*cases("not")])
def test_a_sentence_of_an_article_stays(language: str, line: str) -> None:
    assert not is_dropped(line), language


@pytest.mark.parametrize(("language", "phrase"), [*known(WHOLE)])
def test_a_phrase_that_is_a_whole_line_is_dropped_however_it_is_set(language: str, phrase: str) -> None:
    for line in (phrase, phrase.upper(), f"▸ {phrase}:", f"{phrase} …", f"{phrase} (12)"):
        assert is_dropped(line), (language, line)


def test_every_language_has_its_phrases_of_every_kind_and_its_cases() -> None:
    assert set(CASES) == set(by_language()) == LANGUAGES
    for language, found in by_language().items():
        assert set(KINDS) - {"closings"} <= set(found) <= set(KINDS), language


@pytest.mark.parametrize("language", sorted(CASES))
def test_every_phrase_has_a_line_that_it_drops_and_one_that_stays(language: str) -> None:
    found = by_language()[language]
    begun = [phrase for kind in ("labels", "sentences", "closings") for phrase in found.get(kind, ())]
    assert not [phrase for phrase in begun if not any(holds(line, phrase) for line in CASES[language]["is"])]
    every = [(phrase, kind) for kind in KINDS for phrase in found.get(kind, ())]
    stay = CASES[language]["not"]
    assert not [
        phrase
        for phrase, kind in every
        if not any(holds(line, phrase) or opens_alike(line, phrase, wholly=kind != "sentences") for line in stay)
    ]


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it"])
def test_every_phrase_has_a_sentence_that_opens_like_it_and_stays(language: str) -> None:
    stay = CASES[language]["not"]
    for kind, found in by_language()[language].items():
        wholly = kind != "sentences"
        assert not [one for one in found if not any(opens_alike(line, one, wholly=wholly) for line in stay)], kind


@pytest.mark.parametrize("language", sorted(CASES))
def test_no_phrase_is_said_twice_in_one_kind(language: str) -> None:
    for kind, found in by_language()[language].items():
        assert len(found) == len(set(found)), kind


def test_what_is_longer_than_a_sites_sentence_is_the_authors() -> None:
    assert is_dropped("版权所有，侵权必究。")
    assert not is_dropped("版权所有" + "的问题在法庭上争论了很久，" * 20)


def test_letters_that_writers_do_not_tell_apart_are_one() -> None:
    assert is_dropped("اقرأ أيضاً: رئيس البلدية يعلن الميزانية")
    assert is_dropped("إقرا ايضا: رئيس البلدية يعلن الميزانية")
    assert is_dropped("Читайте еще: Мост открыли")
    assert is_dropped("【関連記事】橋が再開")
    assert is_dropped("责任编辑：王伟")


def test_a_word_that_only_begins_like_a_phrase_is_another() -> None:
    assert not is_dropped("Siga-nos notou o porteiro, e rimos.")
    assert not is_dropped("Фотограф: так он назвал себя.")
    assert not is_dropped("Fotografie: ein Handwerk, das verschwindet, sagt sie.")
