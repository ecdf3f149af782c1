"""From text to tokens: which spellings meet, which must not, and where each stands in the original text."""

import json
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matching import document, folded_only, parse, search_terms, spans, tokens
from matching.analyzer import _MOST_MEMOS, _MOST_REMEMBERED, Lexicon, _memos, forget
from matching.fold import _fold_once, fold
from news.article import Article
from tests.judges import judge


def folded(text: str) -> list[str]:
    """The folded forms of a text, without the joined ones."""
    return [token.folded for token in tokens(text) if token.length == 1]


def is_found(query: str, text: str) -> bool:
    """Whether a word of a query is found in a text."""
    article = Article("https://example.com/", "https://example.com/", "", text)
    return spans(parse(query), document(article, "")) is not None


# Each word of a query, and a text in which it is found.
MEET = [
    # accents, case, Unicode's two ways to write é
    ("Coree", "La Corée du Sud"), ("Corée", "COREE"), ("CORÉE", "Corée"), ("corée", "Core\u0301e"),
    ("Core\u0301e", "Corée"), ("ÉLYSÉE", "l’Elysee"), ("garcon", "garçon"), ("Noël", "NOEL"),
    # apostrophes and elision
    ("armes", "fournir d’armes létales"), ("armes", "d'armes"), ("d'armes", "des armes"), ("OTAN", "l’OTAN"),
    ("L'OTAN", "OTAN"), ("aujourd'hui", "aujourd’hui"), ("aujourd’hui", "AUJOURD'HUI"), ("aujourdhui", "aujourd'hui"),
    ("aujourd'hui", "d’aujourd´hui"), ("O'Brien", "OBrien"), ("obrien", "O’Brien"), ("Kim", "Kim's visit"),
    ("Kim’s", "Kim"), ("unanimité", "à l’unanimité"), ("Ucraina", "dell’Ucraina"), ("=est", "c’est"),
    ("l'ONU", "qu’ONU"), ("п'ять", "п’ять"), ("п’ять", "пʼять"), ("prud'homme", "prud’homme"), ("don't", "don’t"),
    # acronyms
    ("OTAN", "O.T.A.N."), ("O.T.A.N.", "l’OTAN"), ("o.t.a.n", "l’O.T.A.N."), ("USA", "U.S.A"), ("US", "the U.S."),
    ("США", "С.Ш.А."), ("JK", "J.K. Rowling"),
    # figures
    ("3000", "3 000 troupes"), ("3 000", "3000"), ("3,000", "3\u202f000"), ("3.000", "3\u00a0000"), ("3'000",
    "3,000"),
    ("1000000", "1 000 000"), ("30 000", "20-30 000"), ("2,5", "2.5 %"), ("٣٠٠٠", "3000"), ("F-16", "F16"),
    ("G7", "G-7"), ("12:30", "12.30"),
    # hyphens
    ("anti-terroriste", "antiterroriste"), ("antiterroriste", "anti-terroriste"),
    ("anti-terroriste", "anti terroriste"), ("anti-terroriste", "anti‑terroriste"),
    ("coréennes", "nord-coréennes"), ("nord", "nord-coréennes"),
    ("nord-coréennes", "nord-core\u0301ennes"), ("nordcoreennes", "Nord-Coréennes"), ("est-à-dire", "c’est-à-dire"),
    ("Jong-un", "Kim Jong Un"), ("Covid-19", "COVID 19"), ("président", "l’ex-président"), ("x-y-z", "xyz"),
    # ligatures and letters that Unicode does not take apart
    ("oeuvre", "mettrons en œuvre"), ("œuvre", "OEUVRE"), ("Strasse", "Straße"), ("Lodz", "Łódź"), ("Tromso",
    "Tromsø"),
    ("cote", "co\u00adte"), ("ﬁn", "fin"), ("ＯＴＡＮ", "OTAN"), ("m2", "m²"),
    # Turkish, Greek
    ("İstanbul", "istanbul"), ("Istanbul", "İstanbul"), ("ISTANBUL", "ıstanbul"), ("Αθήνα", "ΑΘΗΝΑ"),
    ("αθηνα", "Αθήνα"), ("ΟΔΟΣ", "οδός"), ("προϋπολογισμός", "ΠΡΟΥΠΟΛΟΓΙΣΜΟΣ"),
    # Russian, Ukrainian
    ("поселок", "посёлок"), ("Королёв", "КОРОЛЕВ"), ("Россия", "Росси\u0301я"), ("йод", "и\u0306од"), ("Київ",
    "КИЇВ"),
    # Arabic, Hebrew, Hindi
    ("احمد", "أحمد"), ("كتب", "كَتَبَ"), ("مدرسة", "مدرسه"), ("علي", "على"), ("שלום", "שָׁלוֹם"),
    ("हिन्दी", "वह हिन्दी बोलता है"),
    # Korean, Chinese, Japanese, Thai: without a space between words
    ("북한", "북한은 미사일을 발사했다"), ("미사일", "북한은 미사일을"), ("북한", "북한"),
    ("朝鲜", "韩国谴责朝鲜与俄罗斯"), ("ミサイル", "北朝鮮がミサイルを発射"), ("ガス", "ｶﾞｽ"),
    ("ไทย", "ประเทศไทย"), ("手机", "iPhone手机"),
    ("iphone", "iPhone手机"),
    # punctuation of any kind
    ("Corée", "(Corée)"), ("Corée", "«Corée»"), ("Corée", "Russie/Corée"), ("Corée", "#Corée_du_Sud"),
    ("Corée", "‘Corée’"),
]  # fmt: skip

