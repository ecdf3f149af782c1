"""The body's composition: what the extractor took, what it lost, and where the article ends, over lines alone."""

from collections.abc import Sequence

from extraction.body import chosen, composed
from extraction.lines import Line
from extraction.placing import placed

FIRST = "Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures dans une salle comble."
SECOND = (
    "La séance a été levée peu avant minuit, et le maire a promis que les travaux du pont commenceraient au printemps."
)
THIRD = (
    "Les habitants, venus nombreux, ont demandé que la passerelle provisoire reste ouverte aux piétons et aux vélos."
)
TEASER = (
    "Un voisin raconte comment la rivière a débordé trois fois en dix ans, et ce que sont devenues les digues depuis."
)


def prose(text: str) -> Line:
    return Line(text, "p.body", "div.article>p.body")


def heading(text: str, style: str = "h2.section") -> Line:
    return Line(text, style, f"div.article>{style}", is_heading=True)


def card(text: str) -> Line:
    return Line(text, "p.teaser", "div.card>p.teaser")


def link(text: str) -> Line:
    return Line(text, "h3.link", "div.card>h3.link", is_heading=True, is_linked=True)


def caption(text: str) -> Line:
    return Line(text, "span.caption", "figure.>span.caption")


def composed_of(lines: Sequence[Line], *taken: str, declared: Sequence[str] = ()) -> list[str]:
    return composed(placed(taken, lines), declared, lines).paragraphs


def test_what_was_taken_is_kept_as_it_is() -> None:
    assert composed_of([prose(FIRST), prose(SECOND)], FIRST, SECOND) == [FIRST, SECOND]
    assert composed_of([], FIRST, SECOND) == [FIRST, SECOND], "even where no line accounts for it"
    assert composed_of([prose(FIRST)]) == []


def test_lost_headings_return_over_their_text() -> None:
    lines = [heading("Un vote"), prose(FIRST), heading("Une promesse"), caption("© Agence"), prose(SECOND)]
    assert composed_of(lines, FIRST, SECOND) == ["Un vote", FIRST, "Une promesse", SECOND]


def test_a_heading_that_was_taken_is_not_doubled() -> None:
    lines = [heading("Un vote"), prose(FIRST), heading("Une promesse"), prose(SECOND)]
    assert composed_of(lines, "Un vote", FIRST, SECOND) == ["Un vote", FIRST, "Une promesse", SECOND]


def test_headings_over_no_text_of_the_article_stay_lost() -> None:
    lines = [
        heading("Nos vidéos"),
        link("Une vidéo"),
        prose(FIRST),
        heading("Sur le pont"),
        prose(SECOND),
        heading("Newsletter"),
        card("Recevez-la chaque matin."),
    ]
    assert composed_of(lines, FIRST, SECOND) == [FIRST, "Sur le pont", SECOND]


def test_a_heading_over_a_link_is_not_the_texts_below_it() -> None:
    lines = [heading("Un vote"), prose(FIRST), heading("À voir"), Line("Une vidéo", is_linked=True), prose(SECOND)]
    assert composed_of(lines, "Un vote", FIRST, SECOND) == ["Un vote", FIRST, SECOND]


def test_a_header_that_stands_more_than_once_is_the_sites() -> None:
    lines = [prose(FIRST), heading("Contenu externe"), prose(SECOND), heading("Contenu externe"), prose(THIRD)]
    assert composed_of(lines, FIRST, SECOND, THIRD) == [FIRST, SECOND, THIRD]


def test_linked_headings_and_those_in_menus_stay_lost() -> None:
    menu = Line("Rubriques", "h2.section", "nav.>h2.section", is_heading=True, in_chrome=True)
    assert composed_of([menu, prose(FIRST), link("Ailleurs"), prose(SECOND)], FIRST, SECOND) == [FIRST, SECOND]


def test_lines_that_a_list_of_contents_names_are_headings_whatever_their_tag() -> None:
    names = ["Un vote", "Une promesse", "Une passerelle"]
    entries = [Line(name, "li.entry", "ol.>li.entry") for name in names]
    marked = [Line(name, "div.x", "div.y>div.x") for name in names]
    body = [line for pair in zip(marked, map(prose, (FIRST, SECOND, THIRD)), strict=True) for line in pair]
    assert composed_of([*entries, *body], FIRST, SECOND, THIRD) == [line.text for line in body]


def test_a_short_line_is_the_one_nearest_to_the_prose_below_it() -> None:
    lines = [caption("Un vote"), caption("Autre chose"), heading("Un vote"), prose(FIRST)]
    assert [found.at for found in placed(["Un vote", FIRST], lines)] == [2, 3]


