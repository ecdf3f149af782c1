"""`vigie extract` and `vigie source test`: a look at the web, without an archive."""

import json
from pathlib import Path

import pytest

from tests.commands import Commands
from tests.sites import LocalSite, answering

PARAGRAPH = (
    "Le gouvernement a fortement exhorté au retrait immédiat des troupes, a déclaré le ministère dans un communiqué "
    "publié vendredi, et prendra les mesures appropriées au fur et à mesure que la situation évolue."
)
PAGE = (
    '<html lang="fr"><head><title>Le retrait - Le Site</title><link rel="canonical" href="/2026/retrait">'
    '<meta property="article:published_time" content="2026-11-14T09:00:00+01:00"></head>'
    f"<body><nav>Accueil</nav><article><h1>Le retrait</h1><p>{PARAGRAPH}</p></article></body></html>"
)
KEYS = {
    "title", "text", "canonical_url", "authors", "published_at", "modified_at", "language", "section", "tags", "image",
    "is_paywalled", "word_count", "confidence", "provenance",
}  # fmt: skip


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


async def test_a_page_from_standard_input_is_extracted_without_a_data_folder(vigie: Commands) -> None:
    arguments = ("extract", "-", "--url", "https://Site.example/x?utm_source=y", "--json")
    extracted = await vigie.apart(*arguments, stdin=PAGE.encode())
    assert (extracted.code, extracted.err) == (0, "")
    article = extracted.json
    assert article.keys() == KEYS
    assert article["title"] == "Le retrait"
    assert article["text"].split("\n\n")[0] == PARAGRAPH
    assert article["published_at"] == "2026-11-14T08:00:00Z"
    assert article["language"] == "fr"
    assert article["canonical_url"] == "https://site.example/2026/retrait"
    assert article["word_count"] == len(PARAGRAPH.split())
    assert article["provenance"] == {
        "canonical_url": "link canonical",
        "title": "h1",
        "published_at": "meta article:published_time",
        "language": "text and lang",
    }
    assert not vigie.folder.exists()


async def test_a_page_from_a_file_is_printed_to_be_read(vigie: Commands, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    extracted = await vigie.apart("extract", str(tmp_path / "page.html"))
    assert extracted.code == 0
    assert extracted.out.startswith("Le retrait\n")
    assert PARAGRAPH in extracted.out
    assert "Accueil" not in extracted.out


async def test_a_page_that_is_no_article_gives_the_reason_and_how_sure_it_is(vigie: Commands) -> None:
    page = b"<html><body><p>Hello</p></body></html>"
    refused = await vigie.apart("extract", "-", "--json", stdin=page)
    assert refused.code == 1
    why = refused.json
    assert (why.keys(), why["reason"]) == ({"reason", "detail", "confidence"}, "too short")
    assert 0 < why["confidence"] <= 1
    said = f"{why['reason']} ({why['detail']}), confidence {why['confidence']:.2f}"
    assert refused.err.startswith(f"error: - is no article: {said}")
    plain = await vigie.apart("extract", "-", stdin=page)
    assert (plain.code, plain.out, plain.err) == (1, "", refused.err)
    explained = await vigie.apart("extract", "-", "--explain", "--json", stdin=page)
    assert (explained.code, explained.json["verdict"]) == (1, f"no article: {said}")
    assert why.items() <= explained.json.items()


async def test_a_date_in_the_future_is_marked(vigie: Commands) -> None:
    page = PAGE.replace("<head>", '<head><meta property="article:published_time" content="2190-01-01T10:00:00Z">')
    found = (await vigie.apart("extract", "-", "--json", stdin=page.encode())).json
    assert "in the future" in found["provenance"]["published_at"]
    assert not found["published_at"].startswith("2190")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["/nowhere/page.html"], "there is no file /nowhere/page.html"),
        (["/"], "/ cannot be read"),
        (["-", "--url", "ftp://site.example"], "not an http or https one"),
        (["ftp://site.example/page"], "not an http or https one"),
    ],
)
def test_what_cannot_be_read_is_bad_use(vigie: Commands, arguments: list[str], said: str) -> None:
    refused = vigie("extract", *arguments)
    assert refused.code == 2
    assert said in refused.err
    assert not vigie.folder.exists()