PART = [
    ("ISIS", "a crisis"), ("AI", "training"), ("AI", "he said"), ("armes", "larmes"), ("Corée", "Coréen"),
    ("OTAN", "potager"), ("aujourd", "aujourd'hui"), ("hui", "aujourd'hui"), ("30", "3-0"), ("300", "3 000"),
    ("000", "3 000"), ("3", "3 000"), ("20", "2024"), ("йод", "иод"), ("が", "か"), ("marche", "démarche"),
    ("université", "univers"), ("=s", "Kim's"), ("=l", "l'OTAN"), ("du-nord", "nord du"), ("北韓", "韓北"),
    ("25", "2,5"), ("Zelensk*", "selenskyj"), ("=Corée", "coree"), ("=Orange", "orange"), ("=orange", "ORANGE"),
    ("=Corée", "Coree"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "text"), MEET)
def test_two_spellings_of_one_word_meet(query: str, text: str) -> None:
    assert is_found(query, text)


@pytest.mark.parametrize(("query", "text"), PART)
def test_two_different_words_do_not_meet(query: str, text: str) -> None:
    assert not is_found(query, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Appel au retrait des troupes", ["appel", "au", "retrait", "des", "troupes"]),
        ("Ils n’ont qu’à s’en aller", ["ils", "ont", "a", "en", "aller"]),
        ("Selon AP News, 1 000 soldats.", ["selon", "ap", "news", "1000", "soldats"]),
        ("av. J.-C.", ["av", "j", "c"]),
        ("www.lemonde.fr/a-b", ["www", "lemonde", "fr", "a", "b"]),
        ("score : 3-0 le 2024-11-05 à 12:30", ["score", "3", "0", "le", "2024", "11", "05", "a", "12", "30"]),
        ("en 2024 100 morts", ["en", "2024", "100", "morts"]),
        ("5.12 300 et 1,2 300", ["5", "12", "300", "et", "1", "2", "300"]),
        ("0 125 1 2345", ["0", "125", "1", "2345"]),
        ("a_b c__d", ["a", "b", "c", "d"]),
        ("한국 24시", ["한", "국", "24", "시"]),
        ("\u1112\u1161\u11ab국", ["한", "국"]),
        ("", []),
        ("… — !? 🙂 €", []),
        ("\u0301\u0301", []),
        ("ـ", []),
    ],
)
def test_a_text_falls_into_these_tokens(text: str, expected: list[str]) -> None:
    assert folded(text) == expected


