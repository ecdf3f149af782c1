"""Rows 41–45: patterns, queries without end, a query that wants everything, what search engines read, foreign code.

A query comes from a user, and one day from somebody else's file. Whatever it says, it is understood or refused where it
is written, with the place and what to write instead; it never costs more than its size, and never reaches an engine.
"""

import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from extraction.pool import WorkerPool
from matching import document, search_row
from news.clock import ManualClock
from storage import Transaction
from tests.commands import Commands, Said
from tests.made_news import prose
from tests.receivers import WebhookReceiver
from tests.running import running
from tests.samples import NOON, a_source, an_article
from tests.sites import LocalSite
from tests.usual import SECRET, hook

_MOST_SECONDS = 5.0  # of this process's own time; each takes a few hundredths


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


def _everywhere(vigie: Commands, query: str) -> list[Said]:
    """What is said to a query by each command that takes one, on a text, an archive and a watch that are there."""
    text = vigie.folder / "text.txt"
    text.write_text("a" * 30 + "! Corée\n\n" + "a " * 3_000, encoding="utf-8")
    return [
        vigie("watch", "add", "Mauvaise", "--", query),
        vigie("watch", "edit", "Bonne", f"--query={query}"),
        vigie("watch", "test", "--", query),
        vigie("search", "--", query),
        vigie("match", "--", query, str(text)),
    ]


def _refused(vigie: Commands, query: str, position: int, says: str) -> None:
    """It is refused wherever it is written, at once, with its place; and nothing is kept of it."""
    vigie.settings("")
    assert vigie("watch", "add", "Bonne", "Corée").code == 0
    begun = time.process_time()
    for said in _everywhere(vigie, query):
        assert (said.code, said.out) == (2, ""), said
        assert says in said.err and f"character {position + 1}\n" in said.err, said.err
        assert "hint: " in said.err and "Traceback" not in said.err
    assert time.process_time() - begun < _MOST_SECONDS
    [kept] = vigie("watch", "list", "--json").json
    assert (kept["name"], kept["query"]) == ("Bonne", "Corée")


@pytest.mark.parametrize(
    ("pattern", "position", "says"),
    [
        ("(a+)+$", 4, "there is no word in “+$”"),
        ("((((Kim{1,1000}){1,1000}){1,1000}){1,1000})", 7, "“{1,1000}” is of a regular expression"),
        ("(a|aa)*b" * 1_250, 6, "cannot begin with a wildcard"),
        ("[a-z]+" * 1_700, 0, "“[a-z” is of a regular expression"),
        (r"\bCor(é|e)e\b", 0, r"“\b” is of a regular expression"),
        ("Corée.*armes", 5, "“.*” is of a regular expression"),
    ],
    ids=["nested plus", "nests of counts", "10 kB of stars", "10 kB of classes", "boundary", "anything between"],
)
def test_row_41_a_pattern_is_refused_at_save_and_never_run(
    vigie: Commands, pattern: str, position: int, says: str
) -> None:
    """There are no regular expressions, so none can run away; nor is one taken for words that it does not mean."""
    _refused(vigie, pattern, position, says)


def test_row_41_a_pattern_in_the_settings_is_refused_with_its_line(vigie: Commands) -> None:
    vigie.settings('[[watch]]\nname = "Bonne"\nquery = "Corée"\n\n[[watch]]\nname = "Motif"\nquery = "Kim{1,1000}"\n')
    said = vigie("watch", "lint")
    assert (said.code, "vigie.toml:7: watch 'Motif'" in said.out, "of a regular expression" in said.out) == (
        2,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("query", "position", "says"),
    [
        (" OR ".join(f"mot{number}" for number in range(5_001)), 53_890, "5,000 terms"),
        ("(" * 1_000 + "Corée" + ")" * 1_000, 100, "100 levels"),
        ("Corée " + "NOT " * 1_000 + "armes", 406, "100 levels"),
    ],
    ids=["terms", "brackets", "nots"],
)
def test_row_42_a_boolean_beyond_the_limit_is_refused_with_its_place(
    vigie: Commands, query: str, position: int, says: str
) -> None:
    _refused(vigie, query, position, says)


