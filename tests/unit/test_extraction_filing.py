"""Canonical addresses of AMP and mobile pages, pictures, sections, tags, paywalls, and the origin of each."""

import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.authors import signed
from extraction.canonical import canonical, without_amp
from extraction.document import Document, parsed
from extraction.images import image
from extraction.metadata import described, metadata
from extraction.paywalls import is_paywalled
from extraction.sections import section, tags
from extraction.titles import headlines

URL = "https://www.site.example/2026/11/pont"


def document(head: str = "", body: str = "<p>Texte</p>", url: str = URL, root: str = "") -> Document:
    found = parsed(url, f"<!DOCTYPE html><html {root}><head>{head}</head><body>{body}</body></html>")
    assert found is not None
    return found


def linked(**properties: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **properties})}</script>'


@pytest.mark.parametrize("query", ["?amp=1", "?outputType=amp", "?amp", "?output=amp&utm_source=x", "?AMP=true"])
def test_a_query_for_the_amp_variant_is_taken_off_any_address(query: str) -> None:
    assert canonical(document(url=URL + query)) == (URL, "url")


def test_what_only_looks_like_such_a_query_stays() -> None:
    assert canonical(document(url=URL + "?amp=20&ampere=1")).value == URL + "?amp=20&ampere=1"


@pytest.mark.parametrize("ending", ["/amp", "/amp/", ".amp"])
@pytest.mark.parametrize("root", ["amp", "⚡"])
def test_the_path_of_an_amp_page_loses_its_ending(ending: str, root: str) -> None:
    assert canonical(document(url=URL + ending, root=root)).value == URL
    assert canonical(document(url=URL + ending)).value == URL + ending


def test_an_amp_file_becomes_the_plain_one() -> None:
    assert canonical(document(url=URL + ".amp.html", root="amp")).value == URL + ".html"


@pytest.mark.parametrize("root", ["amp", "⚡"])
def test_the_path_of_an_amp_page_loses_its_beginning(root: str) -> None:
    there = URL.replace("site.example/", "site.example/amp/")
    assert canonical(document(url=there, root=root)).value == URL
    assert canonical(document(url=there)).value == there
    ampere = URL.replace("site.example/", "site.example/ampere/")
    assert canonical(document(url=ampere, root=root)).value == ampere


def test_an_article_on_amps_keeps_its_address() -> None:
    assert canonical(document(url="https://site.example/amp", root="amp")).value == "https://site.example/amp"


def test_a_claim_that_the_page_itself_calls_its_amp_variant_is_freed_of_it() -> None:
    head = f'<link rel="canonical" href="{URL}/amp"><link rel="amphtml" href="{URL}/amp">'
    assert canonical(document(head)) == (URL, "link canonical")


@pytest.mark.parametrize("host", ["m", "mobile", "amp"])
def test_a_mobile_page_is_joined_where_it_says_so(host: str) -> None:
    own = f"https://{host}.site.example/2026/11/pont"
    assert canonical(document(f'<link rel="canonical" href="{URL}">', url=own)).value == URL
    assert canonical(document(linked(mainEntityOfPage={"@id": URL}), url=own)) == (URL, "json-ld")
    assert canonical(document(url=own)).value == own


def test_json_ld_is_not_believed_where_it_names_another_page() -> None:
    assert canonical(document(linked(url="https://www.site.example/2026/11/gare"))).value == URL
    assert canonical(document(linked(url="https://elsewhere.example/2026/11/pont"))).value == URL


_PATHS = st.lists(st.sampled_from(["a", "amp", "pont", "x.amp", "x.amp.html", "AMP"]), min_size=1, max_size=4)
_QUERIES = st.lists(st.sampled_from(["amp=1", "id=3", "amp", "outputType=amp", "page=2"]), max_size=3)


@given(_PATHS, _QUERIES, st.booleans())
def test_a_canonical_address_is_its_own_canonical_address_and_of_the_same_host(
    path: list[str], query: list[str], is_amp: bool
) -> None:
    url = f"https://www.site.example/{'/'.join(path)}?{'&'.join(query)}"
    once = canonical(document(url=url, root="amp" * is_amp)).value
    assert urlsplit(once).netloc == "www.site.example"
    assert without_amp(once, is_amp=False) == once
    assert canonical(document(url=once)).value == once


@given(st.text(max_size=40))
def test_no_claim_leads_to_another_site(claim: str) -> None:
    escaped = claim.replace("&", "").replace('"', "").replace("<", "")
    host = urlsplit(canonical(document(f'<link rel="canonical" href="{escaped}">')).value).hostname or ""
    assert host == "site.example" or host.endswith(".site.example")