def test_nord_coreennes_gives_its_parts_in_a_row_and_beside_them_the_joined_form() -> None:
    found = tokens("Les troupes nord-coréennes de Russie")
    assert [(token.folded, token.position, token.length) for token in found] == [
        ("les", 0, 1),
        ("troupes", 1, 1),
        ("nord", 2, 1),
        ("coreennes", 3, 1),
        ("nordcoreennes", 2, 2),
        ("de", 4, 1),
        ("russie", 5, 1),
    ]


def test_a_slug_of_many_parts_has_no_joined_form() -> None:
    assert all(token.length == 1 for token in tokens("pacte-militaire-entre-russie-et-coree-du-nord"))
    assert any(token.length == 4 for token in tokens("Saint-Germain-en-Laye"))


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        ("À l’OTAN, aujourd’hui", ["À", "OTAN", "aujourd’hui"]),
        ("L'O.T.A.N. a dit", ["O.T.A.N.", "a", "dit"]),
        ("les 3\u202f000 troupes", ["les", "3\u202f000", "troupes"]),
        ("nord‑core\u0301ennes !", ["nord", "core\u0301ennes", "nord‑core\u0301ennes"]),
        ("Straße ﬁn İstanbul", ["Straße", "ﬁn", "İstanbul"]),
        ("Kim’s «Corée»", ["Kim", "Corée"]),
        ("𝐂orée ok", ["𝐂orée", "ok"]),
        ("북한은", ["북", "한", "은"]),
    ],
)
def test_offsets_point_at_the_original_characters(text: str, slices: list[str]) -> None:
    assert [text[token.start : token.end] for token in tokens(text)] == slices


def test_a_lexicon_gives_a_word_further_keys_in_its_language() -> None:
    def plurals(exact: str, folded: str, language: str | None) -> tuple[str, ...]:
        return (folded, folded.removesuffix("s")) if language == "fr" and folded.endswith("s") else (folded,)

    assert [token.keys for token in tokens("les armes", "fr", plurals)] == [("les", "le"), ("armes", "arme")]
    assert [token.keys for token in tokens("les armes", "en", plurals)] == [("les",), ("armes",)]


def test_search_terms_are_the_folded_tokens_in_order() -> None:
    assert search_terms("L’OTAN à Séoul : 3 000 «troupes»") == "otan a seoul 3000 troupes"


def test_search_terms_end_with_the_joined_forms_each_between_its_neighbours() -> None:
    assert search_terms("des forces nord-coréennes ici") == (
        "des forces nord coreennes ici forces nordcoreennes ici"
    )  # fmt: skip


def test_search_terms_hold_two_joined_forms_side_by_side() -> None:
    assert "nordcoreennes antiterroristes" in search_terms("forces nord-coréennes anti-terroristes")


_texts = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from([
            "é", "e\u0301", "\u0301", "O", ".", "-", "'", "’", "3", " ", "\u00a0", "000", ",", "l", "s",
            "한", "ㅎ", "\u1112\u1161",
            "ｶ", "ﾞ", "ก", "ิ", "\u00ad", "\u200d", "İ", "ß", "٣", "न", "्", "\ud800", "\x00", "_", "😀", "ʼ", "ـ",
    "🏳️‍🌈",
        ])
    ).map("".join),
)  # fmt: skip


@settings(deadline=None)
@given(_texts)
@example("\ud800")
@example("a." * 50)
def test_no_text_is_refused_and_tokens_are_in_order_within_it(text: str) -> None:
    found = tokens(text)
    words = [token for token in found if token.length == 1]
    assert [word.position for word in words] == list(range(len(words)))
    assert all(0 <= token.start < token.end <= len(text) and token.folded for token in found)
    assert all(one.end <= other.start for one, other in pairwise(words))
    assert all(word.folded == fold(text[word.start : word.end]) == fold(word.folded) for word in words)


