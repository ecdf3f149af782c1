"""Titles, authors, dates, languages and canonical addresses, from pages that give them in many ways."""

import json
from datetime import UTC, datetime

import pytest

from extraction.authors import authors
from extraction.canonical import canonical_url
from extraction.dates import published_at, read_instant
from extraction.document import Document, parsed
from extraction.language import language
from extraction.titles import LONGEST_TITLE, title

URL = "https://www.site.example/2026/11/pont/"
FRENCH = "Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures dans une salle comble."
ENGLISH = (
    "The council approved the budget of the town on Thursday evening, after a debate of four hours in a packed hall."
)


def document(head: str = "", body: str = "<p>Texte</p>", url: str = URL, lang: str = "") -> Document:
    found = parsed(url, f"<!DOCTYPE html><html lang='{lang}'><head>{head}</head><body>{body}</body></html>")
    assert found is not None
    return found


def linked(**properties: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **properties})}</script>'


class TestTitle:
    def test_the_single_h1_goes_before_all(self) -> None:
        head = linked(headline="Autre") + '<meta property="og:title" content="Encore un autre">'
        assert title(document(head, "<h1>Le pont \n <em>rouvre</em></h1>")) == "Le pont rouvre"

    def test_of_several_h1_none_counts_before_json_ld(self) -> None:
        body = "<h1>Le Site</h1><h1>Le pont rouvre</h1>"
        assert title(document(linked(headline="Le pont rouvre enfin"), body)) == "Le pont rouvre enfin"

    def test_an_h1_with_the_sites_name_is_no_title(self) -> None:
        head = '<meta property="og:site_name" content="Le Site"><title>Le pont rouvre | Le Site</title>'
        assert title(document(head, "<h1>Le Site</h1>")) == "Le pont rouvre"

    def test_a_quoted_title_keeps_both_its_quotes(self) -> None:
        # Many words, for which of two parts a set gives first is a matter of chance.
        for word in ("Wasser", "Ufer", "Segel", "Boote", "Wind", "Wellen", "Masten", "Anker", "Netze", "Fische"):
            head = f"<title>»Haltet {word} sauber!« - Der Blog aus Berlin</title>"
            body = f"<h2>»Haltet {word} sauber!«</h2>"
            assert title(document(head, body)) == f"»Haltet {word} sauber!«"

    @pytest.mark.parametrize("link", ["/", "https://www.site.example/", "https://www.site.example/index.html", "/fr/"])
    def test_an_h1_that_links_to_the_front_page_goes_behind_the_others(self, link: str) -> None:
        head = "<title>Le pont rouvre lundi</title>"
        logo = f"<h1><a href='{link}'>L’actu qui compte, en vrai</a></h1>"
        assert title(document(head, logo + "<h2>Le pont rouvre lundi</h2>")) == "Le pont rouvre lundi"
        assert title(document("", logo)) == "L’actu qui compte, en vrai"

    def test_an_h1_that_links_to_its_own_page_goes_before_all(self) -> None:
        head = linked(headline="Le pont de l’île rouvre")
        assert title(document(head, f"<h1><a href='{URL}'>Le pont rouvre</a></h1>")) == "Le pont rouvre"

    @pytest.mark.parametrize("shown", ["<h2>Le pont rouvre lundi</h2>", ""])
    def test_the_h1_of_a_section_goes_behind_titles_that_agree(self, shown: str) -> None:
        head = linked(headline="Le pont rouvre lundi") + "<title>Le pont rouvre lundi - Le Site</title>"
        assert title(document(head, "<h1>Politique</h1>" + shown)) == "Le pont rouvre lundi"

    @pytest.mark.parametrize(
        ("headline", "claimed"),
        [
            ("Lundi, le pont", "Le pont rouvre lundi"),  # in other words
            ("Ils passeront bientôt tous à pied", "Le pont rouvre lundi"),  # as long as a headline
            ("Un samedi", "Pont rouvert"),  # as short as a name
        ],
    )
    def test_an_h1_in_other_words_than_the_metadata_goes_before_it(self, headline: str, claimed: str) -> None:
        head = linked(headline=claimed) + f"<title>{claimed} - Le Site</title>"
        assert title(document(head, f"<h1>{headline}</h1>")) == headline

    def test_titles_that_do_not_agree_leave_the_h1_before_them(self) -> None:
        head = linked(headline="Le pont rouvre lundi") + "<title>La digue est finie - Le Site</title>"
        assert title(document(head, "<h1>Politique</h1>")) == "Politique"

    @pytest.mark.parametrize("end", [" - Le Site", " | Le Site", " — Le Site", " | Monde | Le Site", " - site.example"])
    def test_the_sites_name_is_taken_off_the_end(self, end: str) -> None:
        head = f'<meta property="og:site_name" content="Le Site"><title>Le pont - un an après{end}</title>'
        assert title(document(head)).startswith("Le pont - un an après")
        assert "ite" not in title(document(head))

    def test_a_dash_within_the_title_is_no_sites_name(self) -> None:
        assert title(document("<title>Le pont - un an après</title>")) == "Le pont - un an après"

    def test_entities_that_were_escaped_twice_are_read(self) -> None:
        assert title(document(linked(headline="Le &quot;pont&quot; rouvre"))) == 'Le "pont" rouvre'

    def test_a_title_of_millions_of_characters_is_clipped(self) -> None:
        found = title(document(f"<title>{'a ' * 2_000_000}</title>"))
        assert len(found) == LONGEST_TITLE
        assert found.endswith("…")

    def test_a_page_without_any_title_has_an_empty_one(self) -> None:
        assert title(document()) == ""