def test_row_42_five_thousand_terms_in_a_hundred_brackets_are_taken_and_asked(vigie: Commands) -> None:
    terms = " OR ".join(f"mot{number}" for number in range(5_000))
    query = "(" * 99 + f"({terms})" + ")" * 99
    vigie.settings("")
    assert vigie("watch", "add", "Grande", query).code == 0
    (vigie.folder / "text.txt").write_text("Titre\n\nIl dit mot4999.", encoding="utf-8")
    found = vigie("match", query, str(vigie.folder / "text.txt"))
    assert (found.code, found.out) == (0, "text:3:Il dit mot4999.\n")
    assert vigie("search", query).out == "No stored article matches.\n"


async def test_row_43_a_query_that_wants_everything_is_capped_told_and_ends_in_a_digest(
    site: LocalSite, webhook: WebhookReceiver, pool: WorkerPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood is three alerts, which is the budget, one word that it is spent, and the rest together the next day."""
    monkeypatch.setenv("VIGIE_TEST_SECRET", SECRET)
    clock = ManualClock(NOON)
    site.publish("vieux", "Rien", prose(0), NOON - timedelta(days=1))
    async with running(tmp_path, _wants_everything(site, webhook), pool, clock) as vigie:
        await vigie.visit()
        for number in range(1, 13):
            site.publish(f"a{number}", f"Un événement numéro {number}", prose(number), clock.now())
        vigie.wait(minutes=11)
        await vigie.go_round()
        kinds = Counter(one.alert.kind for one in await vigie.deliveries())
        assert kinds == {"match": 3, "spike" if kinds["spike"] else "budget": 1}, kinds
        vigie.wait(days=1)
        await vigie.go_round()
        [digest, *before] = await vigie.deliveries()
        assert (digest.alert.kind, len(digest.alert.items), len(before)) == ("digest", 9, 4)
        assert {one.state for one in (digest, *before)} == {"sent"}
        vigie.wait(days=2)
        await vigie.deliver()
        assert len(await vigie.deliveries()) == 5
    assert len(webhook.calls) == 5


def _wants_everything(site: LocalSite, webhook: WebhookReceiver) -> str:
    return f"""
[crawler]
delay = 0
revisits = 0
interval = "10m"
[alerts]
timezone = "UTC"
budget = 3
[network]
allow = ["{site.address}", "127.0.0.1:{webhook.port}"]
[[source]]
name = "Le Site"
url = "{site.url()}"
[[watch]]
name = "Tout"
query = "lang:fr OR lang:en OR url:http"
{hook(webhook)}"""


@pytest.mark.parametrize(
    "query", ["lang:fr", "url:http OR lang:en", "site:example.com NOT sport", "(lang:fr) OR Corée"]
)
def test_row_43_whoever_saves_a_query_without_a_word_is_warned(vigie: Commands, query: str) -> None:
    said = vigie("watch", "add", "Tout", query)
    assert (said.code, "no word" in said.err, "vigie watch test" in said.err) == (0, True, True), said
    assert "no word" in vigie("watch", "edit", "Tout", "--query", query).err
    assert "no word" not in vigie("watch", "edit", "Tout", "--query", "lang:fr Corée").err


_ENGINES = [
    *('"', "''", "*", "^Corée", "-", "--", "NEAR(", "NEAR(Corée armes, 2)", "NEAR/", "AND", "Corée AND"),
    *("title : Corée", "{title text}: Corée", "article_search:Corée", "rowid:1", "rank:bm25", "col:a:b:c", "Corée:*"),
    *("'; DROP TABLE article; --", "Corée' OR '1'='1", "%", "_", "\\", "Corée\\", "a & b | !c", "a <-> b", "!Corée"),
    *("Corée\x00armes", "\x00", "\ud83d", "Corée\ud83d", "\u202eeéroC", "\u200b", "👩🏽‍🚀", "ﬀ", "ⅷ"),
    *("NOT", "(", ")", "Corée 👩🏽‍🚀", "İ", "I", "ı", "ß", "朝", "กรุงเทพ", "が", "カﾞ", "ـ"),
    *("e\u0301" * 300, "a" * 99_999, "x" * 40 + "*"),
]  # fmt: skip
_TITLES = ("İstanbul sallandı", "朝鲜发射导弹", "북한은 발표했다", "Corée : 3 000 soldats")


async def _put_titles(tx: Transaction) -> None:
    source_id = await tx.sources.put(a_source(), NOON)
    for number, title in enumerate(_TITLES):
        article = an_article(f"https://phare.example/{number}", title, "…")
        article_id = await tx.articles.add(article, source_id, NOON, NOON)
        assert article_id is not None
        await tx.search.add(article_id, search_row(document(article, "Le Phare")), source_id)


@pytest.fixture
def archive(vigie: Commands, database_url: str) -> Commands:
    """Commands on an archive of four titles, in either database."""
    vigie.settings(f'[database]\nurl = "{database_url}"\n')
    vigie.stored(_put_titles, database_url)
    return vigie


def test_row_44_what_search_engines_read_is_no_error_of_theirs(archive: Commands) -> None:
    """A query is understood by Vigie or refused by Vigie; neither FTS5 nor PostgreSQL ever has to say a word."""
    codes = Counter[int]()
    for number, query in enumerate(_ENGINES):
        ask = [["--order", "newest"], ["--order", "relevance"], ["--count"]][number % 3]
        said = archive("search", *ask, "--", query)
        assert said.code == 0 or (said.code, "character " in said.err, "hint: " in said.err) == (2, True, True), query
        codes[said.code] += 1
    assert min(codes[0], codes[2]) > 15, codes


_FOLDED = {
    _TITLES[0]: ("İstanbul", "istanbul", "ISTANBUL", "Istanbul*", "=İstanbul"),
    _TITLES[1]: ("朝鲜", "朝鲜 导弹", '"朝鲜发射"', "朝"),
    _TITLES[2]: ("북한", "북한은", "발표*"),
    _TITLES[3]: ("coree", "COREE", "CORÉE", "ｃｏｒｅｅ", "Core\u0301e", "3000"),
}


def test_row_44_letters_of_every_script_are_folded_as_documented(archive: Commands) -> None:
    for title, queries in _FOLDED.items():
        for query in queries:
            found = archive("search", "--json", "--", query)
            assert [one["title"] for one in found.json["hits"]] == [title], query


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page of which a rule could take too much, beside a file that no page has a right to."""
    (tmp_path / "secret.xml").write_text("<p>Le canari chante dans la cave.</p>", encoding="utf-8")
    file = tmp_path / "page.html"
    file.write_text(
        f"<html lang=fr><head><title>Un titre</title></head><body><article title=x><h1>Un titre</h1><p>{prose(1)}</p>"
        "</article></body></html>",
        encoding="utf-8",
    )
    return file


_FOREIGN = [
    "unparsed-text('{}')", "unparsed-text(\"{}\")", "document('{}')", "document('{}')//p", "doc('{}')",
    "p[document('{}')]", "//p", "/html/body", "p | document('{}')//p", "*[string(document('{}'))]", "p, document('{}')",
    "p:xpath(document('{}'))", "@href", "p::text", "system-property('xsl:vendor')", "re:match('a', 'b')",
    "$ENV.HOME", "xi|include",
]  # fmt: skip


@pytest.mark.parametrize("rule", _FOREIGN)
def test_row_45_a_rule_for_pages_is_a_css_selector_and_no_program(vigie: Commands, page: Path, rule: str) -> None:
    """Vigie takes neither XPath nor XSLT, nor jq; of CSS, nothing reads a file, an address or the environment."""
    css = rule.format((page.parent / "secret.xml").as_uri())
    for option in ("--body", "--drop"):
        said = vigie("extract", str(page), "--url", "https://phare.example/1", option, css)
        assert (said.code, "canari" in said.out + said.err) == (2, False), said
        assert "is no CSS selector" in said.err or "asks for the namespace" in said.err
        assert vigie("source", "add", "phare.example", option, css).code == 2
    vigie.settings(f"[[source]]\nname = 'A'\nurl = 'https://a.example/'\n[source.extract]\nbody = '''{css}'''\n")
    said = vigie("source", "list")
    assert (said.code, "vigie.toml:5:" in said.err) == (2, True), said


def test_row_45_quotes_in_a_rule_open_no_way_out_of_it(
    vigie: Commands, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in a string stays a string: it selects nothing, and the page is read as if it were not there."""
    monkeypatch.setenv("CANARI", "canari")
    secret = (page.parent / "secret.xml").as_uri()
    drop = [
        f"[title=\"') | document('{secret}')//p | ('\"]",
        f'[title=\'") | document("{secret}")//p | ("\']',
        "env.CANARI",
    ]
    rules = ["--body", f'article[title="x{secret}\'"]', *(part for css in drop for part in ("--drop", css))]
    said = vigie("extract", str(page), "--url", "https://phare.example/1", *rules, "--json")
    assert said.code == 0, said
    assert (said.json["title"], said.json["word_count"] > 400) == ("Un titre", True)
    assert "canari" not in said.out + said.err