async def test_a_url_is_fetched_politely_and_only_where_the_settings_allow_it(vigie: Commands) -> None:
    async with LocalSite() as site:
        url = site.publish("retrait", "Le retrait", PARAGRAPH)
        refused = await vigie.apart("extract", url)
        assert refused.code == 1
        assert f'[network] allow = ["{site.address}"]' in refused.err
        assert not vigie.folder.exists()
        vigie.settings(f'[network]\nallow = ["{site.address}"]\n[crawler]\ndelay = 0\n')
        extracted = await vigie.apart("extract", url, "--json")
        assert extracted.json["title"] == "Le retrait"
        assert extracted.json["canonical_url"] == url
        assert site.asked == {"/robots.txt": 1, "/retrait": 1}
        site.robots = "User-agent: *\nDisallow: /\n"
        forbidden = await vigie.apart("extract", url)
        assert forbidden.code == 1
        assert "robots.txt forbids" in forbidden.err
        site.robots = ""
        missing = await vigie.apart("extract", site.url("/nothing"))
        assert (missing.code, "HTTP 404" in missing.err) == (1, True)
    assert [path.name for path in vigie.folder.iterdir()] == ["vigie.toml"]


async def test_a_site_is_looked_at_before_it_is_added(vigie: Commands) -> None:
    async with LocalSite() as site:
        vigie.settings(f'[network]\nallow = ["{site.address}"]\n[crawler]\ndelay = 0\n')
        site.publish("a", "Un titre")
        site.publish("b", "Deux titres")
        looked = await vigie.apart("source", "test", site.url(), "--json")
        assert looked.code == 0
        [feed] = looked.json["feeds"]
        assert (feed["road"], feed["url"], feed["articles"]) == ("feed", site.url("/feed.xml"), 2)
        assert feed["newest"].endswith("Z")
        told = await vigie.apart("source", "test", site.url())
        assert site.url("/feed.xml") in told.out
        assert (await vigie.apart("source", "list", "--json")).json == []
        await vigie.apart("source", "add", site.url(), "--name", "Le Site")
        assert (await vigie.apart("source", "test", "Le Site", "--json")).json["url"] == site.url()


async def test_the_roads_to_a_sites_articles_are_compared(vigie: Commands) -> None:
    async with LocalSite() as site:
        vigie.settings(f'[network]\nallow = ["{site.address}"]\n[crawler]\ndelay = 0\n')
        site.publish("2026/11/21/un-titre-assez-long", "Un titre")
        cards = "".join(f'<h2><a href="/2026/11/20/un-autre-titre-{n}">Un autre titre</a></h2>' for n in range(3))
        home = site.home().replace("</body>", f"{cards}</body>")
        site.scripts["/"] = answering(200, home, Content_Type="text/html")
        feed = site.feed().replace("<title>Le Site</title>", "<title>Le Site</title><ttl>30</ttl>")
        feed = feed.replace(
            "<item>", '<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/><item>'
        )
        site.scripts["/feed.xml"] = answering(200, feed, Content_Type="application/rss+xml")
        site.robots = "User-agent: *\nCrawl-delay: 0.1\n"
        looked = (await vigie.apart("source", "test", site.url(), "--json")).json
        assert looked["robots"] == {"allowed": True, "crawl_delay": 0.1, "sitemaps": []}
        assert [(feed["road"], feed["read"], feed["format"]) for feed in looked["feeds"]] == [
            ("feed", "each visit", "RSS"),
            ("section", "survey", "section page"),
        ]
        assert (looked["feeds"][0]["ttl"], looked["feeds"][0]["hub"]) == (1800, "https://hub.example/")
        assert looked["feeds"][1]["examples"][1] == {
            "url": site.url("/2026/11/20/un-autre-titre-0"),
            "title": "Un autre titre",
        }
        assert looked["articles"] == 4
        assert looked["roads"] == {"feed": {"articles": 1, "alone": 0}, "section": {"articles": 4, "alone": 3}}
        told = (await vigie.apart("source", "test", site.url())).out
        assert "Of 4 distinct articles found, the feed lists 1; the section page lists 4, 3 of them alone." in told
        assert "asks for 0.1 s between two requests" in told
        assert "https://hub.example/ tells of news at once" in told
        assert "every 30 min" in told
        assert site.asked["/feed.xml"] == 2, "once for each command"


async def test_a_site_with_nothing_to_read_is_found_wanting(vigie: Commands) -> None:
    async with LocalSite() as site:
        vigie.settings(f'[network]\nallow = ["{site.address}"]\n[crawler]\ndelay = 0\n')
        site.scripts["/feed.xml"] = answering(404)
        empty = await vigie.apart("source", "test", site.url(), "--json")
        assert (empty.code, empty.out) == (1, "")
        assert "names no feed and no sitemap" in empty.err
        site.scripts["/"] = answering(503)
        broken = await vigie.apart("source", "test", site.url())
        assert (broken.code, "HTTP 503" in broken.err) == (1, True)


async def test_what_is_neither_a_url_nor_a_source_is_bad_use(vigie: Commands) -> None:
    refused = await vigie.apart("source", "test", "Le Phare")
    assert refused.code == 2
    assert "'Le Phare' is no source" in refused.err