class TestAuthors:
    def test_json_ld_names_them_in_every_shape(self) -> None:
        assert authors(document(linked(author={"@type": "Person", "name": "Sara Lind"}))) == ("Sara Lind",)
        assert authors(document(linked(author=[{"name": "Sara Lind"}, {"name": "Bo Ek"}]))) == ("Sara Lind", "Bo Ek")
        assert authors(document(linked(author="Sara Lind"))) == ("Sara Lind",)

    @pytest.mark.parametrize(
        "address", ["https://www.facebook.com/phare", "https://www.phare.fr/auteurs/jean-dupont", "//phare.fr/jean"]
    )
    def test_an_address_is_no_name_and_does_not_hide_the_byline(self, address: str) -> None:
        head = f'<meta property="article:author" content="{address}">'
        body = "<h1>Le pont</h1><p>Par Sara Lind</p><p>Texte</p>"
        assert authors(document(head, body)) == ("Sara Lind",)
        assert authors(document(head)) == ()

    def test_json_ld_may_refer_to_a_person_elsewhere_in_the_graph(self) -> None:
        graph = [{"@type": "Article", "author": {"@id": "#p"}}, {"@type": "Person", "@id": "#p", "name": "Sara Lind"}]
        head = f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'
        assert authors(document(head)) == ("Sara Lind",)

    def test_meta_tags_come_next_and_addresses_are_no_names(self) -> None:
        head = (
            '<meta property="article:author" content="https://social.example/sara"><meta name="author" content="Sara">'
        )
        assert authors(document(head)) == ("Sara",)

    def test_a_byline_is_read_last(self) -> None:
        body = '<article><span class="author">Par Sara Lind</span><p>Texte</p></article>'
        assert authors(document("", body)) == ("Sara Lind",)

    def test_the_site_itself_is_no_author_and_nobody_is_named_twice(self) -> None:
        head = '<meta property="og:site_name" content="Le Site">' + linked(
            author=["Le Site", "Par Sara", "SARA", "sara@a.example"]
        )
        assert authors(document(head)) == ("Sara",)

    def test_names_in_one_string_are_parted(self) -> None:
        assert authors(document('<meta name="author" content="By Ann Lee, Bo Ek and Cy Day">')) == (
            "Ann Lee",
            "Bo Ek",
            "Cy Day",
        )


