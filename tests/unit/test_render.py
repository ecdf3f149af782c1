"""An alert as a mail."""

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.marks import pieces
from alerting.render import LONGEST_SUBJECT, mail
from alerting.words import copies, figure, headline, outlets
from news.alert import Alert, Item, Outlet, Told
from news.article import Span
from tests.receivers import ALERT, TOLD

BARE = Told(article_id=1, title="Titre", url="https://a.example/", source="A", excerpt="")


class _Seen(HTMLParser):
    """What a mail client would see of the HTML: its tags, its links, and what is in <mark>."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.marked: list[str] = []
        self._in_mark = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]
        self._in_mark = tag == "mark" or self._in_mark

    def handle_endtag(self, tag: str) -> None:
        self._in_mark = self._in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        if self._in_mark:
            self.marked.append(data)


def alert(**changes: object) -> Alert:
    return replace(ALERT, told=replace(TOLD, **changes))  # type: ignore[arg-type]


def test_the_plain_text_says_what_where_when_and_why() -> None:
    assert mail(ALERT).text == (
        "Séoul dénonce le pacte entre Moscou et **Pyongyang**\n"
        "https://news.example.com/pacte?a=1&b=2\n"
        "\n"
        "Alerte Monde · Sara\n"
        "Published 2026-11-14 08:00 UTC\n"
        "Found 2026-11-14 09:30 UTC\n"
        "\n"
        "…un pacte de défense avec **Pyongyang**, accusée de fournir des **troupes**.\n"
        "Un accord crucial…\n"
        "\n"
        "Why you are told\n"
        "In the title: Pyongyang\n"
        "In the text: Pyongyang · troupes\n"
        "\n"
        "Watch: Corée\n"
        "Query: Pyongyang AND troupes\n"
        "\n"
        "-- \n"
        "Vigie, your lookout\n"
    )


def test_the_html_marks_the_hits_and_links_the_title() -> None:
    seen = _Seen(mail(ALERT).html)
    assert seen.marked == ["Pyongyang", "Pyongyang", "troupes"]
    assert set(seen.links) == {"https://news.example.com/pacte?a=1&b=2"}


def test_the_subject_names_the_watch_and_the_title() -> None:
    assert mail(ALERT).subject == "Corée: Séoul dénonce le pacte entre Moscou et Pyongyang"


def test_a_test_says_that_it_is_one() -> None:
    made = mail(replace(ALERT, is_test=True))
    assert made.subject.startswith("Test of Corée: ")
    assert "This is a test" in made.text and "This is a test" in made.html


def test_an_article_that_fits_as_a_whole_says_so() -> None:
    made = mail(replace(ALERT, told=BARE))
    assert "The article as a whole fits the query." in made.text
    assert "The article as a whole fits the query." in made.html
    assert "Published" not in made.text and "None" not in made.text + made.html


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '<img src="http://t.example/x">', "{{ 7*7 }}{% raw %}", '" onclick="x']
)
def test_what_was_crawled_is_neither_html_nor_a_template(hostile: str) -> None:
    fields = {"title": hostile, "excerpt": hostile, "source": hostile, "authors": (hostile,), "language": hostile}
    made = mail(replace(alert(title_spans=(), excerpt_spans=(), **fields), watch=hostile, query=hostile))
    seen = _Seen(made.html)
    assert not seen.tags & {"script", "img"}
    assert "onclick" not in _attributes(made.html)
    assert "49" not in made.text.replace(hostile, "")
    assert hostile in made.text


def _attributes(html: str) -> set[str]:
    found: set[str] = set()

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update(name for name, _ in attrs)

    Parser().feed(html)
    return found


def test_a_url_that_is_no_web_address_is_shown_and_not_linked() -> None:
    made = mail(alert(url="javascript:alert(1)"))
    assert _Seen(made.html).links == []
    assert "javascript:alert(1)" in made.text


def test_control_and_direction_characters_do_not_reach_the_mail() -> None:
    nasty = "a\x00b\x1b[31mc\u202ed\u2028e\x85f\r\ng"
    made = mail(replace(alert(title=nasty, excerpt=nasty, title_spans=(), excerpt_spans=()), watch=nasty))
    for shown in (made.subject, made.text, made.html):
        assert not set(shown) & set("\x00\x1b\u202e\u2028\x85\r")
    assert made.subject.splitlines() == [made.subject]


def test_long_lines_of_plain_text_are_folded_and_urls_are_not() -> None:
    url = "https://a.example/" + "x" * 200
    lines = mail(alert(excerpt="mot " * 60, excerpt_spans=(), url=url)).text.splitlines()
    assert url in lines
    assert max(len(line) for line in lines if line != url) <= 76


def test_the_rest_of_a_folded_entry_stands_below_its_text() -> None:
    outlet = Outlet("La Digue", "Un titre assez long pour passer à la ligne " * 3, "https://digue.example/ton")
    made = mail(replace(ALERT, items=(Item("Corée", TOLD, (outlet,), (outlets(1),)),)))
    lines = made.text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("* La Digue: "))
    assert [line[:2] for line in lines[first : first + 3]] == ["* ", "  ", "  "]
    assert not lines[first + 1].startswith("   ")


def test_words_of_any_length_stay_within_the_mail() -> None:
    assert "overflow-wrap:anywhere" in mail(ALERT).html


def test_a_very_long_title_is_clipped_in_subject_and_text() -> None:
    made = mail(alert(title="mot " * 3000, title_spans=()))
    assert len(made.subject) <= LONGEST_SUBJECT
    assert len(made.text) < 1500


def test_overlapping_spans_are_marked_once_and_what_lies_outside_is_left_out() -> None:
    spans = [Span("text", 4, 9), Span("text", 0, 6), Span("text", 20, 99), Span("text", 50, 60)]
    assert [(piece.text, piece.hit) for piece in pieces("la Corée du Nord, là-bas", spans)] == [
        ("la Corée ", True),
        ("du Nord, là", False),
        ("-bas", True),
    ]


@given(st.text(), st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60))))
def test_the_pieces_are_the_whole_text_in_order(text: str, bounds: list[tuple[int, int]]) -> None:
    found = pieces(text, [Span("text", start, end) for start, end in bounds])
    unmarked = pieces(text, [])
    assert "".join("".join(piece.text.split()) for piece in found) == "".join(
        "".join(piece.text.split()) for piece in unmarked
    )


OTHERS = (
    Outlet("La Digue", "Séoul hausse le ton", "https://digue.example/ton"),
    Outlet("Le Phare", "Le pacte", "https://phare.example/pacte", is_copy=True),
)
ROUTE = Told(
    article_id=9,
    title="La route des hommes de Kim",
    url="https://courrier.example/route",
    source="Le Courrier",
    excerpt="Ils sont 3 000 soldats.",
    excerpt_spans=(Span("text", 15, 22),),
)
NEWS = (outlets(3), copies(1), figure("1 500 soldats", "3 000 soldats"))
UPDATE = replace(ALERT, kind="update", items=(Item("Corée", ROUTE, OTHERS, NEWS),))


def test_a_match_that_waited_names_the_others_of_its_story() -> None:
    made = mail(replace(ALERT, items=(Item("Corée", TOLD, OTHERS, (outlets(2), copies(1))),)))
    assert made.subject == mail(ALERT).subject
    assert (
        "\n+2 outlets · +1 copy\n"
        "* La Digue: Séoul hausse le ton\n"
        "  https://digue.example/ton\n"
        "* Le Phare (copy): Le pacte\n"
        "  https://phare.example/pacte\n"
    ) in made.text
    assert {"https://digue.example/ton", "https://phare.example/pacte"} <= set(_Seen(made.html).links)


def test_an_update_bears_the_subject_of_the_first_mail_and_says_what_is_new_first() -> None:
    made = mail(UPDATE)
    assert made.subject == f"Re: {mail(ALERT).subject}"
    assert made.text == (
        "+3 outlets · +1 copy · changed figure: 1 500 → 3 000 soldats\n"
        "\n"
        "La route des hommes de Kim\n"
        "https://courrier.example/route\n"
        "\n"
        "Le Courrier\n"
        "\n"
        "Ils sont 3 000 **soldats**.\n"
        "\n"
        "Also on this story\n"
        "* La Digue: Séoul hausse le ton\n"
        "  https://digue.example/ton\n"
        "* Le Phare (copy): Le pacte\n"
        "  https://phare.example/pacte\n"
        "\n"
        "Told first\n"
        "Séoul dénonce le pacte entre Moscou et Pyongyang · Alerte Monde\n"
        "https://news.example.com/pacte?a=1&b=2\n"
        "\n"
        "Watch: Corée\n"
        "Query: Pyongyang AND troupes\n"
        "\n"
        "-- \n"
        "Vigie, your lookout\n"
    )
    seen = _Seen(made.html)
    assert seen.marked == ["soldats"]
    assert set(seen.links) == {ROUTE.url, TOLD.url, *(other.url for other in OTHERS)}
    for says in ("+3 outlets", "+1 copy", "1 500 → 3 000 soldats"):
        assert says in made.html


def test_what_is_new_is_the_first_that_a_mailbox_shows_of_an_update() -> None:
    made = mail(UPDATE)
    assert made.html.index("+3 outlets · +1 copy") < made.html.index("Vigie</span>")
    assert "display:none" in made.html
    assert "display:none" not in mail(ALERT).html


def test_an_update_on_a_headline_tells_both() -> None:
    made = mail(replace(UPDATE, items=(Item("Corée", ROUTE, (), (headline("Séoul s’inquiète", "Séoul accuse"),)),)))
    assert "The headline was: Séoul s’inquiète\nand is now: Séoul accuse\n" in made.text
    assert "<s>Séoul s’inquiète</s>" in made.html
    assert "Also on this story" not in made.text + made.html


def test_a_digest_has_its_watches_and_stories_one_after_the_other() -> None:
    told = Told(0, "2 stories: Corée, Énergie", "", "", "and 37 stories more: vigie matches list")
    items = (Item("Corée", ROUTE, OTHERS, (outlets(2),)), Item("Énergie", replace(TOLD, title="Le gaz"), (), ()))
    made = mail(Alert("", "", ALERT.decided_at, told, kind="digest", items=items))
    assert made.subject == "2 stories: Corée, Énergie"
    places = [made.text.index(part) for part in (
        "== Corée ==", "La route des hommes", "+2 outlets", "* La Digue", "== Énergie ==", "Le gaz", "and 37",
    )]  # fmt: skip
    assert places == sorted(places)
    assert {ROUTE.url, TOLD.url, *(other.url for other in OTHERS)} == set(_Seen(made.html).links)
    assert "and 37 stories more" in made.html


def test_the_digest_of_one_watch_says_how_many_and_the_first() -> None:
    told = Told(0, "2 stories: Corée", "", "", "")
    items = (Item("Corée", ROUTE), Item("Corée", TOLD))
    made = mail(Alert("Corée", "x", ALERT.decided_at, told, kind="digest", items=items))
    assert made.subject == "Corée: 2 stories · La route des hommes de Kim"
    assert "== Corée ==" in made.text


def test_a_spike_says_its_watch_and_what_is_the_matter() -> None:
    told = Told(0, "Far more than usual: 31 articles today", "", "", "The watch “Corée” usually has 6.")
    made = mail(replace(ALERT, told=told, kind="spike"))
    assert made.subject == "Corée: Far more than usual: 31 articles today"
    assert "usually has 6" in made.text and "usually has 6" in made.html
    assert _Seen(made.html).links == []


def test_an_old_article_says_since_when() -> None:
    since = ALERT.decided_at - timedelta(days=400)
    for made in (
        mail(alert(resurfaced_from=since)),
        mail(replace(UPDATE, items=(Item("Corée", replace(ROUTE, resurfaced_from=since)),))),
        mail(replace(UPDATE, kind="digest", items=(Item("Corée", replace(ROUTE, resurfaced_from=since)),))),
    ):
        assert "2025-10-10" in made.text and "2025-10-10" in made.html
    assert "old article" not in mail(ALERT).text + mail(ALERT).html


@pytest.mark.parametrize("kind", ["match", "update", "digest"])
@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "{{ 7*7 }}", '" onclick="x', "a\u202eb\r\nc\x1b[2J"])
def test_what_was_crawled_of_a_story_is_neither_html_nor_a_template(kind: str, hostile: str) -> None:
    told = replace(ROUTE, title=hostile, excerpt=hostile, source=hostile, excerpt_spans=())
    item = Item(
        hostile, told, (Outlet(hostile, hostile, hostile),), (headline(hostile, hostile), figure(hostile, hostile))
    )
    made = mail(replace(ALERT, watch=hostile, query=hostile, told=told, kind=kind, items=(item,)))  # type: ignore[arg-type]
    assert not _Seen(made.html).tags & {"script", "img"}
    assert "onclick" not in _attributes(made.html)
    assert "49" not in made.text.replace(hostile, "")
    for shown in (made.subject, made.text, made.html):
        assert not set(shown) & set("\x1b\u202e\r")