def test_paragraphs_keep_their_order_where_the_page_repeats_them() -> None:
    lines = [prose(FIRST), prose(SECOND), prose(FIRST)]
    assert [found.at for found in placed([FIRST, SECOND], lines)] == [0, 1]
    assert [found.at for found in placed([SECOND, FIRST], lines)] == [1, 2]


def test_a_paragraph_lost_between_two_that_are_set_alike_returns() -> None:
    lines = [prose(FIRST), prose(SECOND), caption("© Agence"), prose(THIRD)]
    assert composed_of(lines, FIRST, THIRD) == [FIRST, SECOND, THIRD]


def test_a_paragraph_set_otherwise_stays_lost() -> None:
    assert composed_of([prose(FIRST), card(TEASER), prose(THIRD)], FIRST, THIRD) == [FIRST, THIRD]


def test_where_the_extractor_took_only_some_of_many_alike_it_had_its_reasons() -> None:
    others = [prose(f"{TEASER} {number}") for number in range(4)]
    assert composed_of([prose(FIRST), *others, prose(THIRD)], FIRST, THIRD) == [FIRST, THIRD]


CARDS = [link("Un titre"), card(TEASER), link("Un autre"), card(f"{TEASER} Encore.")]
TEASERS = (TEASER, f"{TEASER} Encore.")


def test_the_article_ends_at_the_header_of_related_ones_even_if_only_their_teasers_were_taken() -> None:
    lines = [prose(FIRST), prose(SECOND), prose(THIRD), heading("Et aussi", "h3.other"), *CARDS]
    assert composed_of(lines, FIRST, SECOND, THIRD, *TEASERS) == [FIRST, SECOND, THIRD]
    assert composed_of(lines, FIRST, SECOND, THIRD, "Et aussi", *TEASERS) == [FIRST, SECOND, THIRD]


def test_cards_end_a_short_article_too() -> None:
    lines = [prose(FIRST), prose(SECOND), heading("Et aussi", "h3.other"), *CARDS]
    assert composed_of(lines, FIRST, SECOND, *TEASERS) == [FIRST, SECOND]


def test_a_box_of_related_articles_within_the_article_ends_nothing() -> None:
    box = [heading("Sur le même sujet", "h4.box"), link("Un titre"), link("Un autre")]
    lines = [prose(FIRST), prose(SECOND), *box, prose(THIRD)]
    assert composed_of(lines, FIRST, SECOND, THIRD) == [FIRST, SECOND, THIRD]


def test_comments_end_the_article_however_they_are_set() -> None:
    lines = [prose(FIRST), prose(SECOND), heading("Commentaires", "h3.c"), prose("Bravo au conseil pour ce vote.")]
    assert composed_of(lines, FIRST, SECOND, "Bravo au conseil pour ce vote.") == [FIRST, SECOND]


def test_a_link_to_the_comments_above_the_text_ends_nothing() -> None:
    lines = [
        heading("Commentaires", "h3.c"),
        prose(FIRST),
        heading("Leave a comment", "h3.c"),
        prose(SECOND),
        prose(THIRD),
    ]
    assert composed_of(lines, FIRST, SECOND, THIRD)[-2:] == [SECOND, THIRD]


def test_the_declared_body_counts_only_where_the_extraction_has_less_than_half_of_it() -> None:
    assert composed_of([prose(FIRST)], FIRST, declared=[FIRST, SECOND, THIRD]) == [FIRST, SECOND, THIRD]
    assert composed_of([prose(FIRST)], FIRST, declared=[FIRST, "Fin."]) == [FIRST]
    assert composed_of([prose(FIRST)], declared=[FIRST]) == [FIRST]


def test_a_block_is_chosen_if_it_raises_what_is_expected_of_the_whole() -> None:
    lines, odds = [prose(FIRST), prose(SECOND), prose(THIRD)], [0.95, 0.5, 0.3]
    assert chosen(odds, lines, 0.52) == [0]
    assert chosen(odds, lines, 0.44) == [0, 1]
    assert chosen(odds, lines, 0.28) == [0, 1, 2]


def test_the_cells_of_a_table_within_the_article_are_chosen_together_or_not_at_all() -> None:
    cells = [Line(text, "td.", "tr.>td.", row=number) for text, number in (("Pont", 1), ("1 240", 1), ("Quai", 2))]
    lines = [prose(FIRST), *cells, prose(SECOND)]
    assert chosen([0.9, 0.6, 0.2, 0.3, 0.9], lines, 0.55) == [0, 1, 2, 3, 4]
    assert chosen([0.9, 0.3, 0.2, 0.2, 0.9], lines, 0.55) == [0, 4]