class TestDate:
    @pytest.mark.parametrize(
        ("text", "instant"),
        [
            ("2026-11-03T07:30:00+01:00", datetime(2026, 11, 3, 6, 30, tzinfo=UTC)),
            ("2026-11-03T07:30:00Z", datetime(2026, 11, 3, 7, 30, tzinfo=UTC)),
            ("2026-11-03T07:30:00.123456789+0100", datetime(2026, 11, 3, 6, 30, tzinfo=UTC)),
            ("2026-11-03 07:30:00 UTC", datetime(2026, 11, 3, 7, 30, tzinfo=UTC)),
            (" 2026-11-03 07:30 ", datetime(2026, 11, 3, 7, 30, tzinfo=UTC)),
            ("2026-11-03", datetime(2026, 11, 3, tzinfo=UTC)),
            ("0001-01-01T00:00:00+14:00", None),
            ("9999-12-31T23:59:59-12:00", None),
            ("1970-01-01T00:00:00Z", None),
            ("hier", None),
            ("", None),
        ],
    )
    def test_instants_are_read_as_utc(self, text: str, instant: datetime | None) -> None:
        assert read_instant(text) == instant

    def test_json_ld_goes_before_meta_tags(self) -> None:
        meta = '<meta property="article:published_time" content="2026-11-01T00:00:00Z">'
        assert published_at(document(meta + linked(datePublished="2026-11-03T07:30:00Z"))) == datetime(
            2026, 11, 3, 7, 30, tzinfo=UTC
        )
        assert published_at(document(meta + linked(datePublished="bientôt"))) == datetime(2026, 11, 1, tzinfo=UTC)

    def test_a_date_in_the_page_is_found_last(self) -> None:
        body = "<time datetime='2024-10-25' class='published'>25 octobre 2024</time><p>Texte</p>"
        assert published_at(document("", body, "https://a.example/x")) == datetime(2024, 10, 25, tzinfo=UTC)

    def test_a_zone_that_no_clock_can_have_costs_the_date_and_not_the_article(self) -> None:
        meta = '<meta property="article:published_time" content="2026-11-14T08:00:00+99:99">'
        assert published_at(document(meta, url="https://a.example/x")) is None

    def test_a_page_without_a_date_has_none(self) -> None:
        assert published_at(document(url="https://a.example/x")) is None


class TestLanguage:
    def test_the_text_goes_before_a_claim_that_does_not_fit_it(self) -> None:
        assert language(document(lang="en-US"), FRENCH) == "fr"
        assert language(document(lang="fr"), ENGLISH) == "en"

    def test_a_quotation_at_the_start_does_not_decide(self) -> None:
        text = f"“{ENGLISH} {ENGLISH}”\n\n" + "\n\n".join([FRENCH] * 6)
        assert language(document(lang="fr"), text) == "fr"
        assert language(document(), text) == "fr"

    def test_the_claim_settles_what_the_text_leaves_open(self) -> None:
        assert language(document(lang="nb-NO"), "Regeringen i Oslo") == "no"
        assert language(document(lang="da"), "Regeringen i Oslo") == "da"

    def test_without_text_the_claim_counts(self) -> None:
        assert language(document(lang="FR_fr"), "") == "fr"
        assert language(document('<meta property="og:locale" content="it_IT">'), "") == "it"
        assert language(document(), "") is None