def test_a_picture_is_absolute_and_of_the_web() -> None:
    assert image(document('<meta property="og:image" content="/i/pont.jpg">')) == (
        "https://www.site.example/i/pont.jpg",
        "meta og:image",
    )
    for claim in ("data:image/png;base64,xx", "javascript:x()", "file:///etc/passwd", ""):
        assert image(document(f'<meta property="og:image" content="{claim}">')) == ("", "")
    for value in ("https://a.example/p.jpg", {"url": "https://a.example/p.jpg"}, [{"url": "https://a.example/p.jpg"}]):
        assert image(document(linked(image=value))) == ("https://a.example/p.jpg", "json-ld")


def test_sections_and_tags_are_gathered_each_once() -> None:
    head = (
        linked(articleSection="Monde", keywords=["Pont", "Gel"])
        + '<meta name="keywords" content="gel, Neige &amp; froid">'
    )
    page = document(head, '<a rel="tag" href="/t">Hiver</a>')
    assert section(page) == ("Monde", "json-ld")
    assert tags(page) == (("Pont", "Gel", "Neige & froid", "Hiver"), "json-ld, meta keywords, rel=tag")
    assert section(document('<meta property="article:section" content="Sport">')) == ("Sport", "meta article:section")
    assert (section(document()), tags(document())) == (("", ""), ((), ""))


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (linked(isAccessibleForFree=False), "", (True, "json-ld")),
        (linked(isAccessibleForFree="False"), "", (True, "json-ld")),
        (linked(isAccessibleForFree="http://schema.org/True"), "", (False, "json-ld")),
        (linked(hasPart={"isAccessibleForFree": False, "cssSelector": ".x"}), "", (True, "json-ld")),
        ('<meta property="article:content_tier" content="locked">', "", (True, "meta article:content_tier")),
        ('<meta property="article:content_tier" content="free">', "", (False, "meta article:content_tier")),
        ("", "<div class='a paywall b'><p>Abonnez-vous</p></div>", (True, "class")),
        ("", "<div class='no-paywallish'><p>Texte</p></div>", (None, "")),
    ],
)
def test_a_paywall_is_told_by_what_declares_it(head: str, body: str, expected: tuple[bool | None, str]) -> None:
    assert is_paywalled(document(head, body)) == expected


@pytest.mark.parametrize(
    "written",
    ["Le pont rouvre enfin - Le Site", "Le Site : Le pont rouvre enfin", "Blog *** Le pont rouvre enfin *** carnet"],
)
def test_the_part_of_a_title_that_the_page_shows_is_the_title(written: str) -> None:
    found = headlines(document(f"<title>{written}</title>", "<p class=t>Le pont rouvre enfin</p><p>Texte</p>"))
    assert found[0] == ("Le pont rouvre enfin", "title")
    assert headlines(document(f"<title>{written}</title>"))[0].value == written


def test_a_host_names_its_site_without_accents_and_apostrophes() -> None:
    page = document("<title>Le pont - L’Écho d’Été</title>", url="https://www.lecho-dete.example/x")
    assert headlines(page)[0].value == "Le pont"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Par Sara Lind", ("Sara Lind",)),
        ("Recueilli par Sara Lind et Bo Ek", ("Sara Lind", "Bo Ek")),
        ("By Ann de Vries | May 3, 2025", ("Ann de Vries",)),
        ("Par Sara Lind le 3 mai 2025", ("Sara Lind",)),
        ("Par ailleurs, le pont est fermé", ()),
        ("Par Toutatis le pont est tombé et toute la ville, qui n’en croyait rien, est venue voir la rivière", ()),
    ],
)
def test_a_line_below_the_title_may_sign(line: str, names: tuple[str, ...]) -> None:
    told = signed(document("", f"<h1>Le pont</h1><p>{line}</p><p>Texte</p>"))
    assert told == (names, "text" if names else "")


def test_a_link_to_an_authors_page_signs_and_the_site_itself_only_where_it_is_declared() -> None:
    told = signed(document("", "<h1>Le pont</h1><p>Rédaction <a href='/authors/sara-lind/'>Sara Lind</a></p>"))
    assert told == (("Sara Lind",), "link to an author")
    head = '<meta property="og:site_name" content="Cory Day"><meta name="author" content="Cory Day">'
    assert signed(document(head)) == (("Cory Day",), "meta author, the site's own name")


def test_an_article_tells_where_each_field_is_from() -> None:
    head = linked(author="Sara Lind", datePublished="2024-05-23T08:00:00Z", image="/p.jpg", articleSection="Monde")
    page = document(head, "<h1>Le pont</h1>")
    article = described(page, metadata(page), "Un deux trois.\n\nQuatre cinq.")
    assert article.word_count == 5
    assert article.provenance == {
        "canonical_url": "url",
        "title": "h1",
        "authors": "json-ld",
        "published_at": "json-ld",
        "language": "text",
        "section": "json-ld",
        "image": "json-ld",
    }
