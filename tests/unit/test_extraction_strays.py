"""Lines without words of the article, short items of a list, and templates that a browser shows."""

from lxml import html

from extraction.blocks import walked
from extraction.furniture import Known
from extraction.gaps import lost_items
from extraction.lines import page_lines
from extraction.phrases import phrases
from extraction.stray import strays

NOBODY = Known("")


def test_the_hours_of_a_live_report_go() -> None:
    lines = ["17 h 30", "Le conseil commence.", "18h04", "Une motion est lue.", "7:15 pm", "20.30"]
    assert sorted(strays(lines, NOBODY)) == [0, 2, 4, 5]


def test_one_hour_alone_may_be_the_articles() -> None:
    assert strays(["Rendez-vous", "20 h 30"], NOBODY) == {}


def test_signs_without_a_letter_or_digit_go() -> None:
    assert strays(["✉", "Le pont", "* * *", "3"], NOBODY) == {0: "no words", 2: "no words"}


def test_a_header_of_comments_may_count_them() -> None:
    for header in ("84 commentaires", "1 204 commentaires", "2 Comments", "12 Kommentare"):
        assert phrases().is_comments(header), header
    assert not phrases().is_comments("84 commentaires ont été retirés")


def test_short_items_of_a_list_come_with_the_others() -> None:
    items = "<li>Un sac de farine de blé tendre et deux cents grammes de beurre.</li><li>Du sel</li><li>De l’eau.</li>"
    lines = page_lines(html.fromstring(f"<div><ul>{items}</ul><ul class='b'><li>Accueil</li><li>Sport</li></ul></div>"))
    assert lost_items(lines, frozenset({0})) == [1, 2]


def test_of_a_list_that_was_left_out_nothing_comes() -> None:
    items = "<li>Un sac de farine de blé tendre et deux cents grammes de beurre.</li><li>Du sel</li>"
    assert lost_items(page_lines(html.fromstring(f"<ul>{items}</ul>")), frozenset({1})) == []


def test_a_link_in_a_list_stays_out() -> None:
    items = "<li>Un sac de farine de blé tendre et deux cents grammes de beurre.</li><li><a href='/'>Du sel</a></li>"
    assert lost_items(page_lines(html.fromstring(f"<ul>{items}</ul>")), frozenset({0})) == []


def test_a_template_that_is_shown_is_read() -> None:
    page = html.fromstring(
        "<div><template shadowrootmode='open'><p>Shown</p></template><template><p>Not</p></template></div>"
    )
    assert [block.text for block in walked(page).blocks] == ["Shown"]
