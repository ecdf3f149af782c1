"""The lexicon: the keys of a word in its language, what is loaded when, and what is kept for the next process."""

import asyncio
from pathlib import Path

import pytest

from cli.languages import lexicon
from matching import DictionaryLexicon, tokens
from matching.dictionaries import code_of, corrections
from matching.fold import fold
from matching.shelf import Shelf
from matching.stems import MARK
from service.reader import Reader

# A dictionary that is read in a fraction of a second.
SMALL = "ms"


def keys(word: str, language: str | None) -> tuple[str, ...]:
    return lexicon()(word, fold(word), language)


@pytest.mark.parametrize("word", ["Coréennes", "troops", "Häuser", "US", "été", "F16", "북", "ISIS", "zzzzzing"])
@pytest.mark.parametrize("language", ["fr", "en", "de", "ko", "xx", None])
def test_the_folded_form_is_the_first_key_in_any_language(word: str, language: str | None) -> None:
    assert keys(word, language)[0] == fold(word)
    assert len(set(keys(word, language))) == len(keys(word, language))


@pytest.mark.parametrize("language", [None, "", "ko", "zh", "xx"])
def test_a_language_without_a_dictionary_has_the_folded_form_only(language: str | None) -> None:
    assert keys("Coréennes", language) == ("coreennes",)


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("fr", "tirés", ("tires", "tire", "tirer")),
        ("fr", "tirée", ("tiree", "tire", "tirer")),
        ("fr", "nordcoréennes", ("nordcoreennes", "nordcoreen")),
        ("fr", "université", ("universite",)),
        ("fr", "données", ("donnees", "donnee")),
        ("fr", "été", ("ete",)),
        ("fr", "Corée", ("coree",)),
        ("fr", "OTAN", ("otan",)),
        ("en", "US", ("us",)),
        ("en", "went", ("went", "go")),
        ("de", "Müller", ("muller", "mueller")),
        ("de", "Haeuser", ("haeuser", "hauser", "haus")),
        ("pt-BR", "mísseis", ("misseis", "missil")),
    ],
)
def test_a_word_has_these_keys(language: str, word: str, expected: tuple[str, ...]) -> None:
    assert keys(word, language) == expected


def test_a_language_is_known_by_any_of_its_tags() -> None:
    assert code_of("FR") == code_of("fr-CA") == code_of("fr_CA") == "fr"
    assert code_of("hr") == code_of("sr-Latn") == "hbs"
    assert code_of("no") == "nb"
    assert code_of("../fr") is None


def test_the_stem_of_an_unknown_word_meets_stems_only() -> None:
    assert keys("blorpification", "en")[-1].startswith(MARK)
    assert keys("Blorpification", "en") == ("blorpification",)


def test_a_language_is_loaded_when_it_is_first_asked_for() -> None:
    fresh = DictionaryLexicon()
    assert not fresh.is_loaded(SMALL)
    assert fresh.is_loaded(None)
    assert fresh.is_loaded("ko")
    fresh("kapal", "kapal", SMALL)
    assert fresh.is_loaded(SMALL)


def test_what_was_made_of_a_dictionary_is_kept_in_a_file_and_read_back(tmp_path: Path) -> None:
    made = Shelf(tmp_path).table(SMALL)
    [file] = tmp_path.iterdir()
    before = file.stat().st_mtime_ns
    read = Shelf(tmp_path).table(SMALL)
    assert file.stat().st_mtime_ns == before
    assert len(read) == len(made) > 10_000


def test_a_file_that_is_damaged_is_made_anew(tmp_path: Path) -> None:
    whole = len(Shelf(tmp_path).table(SMALL))
    [file] = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:1_000])
    assert len(Shelf(tmp_path).table(SMALL)) == whole
    assert file.stat().st_size > 1_000


def test_what_an_older_version_made_is_dropped(tmp_path: Path) -> None:
    (tmp_path / f"{SMALL}-0123456789abcdef.npz").write_bytes(b"older")
    Shelf(tmp_path).table(SMALL)
    [file] = tmp_path.iterdir()
    assert file.stat().st_size > 1_000


def test_a_folder_that_cannot_be_written_costs_no_more_than_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert len(Shelf(tmp_path / "file" / "folder").table(SMALL)) > 10_000


async def test_a_language_is_loaded_beside_the_loop() -> None:
    fresh, turns = DictionaryLexicon(), 0
    loading = asyncio.create_task(Reader(fresh).ready(SMALL))
    while not loading.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 10
    assert fresh.is_loaded(SMALL)


def test_every_correction_is_of_a_word_that_the_dictionary_knows() -> None:
    for language in ("fr", "en", "de", "es"):
        lexicon().load(language)
        told = corrections(language)
        table = lexicon()._tables[language]
        words = [*told.alone, *told.forms, *told.forms.values()]
        assert [word for word in words if table.find(word, fold(word)) is None] == []


def test_an_apostrophe_parts_a_turkish_name_from_its_endings() -> None:
    [token] = tokens("Ankara'da", "tr", lexicon())
    assert token.folded == "ankarada"
    assert "ankara" in token.keys