async def test_a_settings_error_is_told_with_its_place_and_without_a_traceback(vigie: Commands) -> None:
    vigie.settings("[crawler]\ndelai = 3\n")
    refused = await vigie.apart("watch", "list")
    assert (refused.code, refused.out) == (2, "")
    assert f"error: {vigie.folder / 'vigie.toml'}:2:1: unknown key crawler.delai" in refused.err
    assert "hint: did you mean 'delay'?" in refused.err
    assert "Traceback" not in refused.err


async def test_output_holds_the_result_and_nothing_else(vigie: Commands) -> None:
    added = await vigie.apart("channel", "add", "webhook", "desk", "--url", "https://127.0.0.1/", "--json")
    assert json.loads(added.out)["name"] == "desk"
    assert "note: nothing will be sent" in added.err


async def test_a_password_in_a_url_is_not_repeated(vigie: Commands) -> None:
    for command in (("source", "test"), ("extract",), ("source", "add")):
        said = await vigie.apart(*command, "http://somebody:hunter2@site.example/")
        assert said.code == 2
        assert "user name or password" in said.err
        assert "hunter2" not in said.out + said.err


async def test_rules_are_tried_and_explained_before_they_are_written(vigie: Commands) -> None:
    promo = PAGE.replace("<article>", '<article><p class="promo">Achetez nos casseroles.</p>').encode()
    tried = await vigie.apart("extract", "-", "--explain", "--drop", ".promo", "--body", "article", stdin=promo)
    assert (tried.code, tried.err) == (0, "")
    assert "rule drop: .promo" in tried.out
    assert "rule body" in tried.out
    assert "repeats the title" in tried.out
    assert "verdict  " in tried.out
    assert all(len(line) <= 80 for line in tried.out.splitlines()[:8]), "it fits a small terminal"
    told = (await vigie.apart("extract", "-", "--explain", "--json", stdin=promo)).json
    assert [block["kept"] for block in told["blocks"] if block["text"] == PARAGRAPH] == [True]
    assert told["article"]["title"] == "Le retrait"
    assert told["verdict"].startswith("article")
    plain = await vigie.apart("extract", "-", "--body", "article > p", "--json", stdin=promo)
    assert plain.json["text"].endswith(PARAGRAPH)
    assert plain.json["text"].startswith("Achetez")


async def test_a_rule_for_bodies_that_selects_nothing_is_told_beside_the_result(vigie: Commands) -> None:
    rule = ("--body", "div[data-text]")
    said = "note: the rule body selects nothing on this page, which is read without it: div[data-text]\n"
    missed = await vigie.apart("extract", "-", *rule, "--json", stdin=PAGE.encode())
    assert (missed.code, missed.err, PARAGRAPH in missed.json["text"]) == (0, said, True)
    explained = await vigie.apart("extract", "-", *rule, "--explain", stdin=PAGE.encode())
    assert (explained.code, explained.err) == (0, said)
    none = await vigie.apart("extract", "-", *rule, stdin=b"<html><body><p>Nothing yet.</p></body></html>")
    assert (none.code, none.err.startswith(f"{said}error: - is no article: ")) == (1, True)
    met = await vigie.apart("extract", "-", "--body", "article", stdin=PAGE.encode())
    assert (met.code, met.err) == (0, "")


async def test_a_page_is_explained_by_the_rules_of_its_source(vigie: Commands) -> None:
    async with LocalSite() as site:
        url = site.publish("retrait", "Le retrait", PARAGRAPH)
        vigie.settings(f'[network]\nallow = ["{site.address}"]\n[crawler]\ndelay = 0\n')
        added = await vigie.apart("source", "add", site.url(), "--name", "S", "--drop", "h1", "--body", "p", "--json")
        assert added.json["extract"] == {"body": "p", "drop": ["h1"]}
        told = (await vigie.apart("extract", url, "--as", "S", "--explain", "--json")).json
        assert {"rule drop: h1", "rule body"} <= {block["why"] for block in told["blocks"]}
        changed = await vigie.apart("source", "edit", "S", "--drop", "", "--json")
        assert changed.json["extract"] == {"body": "p"}


@pytest.mark.parametrize("option", ["--body", "--drop"])
def test_what_is_no_selector_is_bad_use(vigie: Commands, option: str) -> None:
    refused = vigie("extract", "-", option, "p::text", stdin=b"")
    assert refused.code == 2
    assert "'p::text' is no CSS selector" in refused.err


def test_a_rule_in_the_file_that_is_no_selector_is_told_with_its_place(vigie: Commands) -> None:
    vigie.settings(
        '[[source]]\nname = "S"\nurl = "https://s.example/"\n[source.extract]\nbody = "p"\ndrop = ["a", "div["]\n'
    )
    refused = vigie("source", "list")
    assert refused.code == 2
    assert "vigie.toml:6:1" in refused.err
    assert "'div[' is no CSS selector" in refused.err