class TestCanonicalUrl:
    def test_the_pages_own_address_loses_its_tracking(self) -> None:
        assert canonical_url(document(url=URL + "?utm_source=rss")) == URL

    @pytest.mark.parametrize(
        "claim",
        [
            "https://www.site.example/pont",
            "https://site.example/pont",
            "http://www.site.example/pont",
            "https://m.site.example/pont",
            "https://sport.site.example/pont",
            "https://www.site.example/pont?id=3",
        ],
    )
    def test_a_claim_within_the_site_is_believed(self, claim: str) -> None:
        assert canonical_url(document(f'<link rel="canonical" href="{claim}">')) == claim

    def test_a_relative_claim_is_joined(self) -> None:
        assert canonical_url(document('<link rel="canonical" href="/pont">')) == "https://www.site.example/pont"

    def test_og_url_is_believed_like_a_link(self) -> None:
        assert (
            canonical_url(document('<meta property="og:url" content="https://site.example/pont#x">'))
            == "https://site.example/pont"
        )

    @pytest.mark.parametrize(
        "claim",
        [
            "https://elsewhere.example/pont",
            "https://site.example.evil.example/pont",
            "https://notsite.example/pont",
            "https://www.site.example:8443/pont",
            "https://example/pont",
            "javascript:alert(1)",
            "https://user:pass@www.site.example/pont",
            "http://[::1/pont",
            "",
        ],
    )
    def test_a_foreign_or_broken_claim_is_not(self, claim: str) -> None:
        assert canonical_url(document(f'<link rel="canonical" href="{claim}">')) == URL

    def test_a_tenant_cannot_claim_the_page_of_its_landlord_or_neighbour(self) -> None:
        tenant = "https://mine.blogs.example/post"
        for claim in ("https://blogs.example/post", "https://yours.blogs.example/post"):
            assert canonical_url(document(f'<link rel="canonical" href="{claim}">', url=tenant)) == tenant

    @pytest.mark.parametrize(
        ("url", "claim"),
        [
            ("https://m.co.uk/post", "https://bbc.co.uk/post"),
            ("https://m.co.uk/post", "https://co.uk/post"),
            ("https://m.blogspot.com/post", "https://bob.blogspot.com/post"),
            ("https://blogspot.com/post", "https://bob.blogspot.com/post"),
            ("https://www.blogspot.com/post", "https://bob.blogspot.com/post"),
            ("https://m.blogs.example/post", "https://yours.blogs.example/post"),
        ],
    )
    def test_strangers_below_one_suffix_are_no_site(self, url: str, claim: str) -> None:
        assert canonical_url(document(f'<link rel="canonical" href="{claim}">', url=url)) == url

    @pytest.mark.parametrize(
        ("url", "claim"),
        [
            ("https://m.bbc.co.uk/post", "https://www.bbc.co.uk/post"),
            ("https://amp.bob.blogspot.com/post", "https://bob.blogspot.com/post"),
            ("https://www.bbc.co.uk/post", "https://sport.bbc.co.uk/post"),
        ],
    )
    def test_one_site_below_a_suffix_is_one(self, url: str, claim: str) -> None:
        assert canonical_url(document(f'<link rel="canonical" href="{claim}">', url=url)) == claim

    def test_a_site_that_names_its_front_page_everywhere_keeps_its_articles_apart(self) -> None:
        assert canonical_url(document('<link rel="canonical" href="https://www.site.example/">')) == URL

    def test_ports_tell_sites_on_one_machine_apart(self) -> None:
        here, there = "http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a"
        assert canonical_url(document(f'<link rel="canonical" href="{there}">', url=here)) == here
        assert canonical_url(document(f'<link rel="canonical" href="{here}?x=1">', url=here)) == f"{here}?x=1"

    def test_of_a_page_from_a_file_the_claim_is_all_there_is(self) -> None:
        assert canonical_url(document(f'<link rel="canonical" href="{URL}">', url="")) == URL
        assert canonical_url(document('<link rel="canonical" href="/pont">', url="")) == ""


def test_broken_json_ld_is_passed_over() -> None:
    for script in ("{", "[" * 100_000, '{"@type": "NewsArticle", "headline": 3, "author": [[[]]]}', "null", "[1, 2]"):
        found = document(f'<script type="application/ld+json">{script}</script><title>Le pont rouvre</title>')
        assert title(found) == "Le pont rouvre"
        assert authors(found) == ()


def test_json_ld_in_a_comment_or_with_line_breaks_in_its_strings_is_read() -> None:
    script = '<!-- {"@type": ["Thing", "NewsArticle"], "headline": "Le pont\nrouvre"} -->'
    assert title(document(f'<script type="application/ld+json">{script}</script>')) == "Le pont rouvre"
