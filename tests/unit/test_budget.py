"""Links that a visit does not follow: what can be made without end, and never an article."""

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.budget import LONGEST_FOLLOWED, verdict, within_budget
from news.errors import BadUrlError
from news.source import FoundLink
from news.url import joined, normal

_CORPORA = Path(os.environ.get("VIGIE_CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))

# Made up after the ways in which newspapers, agencies and blogs write the addresses of their articles.
ARTICLES = """\
https://www.lemonde.fr/international/article/2026/11/21/en-coree-le-retrait-des-troupes_6789012_3210.html
https://www.lemonde.fr/idees/live/2026/11/21/en-direct-le-budget_6789013_3232.html?page=2
https://www.lefigaro.fr/flash-actu/la-maire-de-nantes-candidate-20261121
https://www.liberation.fr/politique/le-senat-vote-20261121_ABCDEFGHIJKLMNOPQRSTUVWXYZ/
https://www.ouest-france.fr/bretagne/brest-29200/un-incendie-a-brest-0b1c2d3e-a1b2-11f0-8c3d-1234567890ab
https://www.leparisien.fr/paris-75/greve-a-la-ratp-21-11-2026-AB3DE5GHIJKLMNOPQRSTUVWXYZ.php
https://www.20minutes.fr/monde/4123456-20261121-guerre-direct
https://www.lesechos.fr/economie-france/budget-fiscalite/budget-2027-ce-que-veut-bercy-2123456
https://www.francetvinfo.fr/meteo/climat/canicule-2026_7123456.html
https://www.mediapart.fr/journal/france/211126/l-enquete-sur-les-marches-publics
https://www.humanite.fr/-/-/un-titre-ancien
https://www.sudouest.fr/gironde/bordeaux/?id=17123456
https://www.courrierinternational.com/article/chine-2031-le-plan
https://www.letelegramme.fr/finistere/brest/le-brest/le-brest-gagne-7123456.php
https://reporterre.net/Le-climat-et-nous-en-2031
https://www.arretsurimages.net/emissions/arret-sur-images/arret-sur-le-budget
https://exemple.fr/spip.php?article12345
https://exemple.fr/spip.php?page=article&id_article=12345&date=2026-11
https://exemple.fr/index.php?page=57
https://exemple.fr/?p=4711
https://exemple.fr/actu?id=4711&page=2
https://exemple.fr/2026/11/11/11-novembre-la-ceremonie/
https://exemple.fr/11/11/11/armistice
https://exemple.fr/agenda/2026/11/21/concert-de-noel-a-lyon
https://exemple.fr/evenements/2026/festival-d-angouleme
https://exemple.fr/archives/2026/11/une-grande-decouverte.html
https://exemple.fr/2031/05/le-futur.html
https://exemple.fr/2031
https://exemple.fr/news/politique/news/loi-news
https://www.nytimes.com/2026/11/21/us/politics/senate-vote.html
https://www.nytimes.com/live/2026/11/21/world/korea-news
https://www.theguardian.com/world/2026/nov/21/north-korea-troops-withdrawal
https://www.theguardian.com/world/live/2026/nov/21/korea-live?page=with:block-6560a1b28f08d2f1a1b2c3d4
https://www.bbc.com/news/articles/c0ab1cd2ef3o
https://www.bbc.co.uk/news/world-asia-67890123
https://www.washingtonpost.com/world/2026/11/21/korea-troops/
https://www.reuters.com/world/asia-pacific/north-korea-says-it-will-withdraw-2026-11-21/
https://apnews.com/article/korea-troops-withdrawal-0a1b2c3d4e5f60718293a4b5c6d7e8f9
https://www.cnn.com/2026/11/21/asia/korea-intl-hnk/index.html
https://www.ft.com/content/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9
https://www.economist.com/asia/2026/11/21/a-surprising-withdrawal
https://www.bloomberg.com/news/articles/2026-11-21/korea-withdraws
https://www.aljazeera.com/news/2026/11/21/un-vote-on-korea?traffic_source=rss
https://www.independent.co.uk/news/world/asia/korea-b2567890.html
https://www.irishtimes.com/world/2026/11/21/a-title/
https://www.rte.ie/news/2026/1121/1481234-korea/
https://www.cbc.ca/news/world/korea-1.7123456
https://www.example.com/story.php?storyid=123&year=2026&month=11&sid=100
https://www.example.com/article.asp?id=123&date=2026-11-21
https://www.example.com/news?date=2026-11-21&article=123
https://www.example.com/nation-now-troops-leave-north?date=20261121
https://www.example.com/index.php?option=com_content&view=article&id=123:a-slug&catid=4&Itemid=6&limitstart=0
https://www.example.com/news?tx_news_pi1%5Baction%5D=detail&tx_news_pi1%5Bcontroller%5D=News&tx_news_pi1%5Bnews%5D=2236
https://n.news.example.com/main/read.nhn?mode=LSD&mid=shm&sid1=100&oid=001&aid=0012345678
https://example.com/en/world/en/politics
https://example.com/001/001/001/1001.html
https://example.com/daily/2026/11/21/
https://example.com/session-of-parliament-opens?session=2026
""".splitlines()

REFUSED = [
    ("URL length", "https://example.com/" + "a" * LONGEST_FOLLOWED),
    ("path repeats", "https://example.com/a/a/a"),
    ("path repeats", "https://example.com/fr/actu/fr/actu/fr/actu/"),
    ("path repeats", "https://example.com/News/x/news/y/NEWS/z.html"),
    ("path repeats", "https://example.com/1/1/1/1/1/1"),
    ("session id", "https://example.com/(S(lit3py55t21z5v55vlm25s55))/page.aspx"),
    ("session id", "https://example.com/page;sid=0a1b2c3d4e5f?id=3"),
    ("session id", "https://example.com/article?id=3&sess_id=0a1b2c3d4e5f60718293a4b5"),
    ("session id", "https://example.com/article?id=3&sid=aB3dE5gH7jK9mN1pQ3sT5vW7xY9z"),
    ("calendar", "https://example.com/2031/05/"),
    ("calendar", "https://example.com/calendar/2031/05/"),
    ("calendar", "https://example.com/fr/agenda/2031-05-12"),
    ("calendar", "https://example.com/evenements/mois/2031-05/"),
    ("calendar", "https://example.com/archives/2026"),
    ("calendar", "https://example.com/events?month=2031-05"),
    ("calendar", "https://example.com/?date=2031-05-12&view=week"),
    ("calendar", "https://example.com/agenda?year=2031&month=5&day=12"),
    ("calendar", "https://example.com/agenda?annee=2031&mois=mai"),
    ("calendar", "https://example.com/events/?tribe-bar-date=2031-05-12&eventDisplay=day"),
    ("facets", "https://example.com/list?sort=date&order=desc&per_page=50"),
    ("facets", "https://example.com/list?f[0]=a&f[1]=b&f[2]=c&page=2"),
    ("facets", "https://example.com/shop?color=red&size=m&min_price=3"),
    ("page number", "https://example.com/politique/page/7/"),
    ("page number", "https://example.com/un-article-assez-long/seite-2"),
    ("page number", "https://example.com/actualites?page=7"),
    ("page number", "https://example.com/?paged=12"),
]


@pytest.mark.parametrize("url", ARTICLES)
def test_an_article_is_followed(url: str) -> None:
    assert verdict(normal(url)) is None


@pytest.mark.parametrize(("cap", "url"), REFUSED)
def test_what_has_no_end_is_refused_and_says_why(cap: str, url: str) -> None:
    bite = verdict(normal(url))
    assert bite is not None
    assert (bite.name, bite.url) == (cap, normal(url))
    assert bite.detail


@pytest.mark.parametrize(
    "session",
    ["sid=58428beaa14598c2e02d93ad5c773e4d", "PHPSESSID=8k2j3h4g5f6d7s8a", "osCsid=58428BEAA14598C2E02D93AD5C773E4D"],
)
def test_a_session_that_is_surely_one_is_taken_out_and_the_link_followed(session: str) -> None:
    plain = "https://example.com/viewtopic.php?f=4&t=167"
    assert normal(f"{plain}&{session}") == plain
    assert normal("https://example.com/a;jsessionid=0A1B2C?id=3") == "https://example.com/a?id=3"


def test_a_short_number_is_no_session() -> None:
    url = "https://example.com/read?sid=100&aid=0012345678"
    assert normal(url) == url


def test_of_many_links_those_within_budget_are_kept_and_each_budget_bites_once() -> None:
    months = [FoundLink(f"https://example.com/calendar/2031/{month:02}/") for month in range(1, 13)]
    others = [FoundLink("https://example.com/un-article-assez-long"), FoundLink("https://example.com/a/a/a")]
    followed, bites = within_budget([others[0], *months, others[1]])
    assert followed == (others[0],)
    assert [bite.name for bite in bites] == ["calendar", "path repeats"]
    assert bites[0].url == months[0].url
    assert bites[0].detail.endswith("so do 11 more links")


_SEGMENT = st.text("abcdefghijklmnop0123456789-_.%", min_size=1, max_size=12)
_QUERY = st.lists(st.tuples(_SEGMENT, _SEGMENT), max_size=6)


@given(st.lists(_SEGMENT, max_size=12), _QUERY)
def test_any_url_gets_a_verdict(path: list[str], query: list[tuple[str, str]]) -> None:
    url = "https://example.com/" + "/".join(path) + "?" + "&".join("=".join(pair) for pair in query)
    bite = verdict(url)
    assert bite is None or (bite.url == url and bite.detail)


@given(st.text(max_size=200))
def test_no_text_breaks_the_verdict(text: str) -> None:
    try:
        url = normal(f"https://example.com/{text}")
    except BadUrlError:
        return
    verdict(url)


@given(_SEGMENT.filter(lambda segment: segment.strip(".") != ""), st.integers(6, 40))
def test_a_path_that_grows_by_itself_comes_to_an_end(segment: str, depth: int) -> None:
    bite = verdict("https://example.com" + f"/{segment}" * depth)
    assert bite is not None


@given(st.integers(1900, 2199), st.integers(1, 12), st.sampled_from(["calendar/{}/{:02}", "agenda?date={}-{:02}"]))
def test_a_calendar_has_no_month_that_is_followed(year: int, month: int, form: str) -> None:
    bite = verdict("https://example.com/" + form.format(year, month))
    assert bite is not None
    assert bite.name == "calendar"


def _annotated() -> Iterator[str]:
    for archive in sorted(_CORPORA.glob("*.tar.xz")):
        with tarfile.open(archive) as files:
            gold = next((file for file in files if file.name.endswith("gold.jsonl")), None)
            lines = files.extractfile(gold) if gold is not None else None
            for line in lines or ():
                url = json.loads(line).get("url")
                link = joined(url, url) if url else None
                if link is not None:
                    yield link


def test_no_article_of_the_corpora_is_refused() -> None:
    urls = list(_annotated())
    if not urls:
        pytest.skip("the corpora are absent; VIGIE_CORPORA names their folder")
    assert [bite for url in urls if (bite := verdict(url)) is not None] == []