@settings(deadline=None)
@given(_texts)
def test_stored_terms_are_letters_digits_and_marks_parted_by_single_spaces(text: str) -> None:
    terms = search_terms(text)
    assert terms.split(" ") == terms.split() or terms == ""
    assert not set(terms) & set("'\"*():\x00\\")
    assert terms.encode("utf-8").decode("utf-8") == terms


@settings(deadline=None)
@given(_texts)
def test_an_analysed_text_is_found_by_its_own_words(text: str) -> None:
    words = folded(text)
    assert folded(" ".join(words)) == words or any(not word.isalpha() or not word.isascii() for word in words)


def test_every_letter_of_unicode_folds_once_and_for_all() -> None:
    letters = [chr(point) for point in range(0x30000) if chr(point).isalnum()]
    assert [letter for letter in letters if fold(fold(letter)) != fold(letter)] == []


def test_folding_a_folded_word_changes_nothing_even_where_a_sign_was_left_out() -> None:
    assert fold("aʻ\u0302b") == "ab"


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=["L", "M", "N"], max_codepoint=0x2FFFF), max_size=6))
def test_folding_letter_by_letter_is_folding_the_word(word: str) -> None:
    assert fold(word) == _fold_once(_fold_once(word)) or word.isascii()


def test_the_memos_of_the_analyzer_are_capped_all_together_and_keep_what_is_asked_for_again() -> None:
    forget()
    languages = ("fr", "en", "de", "es")
    for start in range(0, 3 * _MOST_REMEMBERED, 1_000):
        for language in languages:
            tokens("partout " + " ".join(f"w{number}" for number in range(start, start + 1_000)), language)
    memos = [_memos.of(language, folded_only) for language in languages]
    held = [len(memo) for memo in memos]
    assert sum(held) <= _MOST_REMEMBERED
    assert sum(len(memo._before) for memo in memos) <= _MOST_REMEMBERED
    assert all("partout" in memo or "partout" in memo._before for memo in memos)
    assert [token.folded for token in tokens("w0 w1", "fr")] == ["w0", "w1"]
    forget()
    assert not any(map(len, (_memos.of(language, folded_only) for language in languages)))


def test_no_more_memos_are_kept_than_languages_and_lexicons_of_late() -> None:
    def another() -> Lexicon:
        return lambda exact, folded, language: (folded,)

    forget()
    for _ in range(3 * _MOST_MEMOS):
        tokens("", "fr", another())
        tokens("un mot", "fr")
    assert len(_memos._memos) == _MOST_MEMOS
    assert len(_memos.of("fr", folded_only)) == 2


def test_an_endless_word_is_cut_before_a_database_refuses_it() -> None:
    assert len(tokens("é" * 10_000)[0].folded) == 200
    assert tokens("é" * 10_000)[0].end == 10_000


@pytest.mark.parametrize(
    "evil",
    ["a." * 200_000, "a." * 200_000 + "aa", "a.a" * 100_000,
     "a\u0301" * 100_000, "a.\u0301" * 100_000, "-" * 200_000, "a-" * 100_000,
     "a'" * 100_000, "1 000" * 50_000, "1,000," * 50_000, "\u1100" * 200_000, "a" + "\u0301" * 200_000,
    "'" * 200_000],
)  # fmt: skip
def test_no_text_takes_the_square_of_its_length(evil: str) -> None:
    began = time.process_time()
    tokens(evil)
    assert time.process_time() - began < 10


def test_naughty_strings_are_analysed_with_offsets_that_hold() -> None:
    for text in json.loads(judge("naughty-strings.json").read_text(encoding="utf-8")):
        for token in tokens(text):
            assert token.length > 1 or token.folded == fold(text[token.start : token.end])
