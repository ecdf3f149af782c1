"""What changed in an article between two visits."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.revision.compare import ChangeKind, compare, fingerprints
from extraction.revision.textdiff import runs
from news.article import Article

FR = "Le gouvernement a présenté hier son projet de loi devant les députés. Il y a eu 12 morts dans la ville de Lyon."
EN = "The government presented its bill to parliament on Monday. The minister said 12 people were killed in the city."
DE = "Die Regierung hat gestern ihren Entwurf im Parlament vorgestellt. In der Stadt wurden zwölf Menschen getötet."
ES = "El gobierno presentó ayer su proyecto de ley ante los diputados. Murieron 12 personas en la ciudad de Sevilla."
RU = "Правительство представило вчера свой законопроект в парламенте. Погибли 12 человек, сообщил министр в Москве."
ZH = "政府昨天向议会提交了这项法案。部长说，这座城市有12人死亡。他的办公室拒绝发表评论。"
AR = "قدمت الحكومة أمس مشروع القانون أمام البرلمان. وقال الوزير إن 12 شخصا قتلوا في المدينة."
MORE = "\n\nUne phrase qui suit."

# The text before, what is replaced in it by what, and what kind of change that is.
CASES: list[tuple[str, str, str, ChangeKind]] = [
    (FR, "12 morts", "14 morts", "text"),
    (FR, "12 morts", "12\u00a0morts", "none"),
    (FR, "Le gouvernement", "LE GOUVERNEMENT", "none"),
    (FR, "gouvernement", "gouver\u00adnement", "none"),
    (FR, "présenté", "pre\u0301sente\u0301", "none"),
    (FR, "présenté", "presenté", "typo"),
    (FR, "gouvernement", "gouvernemment", "typo"),
    (FR, "gouvernement", "gouvrenement", "typo"),
    (FR, "a présenté", "n’a pas présenté", "text"),
    (FR, "a présenté", "a jamais présenté", "text"),
    (FR, "Lyon", "Lion", "text"),
    (FR, "Lyon", "Nice", "text"),
    (FR, "hier", "lundi", "text"),
    (FR, "de loi", "de de loi", "typo"),
    (FR, "députés. Il", "députés.\n\nIl", "none"),
    (FR, "députés. Il", "députés.Il", "none"),
    (FR, "les députés", "tous les députés", "text"),
    (FR, FR, FR + "\n\nLire aussi : Un tout autre sujet", "template"),
    (FR, FR, "Mis à jour à 14h05\n\n" + FR, "template"),
    (FR, FR, "Il y a 3 heures\n\n" + FR, "template"),
    (FR, FR, FR + "\n\n1 204 partages", "template"),
    (FR, FR, FR + "\n\nPartager cet article", "template"),
    (FR, FR, "Par Jeanne Martin\n\n" + FR, "template"),
    (FR, FR, FR + "\n\nLe Premier ministre a démissionné.", "text"),
    ("Il y a 3 heures\n" + FR, "3 heures", "5 heures", "template"),
    (FR + MORE, FR + MORE, MORE.strip() + "\n\n" + FR, "template"),
    ("La Coree du Nord a tiré deux missiles.", "Coree", "Corée", "typo"),
    ("Il a dit « non » à la presse.", "« non »", "“non”", "none"),
    ("Le marché vaut 12 000 euros par an.", "12 000", "12000", "none"),
    ("Le marché vaut 5 % de moins.", "5 %", "6 %", "text"),
    (EN, "12 people", "13 people", "text"),
    (EN, "on Monday", "on Sunday", "text"),
    (EN, "government", "goverment", "typo"),
    (EN, "were killed", "were not killed", "text"),
    (EN, "were killed", "were never killed", "text"),
    (EN, "to parliament", "to the parliament", "typo"),
    (EN, "The minister", "The the minister", "typo"),
    (EN, "parliament on", "parliament – on", "typo"),
    (EN, "its bill", "it's bill", "typo"),
    (EN, "The minister said", "The minister denied", "text"),
    (EN, EN, EN + "\n\nRead also: Something else", "template"),
    (EN, EN, EN + "\n\nUpdated at 14:05", "template"),
    (EN, EN, EN + "\n\n3 hours ago", "template"),
    (EN, EN, EN + "\n\n12,304 views", "template"),
    (EN, "in the city.", "in the city (updated at 14:05).", "template"),
    ("The plan is legal, they said.", "legal", "illegal", "text"),
    ("They can go home now, he said.", "now", "not", "text"),
    ("A few of them have gone home.", "few", "new", "text"),
    ("It fell to -5 degrees at night.", "-5", "5", "text"),
    ("The UN said so in its last report.", "UN", "EU", "text"),
    (DE, "zwölf", "elf", "text"),
    (DE, "Regierung hat", "Regirung hat", "typo"),
    (DE, "vorgestellt", "vorgestelt", "typo"),
    (DE, "getötet", "nicht getötet", "text"),
    (DE, DE, DE + "\n\nLesen Sie auch: Etwas anderes", "template"),
    (DE, DE, "Stand: 21. November 2026, 15:10 Uhr\n\n" + DE, "template"),
    (DE, DE, "vor 3 Stunden\n\n" + DE, "template"),
    (ES, "proyecto", "proyeto", "typo"),
    (ES, "presentó", "presento", "typo"),
    (ES, "12 personas", "120 personas", "text"),
    (ES, "Murieron", "No murieron", "text"),
    (ES, "Sevilla", "Segovia", "text"),
    (ES, ES, ES + "\n\nTe puede interesar: Otra cosa", "template"),
    (ES, ES, "hace 3 horas\n\n" + ES, "template"),
    (RU, "законопроект", "законапроект", "typo"),
    (RU, "Погибли 12", "Погибли 21", "text"),
    (RU, "представило", "не представило", "text"),
    (RU, "в Москве", "в Минске", "text"),
    (RU, RU, RU + "\n\nЧитайте также: Другая новость", "template"),
    (RU, RU, "Обновлено 21 ноября 2026, 15:10\n\n" + RU, "template"),
    (ZH, "12人", "14人", "text"),
    (ZH, "12人", "１２人", "none"),
    (ZH, "有12", "没有12", "text"),
    (ZH, "这项法案", "这项的法案", "typo"),
    (ZH, "，", ",", "none"),
    (ZH, ZH, ZH + "\n\n总统星期二辞职。", "text"),
    (ZH, ZH, ZH + "\n\n相关阅读：另一条新闻", "template"),
    (ZH, ZH, "3小时前\n\n" + ZH, "template"),
    (AR, "12 شخصا", "14 شخصا", "text"),
    (AR, "12", "١٢", "none"),
    (AR, "الحكومة", "الحكومه", "typo"),
    (AR, "قتلوا", "لم قتلوا", "text"),
    (AR, "الوزير", "الوزـير", "none"),
    (AR, AR, AR + "\n\nاقرأ أيضا: خبر آخر", "template"),
]  # fmt: skip


def an_article(text: str, title: str = "Un titre", language: str | None = None) -> Article:
    """An article of one French site."""
    return Article("https://www.lemonde.fr/a", "https://www.lemonde.fr/a", title, text, language=language)


@pytest.mark.parametrize(("text", "old", "new", "kind"), CASES)
def test_a_change_is_of_its_kind_in_both_directions(text: str, old: str, new: str, kind: ChangeKind) -> None:
    assert old in text
    language = "de" if text is DE else None
    one, other = an_article(text, language=language), an_article(text.replace(old, new), language=language)
    assert (compare(one, other).kind, compare(other, one).kind) == (kind, kind)


HEADLINES: list[tuple[str, str, ChangeKind]] = [
    ("Grève à la SNCF", "Grève à la SNCF - Le Monde", "none"),
    ("Grève à la SNCF", "Le Monde | Grève à la SNCF", "none"),
    ("Grève à la SNCF", "EN DIRECT : Grève à la SNCF", "none"),
    ("Strike halts trains", "LIVE: Strike halts trains", "none"),
    ("Strike halts trains", "(3) Strike halts trains", "none"),
    ("Strike halts trains", "Strike halts trains [video]", "none"),
    ("Strike halts trains", "Strike Halts Trains", "none"),
    ("Strike halts trains", "", "none"),
    ("Strike halts all trains today", "Strike haltts all trains today", "typo"),
    ("Fire in Paris", "Fire in Paris - 12 dead", "headline"),
    ("Fire in Paris: 12 dead", "Fire in Paris: 14 dead", "headline"),
    ("Le ministre part", "Le ministre reste", "headline"),
    ("Le ministre part", "Le ministre ne part pas", "headline"),
    ("Zug fällt aus", "Ein Toter bei Unfall", "headline"),
    ("政府提交法案", "总统辞职", "headline"),
]


@pytest.mark.parametrize(("old", "new", "kind"), HEADLINES)
def test_a_headline_changes_when_it_says_something_else(old: str, new: str, kind: ChangeKind) -> None:
    change = compare(an_article(FR, old), an_article(FR, new))
    assert (change.kind, change.headline_changed) == (kind, kind == "headline")


def test_headline_and_text_together_are_a_change_of_the_text() -> None:
    change = compare(an_article(FR, "Une loi"), an_article(FR.replace("12", "14"), "Un drame"))
    assert change.kind == "text"
    assert change.headline_changed


def test_a_change_says_what_was_added_and_removed() -> None:
    change = compare(an_article(FR), an_article(FR.replace("12", "14")))
    assert change.removed == ("Il y a eu 12 morts dans la ville de Lyon.",)
    assert change.added == ("Il y a eu 14 morts dans la ville de Lyon.",)
    assert (change.words_added, change.words_removed) == (1, 1)
    assert 0.9 < change.similarity < 1


def test_what_is_shown_of_a_change_is_bounded() -> None:
    new = "\n\n".join(f"Paragraphe {number} {'mot ' * 500}" for number in range(100))
    change = compare(an_article(FR), an_article(new))
    assert len(change.added) == 20
    assert max(map(len, change.added)) <= 400


def test_a_paragraph_that_other_articles_have_is_the_template_s() -> None:
    block = "Ce journal est édité par une société dont le siège est à Paris."
    assert compare(an_article(FR), an_article(f"{FR}\n\n{block}")).kind == "text"
    assert compare(an_article(FR), an_article(f"{FR}\n\n{block}"), fingerprints(block)).kind == "template"


def test_a_typo_weighs_more_than_a_block_and_less_than_a_figure() -> None:
    new = FR.replace("gouvernement", "gouvernemment") + "\n\nLire aussi : Autre chose"
    assert compare(an_article(FR), an_article(new)).kind == "typo"
    assert compare(an_article(FR), an_article(new.replace("12", "13"))).kind == "text"


def test_a_misspelt_name_that_is_right_elsewhere_is_a_typo() -> None:
    old = "Le président Macorn a parlé. Selon Macron, rien ne presse. Hier, Macron est parti."
    new = an_article(old.replace("Macorn", "Macron"), language="fr")
    assert compare(an_article(old, language="fr"), new).kind == "typo"


def test_a_name_that_becomes_another_is_no_typo() -> None:
    old = "Le chef de la diplomatie Jean Martin a parlé."
    assert compare(an_article(old), an_article(old.replace("Martin", "Marlin"))).kind == "text"


LONG = "\n\n".join(f"{FR} Le paragraphe numéro {number} dit encore autre chose." for number in range(10))


@pytest.mark.parametrize("stub", [
    "", LONG[:150], "Nous utilisons des cookies. Acceptez-les pour lire la suite.", "Subscribe to read. Sign in.",
])  # fmt: skip
def test_a_stub_is_shrunk_and_no_change_of_the_text(stub: str) -> None:
    change = compare(an_article(LONG), an_article(stub))
    assert (change.kind, change.is_shrunk) == ("template", True)


def test_a_short_text_that_tells_something_new_is_not_shrunk() -> None:
    change = compare(an_article(LONG), an_article("Correction : le ministre est vivant."))
    assert (change.kind, change.is_shrunk) == ("text", False)


def test_a_wall_brings_no_headline() -> None:
    change = compare(an_article(LONG), an_article("We use cookies, do you consent?", "Before you go on"))
    assert (change.kind, change.headline_changed) == ("template", False)


def test_fingerprints_do_not_depend_on_how_a_paragraph_is_set() -> None:
    assert fingerprints("Il a dit « non ».\n\nPuis…") == fingerprints("IL A DIT “NON”.\nPuis...")
    assert fingerprints("12 commentaires") == fingerprints("14 commentaires")
    assert fingerprints(" \n\n ") == frozenset()
    assert {len(one) for one in fingerprints(LONG)} == {16}


TEXTS = st.lists(
    st.sampled_from(
        [*FR.split(), *EN.split(), *ZH, "\n\n", ". ", "12", "Publié à 14:05", "\u00a0", "«", "Lire aussi :"]
    )
    | st.text(max_size=4),
    max_size=40,
).map(" ".join)


@given(TEXTS, TEXTS)
def test_nothing_changed_between_an_article_and_itself(text: str, title: str) -> None:
    assert compare(an_article(text, title), an_article(text, title)).kind == "none"


@settings(max_examples=300)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_two_articles_compare_alike_in_both_directions(old: str, new: str, one: str, other: str) -> None:
    there = compare(an_article(old, one), an_article(new, other))
    back = compare(an_article(new, other), an_article(old, one))
    assert 0 <= there.similarity <= 1
    if not there.is_shrunk and not back.is_shrunk:
        assert there.kind == back.kind
        assert there.similarity == back.similarity
        assert (there.words_added, there.words_removed) == (back.words_removed, back.words_added)


class Counted(str):
    """A word that counts how often it is compared."""

    __slots__ = ()
    times = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.times += 1
        return str.__eq__(self, other)


@pytest.mark.parametrize(
    ("old", "new"), [("a" * 3_000, "b" * 3_000), ("ab" * 1_500, "ba" * 1_500), ("a" * 3_000, "a" * 2_900)]
)
def test_the_search_for_runs_takes_no_more_comparisons_than_promised(old: str, new: str) -> None:
    Counted.times = 0
    runs([Counted(one) for one in old], [Counted(one) for one in new], 48)
    assert Counted.times <= (2 * 48 + 1) * (len(old) + len(new))


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_runs_lead_from_the_old_to_the_new(old: list[str], new: list[str]) -> None:
    found = runs(old, new, 24)
    assert found is not None
    made, place = [], 0
    for run in found:
        made += old[place : run.old_start] + new[run.new_start : run.new_end]
        place = run.old_end
    assert made + old[place:] == new


def test_authors_in_a_byline_are_no_text() -> None:
    one = replace(an_article(EN), authors=("Ann van der Bilt",))
    assert compare(one, replace(one, text=f"Ann van der Bilt\n\n{EN}")).kind == "template"
