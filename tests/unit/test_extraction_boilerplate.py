"""The rules over plain lines: what goes, and what looks like it and stays."""

from functools import partial

import pytest

from extraction.boilerplate import cleaned, contents, reasons, scraps, site_lines, title_again
from extraction.furniture import Known, furniture
from extraction.phrases import phrases

PROSE = "Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures dans une salle comble."
MORE = (
    "La séance a été levée peu avant minuit, et le maire a promis que les travaux du pont commenceraient au printemps."
)
NOBODY = Known("Un titre que rien ne répète")

without_scraps = partial(cleaned, known=NOBODY, rules=[scraps])
without_contents = partial(cleaned, known=NOBODY, rules=[contents])
without_phrases = partial(cleaned, known=NOBODY, rules=[site_lines])


@pytest.mark.parametrize(
    "line",
    [
        "LIRE AUSSI : Confirmation du secrétaire américain à la Défense",
        "Lire aussi : Le budget en cinq chiffres",
        "À lire aussi > Le budget en cinq chiffres",
        "→ Lire aussi - Le budget en cinq chiffres",
        "LIRE AUSSI Le budget en cinq chiffres",
        "READ MORE: The budget in five figures",
        "Read also: the budget in five figures",
        "Lesen Sie auch: Der Haushalt in fünf Zahlen",
        "Te puede interesar: El presupuesto en cinco cifras",
        "Leggi anche: Il bilancio in cinque cifre",
        'Chaque jour, nous vous proposons de nouveaux contenus captivants, cliquez sur "Suivre" pour ne rien manquer !',
        "Abonnez-vous à notre newsletter pour ne rien manquer.",
        "Suivez-nous sur les réseaux sociaux !",
        "Sign up for our daily newsletter and get the news in your inbox.",
        "La suite après la publicité",
        "ADVERTISEMENT",
        "0 comments",
        "Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *",
        "This website uses cookies to improve your experience.",
    ],
)
def test_lines_of_the_site_go(line: str) -> None:
    assert without_phrases([PROSE, line, MORE]) == [PROSE, MORE]


@pytest.mark.parametrize(
    "line",
    [
        "Et aussi, ce qui n’est pas rien, le pont sera repeint avant l’été.",
        "Et aussi le pont, ajoute-t-il.",
        '"Leave a comment on a drawing and someone may change it," she said.',
        "Leave a comment to a stranger, he says, and you may regret it.",
        "Lire aussi les classiques est un plaisir que les élèves découvrent.",
        "Lire aussi bien que courir : c’est ce que promet l’école.",
        "Chaque jour, nous recevons vingt appels, raconte la directrice.",
        "Publicité mensongère : le tribunal tranche.",
        "Share prices fell on Monday.",
        "Related costs are borne by the city.",
        "Suivre le fleuve jusqu’à la mer, voilà le projet.",
        "Commentaires de presse et rumeurs n’y changeront rien.",
        "« Abonnez-vous à la vie », disait l’affiche.",
        "Watch the sky tonight.",
        "Photographe depuis vingt ans, elle expose à Valdoré.",
    ],
)
def test_lines_of_the_author_stay(line: str) -> None:
    assert without_phrases([PROSE, line, MORE]) == [PROSE, line, MORE]
    assert cleaned([PROSE, line, MORE], NOBODY) == [PROSE, line, MORE]


def test_a_phrase_in_a_long_paragraph_is_the_authors_own() -> None:
    long = f"Chaque jour, nous vous proposons de nouveaux contenus, répétait le directeur. {PROSE} {MORE} {PROSE}"
    assert without_phrases([long]) == [long]


@pytest.mark.parametrize(
    "header", ["You may also like", "Et aussi", "Leave a Comment", "VOUS AIMEREZ AUSSI :", "Comments (12)"]
)
def test_nothing_is_left_after_a_header_of_other_things_at_the_end(header: str) -> None:
    assert phrases().is_ending(header)
    assert without_scraps([PROSE, MORE, header, "Un titre voisin", "Un autre"]) == [PROSE, MORE]


def test_such_a_header_within_the_article_takes_nothing_with_it() -> None:
    assert cleaned([PROSE, "Sur le même sujet", MORE], NOBODY) == [PROSE, MORE]


def test_a_list_of_contents_goes_and_its_headings_stay() -> None:
    headings = ["Un conflit diplomatique", "Une rencontre en haut lieu", "Des troupes en Russie"]
    body = [line for heading in headings for line in (heading, PROSE)]
    assert without_contents([*headings, *body]) == body
    assert without_contents([PROSE, *headings, *body]) == [PROSE, *body]
    assert without_contents(["UN CONFLIT DIPLOMATIQUE", *headings[1:], *body]) == body


