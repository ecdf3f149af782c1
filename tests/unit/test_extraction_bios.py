"""What a site says below an article of who wrote it, and an article's own last paragraph about its author."""

import pytest

from extraction.article import extract_article
from extraction.boilerplate import bio, cleaned
from extraction.furniture import Known
from news.article import Article, Page

PROSE = "Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures dans une salle comble."
MORE = (
    "La séance a été levée peu avant minuit, et le maire a promis que les travaux du pont commenceraient au printemps."
)

_BIOS = {
    "Sara Lind": [
        "Sara Lind is a reporter at the Courier.",
        "Sara Lind, editor, joined the Courier in 2019.",
        "Sara Lind covers schools and the harbour for the Courier.",
        "Sara Lind has covered three elections.",
        "Sara Lind est journaliste au Phare depuis 2019.",
        "Sara Lind, correspondante à Rome, suit aussi l’Albanie.",
        "Sara Lind suit l’actualité internationale pour Le Phare.",
        "Sara Lind ist Redakteurin im Ressort Politik.",
        "Sara Lind schreibt über Häfen und Schiffe.",
        "Sara Lind es periodista y vive en Cádiz.",
        "Sara Lind è giornalista e vive a Bari.",
        "Sara Lind é jornalista e cobre o porto.",
        "Sara Lind is verslaggever van de haven.",
        "Sara Lind jest dziennikarką z Gdyni.",
    ],
    "Анна Петрова": ["Анна Петрова — корреспондент газеты «Маяк»."],
    "سارة حداد": ["سارة حداد صحفية في جريدة المنارة."],
    "佐藤健": ["佐藤健（本紙記者）"],
    "김철수": ["김철수 기자"],
    "王明": ["王明，本报记者，驻北京。"],
}
_NEWS = [
    "Sara Lind was hit by a stone and is still in hospital.",
    "Sara Lind was there when the bridge fell.",
    "Sara Linden is a reporter at the Courier.",
    "Sara Lind a été reçue jeudi par le maire, et lui a remis la pétition.",
    "Sara Lind est arrivée deuxième de la course du port.",
    "Sara Lind war am Abend noch im Krankenhaus.",
    "Sara Lind fue la última en salir del puerto.",
]


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, lines in _BIOS.items() for line in lines])
def test_a_last_paragraph_that_says_what_the_author_does_goes(name: str, line: str) -> None:
    known = Known("Le pont", authors=("Someone Else", name))
    assert cleaned([PROSE, MORE, line], known, [bio]) == [PROSE, MORE]
    assert cleaned([PROSE, MORE, "About the author", line], known, [bio]) == [PROSE, MORE]
    assert cleaned([PROSE, line, MORE], known, [bio]) == [PROSE, line, MORE], "only where it is the last"
    assert cleaned([line], known, [bio]) == [line]


@pytest.mark.parametrize("line", _NEWS)
def test_an_author_may_have_a_part_in_the_news(line: str) -> None:
    known = Known("Le pont", authors=("Sara Lind",))
    assert cleaned([PROSE, MORE, line], known) == [PROSE, MORE, line]


def test_what_is_said_of_the_author_elsewhere_than_in_the_prose_goes_whatever_it_says() -> None:
    line = "Sara Lind aime les cartes et les longs voyages en train."
    apart = Known("Le pont", authors=("Sara Lind",), apart=frozenset({line}))
    assert cleaned([PROSE, MORE, line], apart, [bio]) == [PROSE, MORE]
    assert cleaned([PROSE, MORE, line], Known("Le pont", authors=("Sara Lind",)), [bio]) == [PROSE, MORE, line]
    longer = line.replace("Lind", "Linden")
    others = Known("Le pont", authors=("Sara Lind",), apart=frozenset({longer}))
    assert cleaned([PROSE, MORE, longer], others, [bio]) == [PROSE, MORE, longer], "that is somebody else"
    long = f"{line} {' '.join([PROSE] * 4)}"
    known = Known("Le pont", authors=("Sara Lind",), apart=frozenset({long}))
    assert cleaned([PROSE, MORE, long], known, [bio]) == [PROSE, MORE, long], "a whole portrait is none"


def test_on_a_page_it_counts_how_the_last_paragraph_is_set() -> None:
    last = "Sara Lind a été reçue jeudi par le maire, et lui a remis la pétition des habitants du quartier du port."

    def text(end: str) -> str:
        head = '<meta name="author" content="Sara Lind"><title>Le pont</title>'
        prose = f"<p>{PROSE}</p><p>{MORE}</p><p>{PROSE[:-1]}, et jusque dans la rue.</p>"
        page = f"<html><head>{head}</head><body><article><h1>Le pont</h1>{prose}{end}</article></body></html>"
        found = extract_article(Page("https://le-site.example/pont", page.encode()))
        assert isinstance(found, Article)
        assert found.authors == ("Sara Lind",)
        return found.text

    assert text(f"<p>{last}</p>").endswith(last)
    assert last not in text(f'<div class="signature"><div>{last}</div></div>')
