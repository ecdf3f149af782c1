"""The compact table of words: what is found by the written form, by the folded one, by an ending, and from a file."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.fold import fold
from matching.word_table import Builder, Entry, WordTable

FRENCH: list[Entry] = [
    ("coréennes", ("coreen",)),
    ("coréen", ()),
    ("élève", ()),
    ("élevé", ("elever",)),
    ("élever", ()),
    ("marche", ()),
    ("marché", ("marcher",)),
    ("tirés", ("tire", "tirer")),
    ("allé", ("aller",)),
    ("va", ("aller",)),
]


@pytest.fixture(scope="module")
def french() -> WordTable:
    return Builder().table(FRENCH)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("coréennes", ("coreen",)),
        ("coreennes", ("coreen",)),
        ("coréen", ()),
        ("coreen", ()),
        ("tirés", ("tire", "tirer")),
        ("va", ("aller",)),
        ("eleve", ("elever",)),
        ("elever", ()),
        ("marché", ("marcher",)),
        ("marche", ()),
        ("inconnu", None),
        ("Coréennes", None),
        ("", None),
    ],
)
def test_a_word_is_found_as_it_is_written_or_folded(
    french: WordTable, word: str, expected: tuple[str, ...] | None
) -> None:
    assert french.find(word, fold(word)) == expected


def test_a_folded_form_that_is_a_word_itself_is_that_word_only(french: WordTable) -> None:
    assert french.find("marche", "marche") == ()


def test_words_that_are_alike_without_accents_are_found_together() -> None:
    table = Builder().table([("pêché", ("pecher",)), ("péché", ("pechere",)), ("pèche", ())])
    assert set(table.find("peche", "peche") or ()) == {"pecher", "pechere"}


def test_a_table_of_nothing_finds_nothing() -> None:
    assert Builder().table([]).find("mot", "mot") is None
    assert Builder().table([]).guess("mots") is None


def test_an_ending_points_to_a_base_that_is_known() -> None:
    stems = ("alba", "bora", "cuda", "dima", "fuga", "gola", "huma", "joka", "kela", "luna", "mida", "nora", "pola")
    entries: list[Entry] = [(f"{stem}tik", (stem,)) for stem in stems] + [(stem, ()) for stem in (*stems, "zora")]
    table = Builder().table(entries)
    assert table.find("zoratik", "zoratik") is None
    assert table.guess("zoratik") == ("zora",)
    assert table.guess("yuratik") is None
    assert table.guess("zora") is None


_word = st.text(alphabet="abcdeéèçßøœйёавЙ", min_size=1, max_size=8)
_entries = st.dictionaries(
    _word, st.lists(_word.map(fold).filter(bool), max_size=3, unique=True).map(tuple), max_size=30
)


@given(_entries)
def test_every_entry_is_found_by_all_its_lemmas(entries: dict[str, tuple[str, ...]]) -> None:
    table = Builder().table(entries.items())
    for word, lemmas in entries.items():
        assert table.find(word, fold(word)) == tuple(lemma for lemma in lemmas if lemma != fold(word))
        by_folded = table.find(fold(word), fold(word))
        assert by_folded is not None
        if fold(word) not in entries:
            assert {lemma for lemma in lemmas if lemma != fold(word)} <= set(by_folded)


@given(_entries)
def test_a_saved_table_is_the_same_when_it_is_loaded(entries: dict[str, tuple[str, ...]]) -> None:
    table, file = Builder().table(entries.items()), io.BytesIO()
    table.save(file)
    file.seek(0)
    loaded = WordTable.load(file)
    assert len(loaded) == len(table)
    for word in entries:
        for spelling in (word, fold(word), word + "x"):
            assert loaded.find(spelling, fold(spelling)) == table.find(spelling, fold(spelling))
            assert loaded.guess(fold(spelling)) == table.guess(fold(spelling))


@pytest.mark.parametrize("damaged", [b"", b"no table", b"PK\x03\x04 cut"])
def test_a_damaged_file_is_refused(damaged: bytes) -> None:
    with pytest.raises(Exception) as refused:
        WordTable.load(io.BytesIO(damaged))
    assert type(refused.value).__name__ in ("ValueError", "EOFError", "BadZipFile", "KeyError")
