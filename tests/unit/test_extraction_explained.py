"""The user's rules for a site's pages, and why each block of a page stayed or went."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import pytest
from lxml.etree import XPath

from extraction import selectors
from extraction.article import extract_article
from extraction.explain import Explanation, explained
from extraction.extractor import PoolExtractor
from extraction.selectors import selector
from news.article import Article, NoArticle, Page
from news.errors import ConfigError
from news.guidance import UNGUIDED, Guidance, Rules

P = ParamSpec("P")
T = TypeVar("T")
FIRST = (
    "Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures dans une salle comble, "
    "où plusieurs élus ont demandé des garanties sur le calendrier des travaux."
)
LAST = (
    "La séance a été levée peu avant minuit, et le maire a promis que les travaux du pont commenceraient au printemps, "
    "si la région confirme sa part du financement."
)
ADVERT = (
    "Achetez avant dimanche nos casseroles en cuivre, les plus belles de la région, et recevez un couvercle gratuit "
    "pour toute commande passée dans le magasin du centre."
)
PAGE = (
    "<html><head><title>Le budget est voté</title></head><body><nav>Accueil</nav>"
    f'<article><h1>Le budget est voté</h1><div class="promo"><p>{ADVERT}</p></div><div class="text"><p>{FIRST}</p>'
    f"<p>LIRE AUSSI : Le pont en cinq dates</p><p>{LAST}</p></div></article></body></html>"
)


def page(text: str = PAGE) -> Page:
    return Page("https://site.example/budget", text.encode(), "text/html; charset=utf-8")


def ruled(body: str = "", *drop: str) -> Guidance:
    return Guidance(Rules(body, drop))


def article_of(guidance: Guidance, text: str = PAGE) -> Article:
    found = extract_article(page(text), guidance)
    assert isinstance(found, Article)
    return found


def whys(explanation: Explanation) -> dict[str, tuple[bool, str]]:
    return {block.text: (block.kept, block.why) for block in explanation.blocks}


def test_what_is_dropped_is_not_there_for_anything_that_follows() -> None:
    assert ADVERT in article_of(UNGUIDED).text
    assert article_of(ruled("", ".promo")).text == f"{FIRST}\n\n{LAST}"
    assert article_of(ruled("", "h1", "title"), PAGE).title != "Le budget est voté", "not even for the title"


def test_the_page_itself_cannot_be_dropped() -> None:
    assert isinstance(extract_article(page(), ruled("", "html")), Article)


def test_a_body_rule_takes_all_that_it_selects_but_what_sites_write_between() -> None:
    assert article_of(ruled(".text")).text == f"{FIRST}\n\n{LAST}"
    assert article_of(ruled(".text, .promo")).text == f"{ADVERT}\n\n{FIRST}\n\n{LAST}"
    assert article_of(ruled("article, .text")).text == f"{ADVERT}\n\n{FIRST}\n\n{LAST}", "nothing twice"


def test_a_body_rule_may_select_what_stands_within_a_line() -> None:
    inline = f"<html><body><p><b>VILLE.</b> <span class=x>{FIRST}</span></p><p>{LAST}</p></body></html>"
    explanation = explained(page(inline), ruled(".x"))
    assert isinstance(explanation.found, Article)
    assert explanation.found.text == FIRST


def test_where_a_body_rule_selects_nothing_the_model_decides_and_it_is_told() -> None:
    found = article_of(ruled(".nowhere"))
    assert found.text == article_of(UNGUIDED).text
    assert found.missed_rule == ".nowhere"
    assert article_of(ruled(".text")).missed_rule == article_of(UNGUIDED).missed_rule == ""


@pytest.mark.parametrize(
    ("css", "said"),
    [
        ("p::text", "Pseudo-elements"),
        ("div[", "'div['"),
        ("p:has-not(x)", "has-not"),
        ("  ", "is empty"),
        ("a" * 501, "more than 500"),
        ("svg|p", "Undefined namespace prefix"),
        ("x[svg|href]", "asks for the namespace 'svg'"),
        ("a ~ b + c ~ d", "has 3 of"),
        ("a:not(b + c) ~ d ~ e", "has 3 of"),
        ("a:has(~ b ~ c ~ d)", "has 3 of"),
    ],
)
def test_what_is_no_selector_is_refused_with_the_reason(css: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("[", r"\[")) as refused:
        selector(css)
    assert refused.value.hint


async def test_a_page_that_timed_out_names_the_rules_that_may_be_why() -> None:
    class Slow:
        """Workers for whom all takes too long."""

        async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
            raise TimeoutError

    extractor = PoolExtractor(Slow())
    plain, with_rules = [await extractor.extract(page(), each) for each in (UNGUIDED, ruled("li ~ li", ".promo"))]
    assert isinstance(plain, NoArticle)
    assert isinstance(with_rules, NoArticle)
    assert "rule" not in plain.detail
    assert "body 'li ~ li', drop '.promo'" in with_rules.detail


def test_a_selector_with_two_siblings_or_one_in_each_of_its_parts_is_none_too_many() -> None:
    for css in ("a ~ b + c", "h2 + p, h3 + p, h4 + p", "[x='~+~']"):
        assert selector(css)


def test_a_selector_that_fails_on_a_page_selects_nothing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "selector", lambda css: XPath(f"//p[{css}]"))
    found = article_of(ruled("x:y", "x:y"))
    assert found.text == article_of(UNGUIDED).text
    assert found.missed_rule == "x:y"


def test_a_rule_that_is_kept_and_no_selector_selects_nothing() -> None:
    found = article_of(ruled("svg|p", "a ~ b ~ c ~ d"))
    assert found.text == article_of(UNGUIDED).text
    assert found.missed_rule == "svg|p"


def test_a_page_without_an_article_tells_of_a_rule_that_selects_nothing_too() -> None:
    empty = Page("https://le-site.example/empty", b"<html><body><p>Nothing yet.</p></body></html>")
    found = [extract_article(empty, each) for each in (ruled("div.text"), ruled("p"), UNGUIDED)]
    assert [isinstance(each, NoArticle) and each.missed_rule for each in found] == ["div.text", "", ""]


def test_each_block_has_its_reason() -> None:
    said = whys(explained(page()))
    assert said["Le budget est voté"] == (False, "repeats the title")
    assert said["LIRE AUSSI : Le pont en cinq dates"] == (False, "phrase list: read-also line")
    assert said[FIRST] == (True, "model")
    assert said["Accueil"] == (False, "model")


def test_the_rules_are_named_as_reasons() -> None:
    said = whys(explained(page(), ruled(".text", ".promo")))
    assert said[ADVERT] == (False, "rule drop: .promo")
    assert said[FIRST] == (True, "rule body")
    assert said["Accueil"] == (False, "outside the rule body")
    assert said["LIRE AUSSI : Le pont en cinq dates"] == (False, "phrase list: read-also line")


def test_what_is_kept_is_the_article() -> None:
    for guidance in (UNGUIDED, ruled(".text"), ruled("", ".promo")):
        explanation = explained(page(), guidance)
        assert isinstance(explanation.found, Article)
        assert "\n\n".join(block.text for block in explanation.blocks if block.kept) == explanation.found.text
        assert explanation.found == extract_article(page(), guidance)


def test_a_body_that_only_json_ld_has_is_named() -> None:
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "%s"}</script>'
    long = f"{FIRST}\\n{LAST}\\n{FIRST}"
    text = f"<html><head>{data % long}</head><body><h1>Le budget est voté</h1><p>{ADVERT}</p></body></html>"
    assert (LAST, (True, "JSON-LD body used")) in whys(explained(page(text))).items()


def test_a_page_that_cannot_be_read_has_only_a_verdict() -> None:
    explanation = explained(Page("https://site.example/x", b"%PDF-1.7"))
    assert explanation.blocks == ()
    assert isinstance(explanation.found, NoArticle)