def test_all_rules_work_together() -> None:
    known = Known("Le pont rouvre", authors=("Sara",))
    headings = ["Un vote", "Une promesse", "Une passerelle"]
    body = [line for number, heading in enumerate(headings) for line in (heading, f"{PROSE} {number}")]
    around = (
        ["Home Le pont rouvre", "by Sara", *headings],
        ["LIRE AUSSI : Le budget", "Et aussi", "Un voisin", "Un autre"],
    )
    assert cleaned([*around[0], *body, *around[1]], known) == body


def test_short_lines_that_do_not_all_come_back_are_no_list_of_contents() -> None:
    lines = ["Trois points", "Le budget", "Le pont", PROSE, "Le budget", PROSE, "Le pont", PROSE]
    assert without_contents(lines) == lines
    refrain = ["Ô saisons", "ô châteaux", "Ô saisons", "ô châteaux"]
    assert without_contents(refrain) == refrain
    shuffled = ["Un", "Deux", "Trois", PROSE, "Trois", PROSE, "Deux", PROSE, "Un", PROSE]
    assert without_contents(shuffled) == shuffled


def test_repeats_of_the_title_go_whatever_their_case_and_quotes() -> None:
    known = Known("Le « pont » de Valdoré rouvre", ("Le pont de Valdoré rouvre - Site",))
    lines = [
        "LE “PONT” DE VALDORÉ ROUVRE",
        PROSE,
        "Le pont de Valdoré rouvre au printemps",
        "Le pont de Valdoré rouvre - Site",
    ]
    assert cleaned(lines, known, [title_again]) == [PROSE, "Le pont de Valdoré rouvre au printemps"]


@pytest.mark.parametrize(
    "line",
    [
        "Home ActualitéLe pont de Valdoré rouvre",
        "Accueil > Monde > Le pont de Valdoré rouvre",
        "by Sara",
        "By Anna Petrov and Li Wei",
        "Par Sara, le 25 octobre 2024 à 9h42",
        "BY SARA | OCTOBER 25, 2024",
        "Sara",
        "Publié le 25 octobre 2024 à 09:42",
        "25 octobre 2024",
        "October 25, 2024, 9:42 am",
        "4 min read",
        "1,204 views",
        "Corée du Sud, Russie, Corée du Nord",
        "Diplomatie",
        "Home » Monde",
        "Par Jean Dupont, publié le 20/11/2026 à 18h32, mis à jour le 21/11/2026 à 7h05",
        "Published 20 November 2026 at 18:32 GMT in London, updated 21 November 2026 at 07:05 GMT",
        "Propos recueillis par Marie Durand",
    ],
)
def test_furniture_above_the_prose_goes(line: str) -> None:
    known = Known("Le pont de Valdoré rouvre", authors=("Sara",), keywords=("Diplomatie",))
    assert cleaned([line, PROSE, MORE], known, [furniture]) == [PROSE, MORE]


@pytest.mark.parametrize(
    "line",
    [
        "By Monday, three governments had offered ships.",
        "By the numbers",
        "Elle fut élue le 20 novembre 2026 et démissionna le 21 novembre 2026, disent hier soir ses proches amis.",
        "Par temps humide",
        "Un accord militaire crucial",
        "Moscou, Pyongyang et nous",
        "Pourquoi le pont de Valdoré rouvre-t-il ?",
        "C’est décidé : le pont de Valdoré rouvre",
        "4 minutes plus tard",
        "25 octobre",
    ],
)
def test_headings_that_resemble_furniture_stay(line: str) -> None:
    known = Known("Le pont de Valdoré rouvre", authors=("Sara",), keywords=("Diplomatie",))
    assert cleaned([line, PROSE, MORE], known, [furniture]) == [line, PROSE, MORE]


def test_furniture_within_the_prose_is_the_articles_own() -> None:
    known = Known("Un titre", authors=("Sara",), keywords=("Diplomatie",))
    lines = [PROSE, "Diplomatie", "by Sara", "Russie, Corée du Nord", MORE]
    assert cleaned(lines, known, [furniture]) == lines


def test_below_the_prose_only_what_the_metadata_confirms_is_furniture() -> None:
    known = Known("Un titre", keywords=("Corée du Sud", "Russie"))
    assert cleaned([PROSE, "Corée du Sud, Russie"], known, [furniture]) == [PROSE]
    assert cleaned([PROSE, "Paris, Londres"], known, [furniture]) == [PROSE, "Paris, Londres"]


def test_each_line_that_goes_has_its_reason() -> None:
    known = Known("Un pont neuf", authors=("Sara Le Goff",))
    lines = ["Un pont neuf", "Sara Le Goff", PROSE, "LIRE AUSSI : Le budget", "© AFP", MORE, "Commentaires", "Bravo !"]
    assert reasons(lines, known) == [
        "repeats the title",
        "byline",
        "",
        "phrase list: read-also line",
        "of a picture",
        "",
        "after the end (Commentaires)",
        "after the end (Commentaires)",
    ]
