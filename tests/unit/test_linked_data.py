"""Which of the articles that a page marks up in JSON-LD is its own."""

import json
from typing import Any

import pytest
from lxml.html import document_fromstring

from extraction.elements import elements_of
from extraction.linked_data import article_data, is_page_closed, nodes_of

URL = "https://www.site.example/2026/11/20/le-phare-rouvre.html"
OWN = {"@type": "NewsArticle", "headline": "Le phare rouvre", "author": "A"}
OTHER = {
    "@type": "NewsArticle",
    "headline": "Le port ferme",
    "url": "https://site.example/2026/11/19/le-port-ferme.html",
    "author": "B",
    "datePublished": "2026-11-19",
    "isAccessibleForFree": False,
}


def data(*nodes: Any, head: str = "", url: str = URL) -> dict[str, tuple[str, ...]]:
    """What is read of a page with this title that marks up these."""
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    html = f"<html><head><title>Le phare rouvre - Le Site</title>{head}{scripts}</head><body><p>Texte</p></body></html>"
    page = elements_of(document_fromstring(html))
    return article_data(nodes_of(page.scripts), page, url)


def test_the_one_by_the_pages_title_counts_before_a_fuller_one() -> None:
    fuller = {**OTHER, "url": ""}
    for nodes in ((OWN, fuller), (fuller, OWN), ([fuller, OWN],), ({"@graph": [fuller, OWN]},)):
        assert data(*nodes)["author"] == ("A",)
    assert data({**OWN, "headline": ""}, fuller)["author"] == ("B",), "none is known to be its own"


def test_one_by_the_pages_address_counts_under_another_headline() -> None:
    same = {**OTHER, "headline": "Réouverture", "url": URL.replace("www.", "") + "?utm_source=rss"}
    assert data(same, {**OTHER, "image": "/b.jpg", "publisher": "C"})["headline"] == ("Réouverture",)
    head = '<link rel="canonical" href="https://www.site.example/p/amp-7">'
    other_address = {**OTHER, "headline": "Réouverture", "url": "https://site.example/p/amp-7#main"}
    assert data(other_address, head=head)["headline"] == ("Réouverture",)


def test_one_with_another_title_and_another_address_is_anothers() -> None:
    assert data(OTHER) == {}
    assert data({**OTHER, "url": "https://site.example/?p=7"}, url="https://site.example/?p=8") == {}
    assert data({**OTHER, "headline": "Le phare rouvre"})["author"] == ("B",)


@pytest.mark.parametrize(
    "address",
    ["", "/", "https://site.example/", "https://other.example/le-port", "https://google.com/article", "http://["],
)
def test_an_address_that_tells_nothing_is_no_reason_to_doubt(address: str) -> None:
    assert data({**OTHER, "url": address})["author"] == ("B",)


def test_a_headline_is_the_pages_with_its_references_or_without_a_part() -> None:
    head = '<meta property="og:title" content="L\'île &amp; le phare">'
    assert data({**OTHER, "headline": "L&#039;île &amp; le phare"}, head=head)["author"] == ("B",)
    assert data({**OTHER, "headline": "Le phare rouvre - Le Site - A la une"})["author"] == ("B",)


def test_the_name_of_the_site_in_a_headline_does_not_make_it_the_pages() -> None:
    assert data({**OTHER, "headline": "Le Site ouvre ses portes à Saint-Aubrac"}, head="<title>Le Site</title>") == {}


def test_the_entries_of_a_list_are_other_pages() -> None:
    entry = {"@type": "NewsArticle", "author": "B", "isAccessibleForFree": False}
    page = {"@type": "WebPage", "mainEntity": {"@type": "ItemList", "itemListElement": [{"item": entry}]}}
    assert data(page) == {}


def test_a_page_is_closed_where_its_own_node_says_so() -> None:
    def closed(node: Any) -> bool:
        script = f'<script type="application/ld+json">{json.dumps(node)}</script>'
        page = elements_of(document_fromstring(f"<html><head>{script}</head><body></body></html>"))
        return is_page_closed(nodes_of(page.scripts))

    part = {"@type": "WebPageElement", "isAccessibleForFree": False}
    assert closed({"@type": "WebPage", "isAccessibleForFree": "False"})
    assert closed({"@graph": [{"@type": ["ItemPage"], "hasPart": part}]})
    assert not closed({"@type": "WebPage", "isAccessibleForFree": True})
    assert not closed({"@type": "WebPage", "name": "x"})
    assert not closed(OTHER)
    assert not closed({**OTHER, "hasPart": part}), "that is of a related article"
