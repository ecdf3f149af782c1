"""Boxes that ask for consent: they are no text of an article, and a page of nothing else is none."""

import pytest
from lxml import html

from extraction.article import extract_article
from extraction.blocks import walked
from extraction.consent import consent_lines
from extraction.explain import explained
from extraction.lines import lines_of
from extraction.walls import walls
from news.article import Article, NoArticle, Page

URL = "https://site.example/2026/11/20/le-port-rouvre-lundi"
PROSE = tuple(
    f"Le conseil a voté {what}, après un débat de quatre heures dans une salle comble où chacun a parlé à son tour."
    for what in ("le budget de la commune", "la rallonge des écoles", "les travaux de la digue", "la taxe de séjour")
)
FRENCH = (
    "Nous et nos 842 partenaires stockons et/ou accédons à des informations sur un terminal, telles que les cookies, "
    "et traitons des données personnelles.",
    "Vous pouvez accepter ou refuser, ou bien vous abonner pour lire sans publicité, et changer d'avis plus tard.",
)
ENGLISH = (
    "We and our 842 partners store and access personal data, like browsing data or unique identifiers, on your device. "
    "Selecting “I accept” enables tracking technologies.",
    "You can change your choices at any time by clicking the privacy link at the bottom of the page.",
)
ASKING = (
    *FRENCH[:1], *ENGLISH[:1],
    "Vos données, votre choix. Avec nos partenaires, nous utilisons des cookies pour la publicité.",
    "Wir und unsere 214 Partner speichern Informationen auf Ihrem Gerät, etwa Cookies.",
    "Nosotros y nuestros 800 socios almacenamos información en un dispositivo, como cookies.",
    "Noi e i nostri 620 partner archiviamo informazioni su un dispositivo e trattiamo dati personali.",
    "Nós e os nossos 700 parceiros armazenamos informações num dispositivo, como cookies.",
    "Wij en onze 160 partners gebruiken cookies om advertenties te tonen.",
    "My i nasi 512 partnerzy przechowujemy informacje na urządzeniu, takie jak pliki cookie.",
    "Мы и наши партнеры храним файлы cookie на устройстве.",
    "نحن وشركاؤنا نخزن المعلومات على جهازك ونستخدم ملفات تعريف الارتباط.",
    "当社と842社のパートナーは、デバイス上のクッキーなどの情報を保存します。",
    "당사와 842개의 파트너는 기기에 쿠키를 저장합니다.",
    "我们和我们的合作伙伴在设备上存储信息,例如 cookie。",
    "Biz ve 842 iş ortaklarımız cihazda çerez gibi bilgileri saklıyoruz.",
)  # fmt: skip


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(body: str, title: str = "Le port rouvre lundi") -> Page:
    html_ = f"<html lang=fr><head><title>{title}</title></head><body>{body}</body></html>"
    return Page(URL, html_.encode(), "text/html; charset=utf-8")


def on_article(box: str) -> Page:
    return page(f"{box}<main><article><h1>Le port rouvre lundi</h1>{paragraphs(PROSE)}</article></main>")


@pytest.mark.parametrize("line", ASKING)
def test_a_sentence_that_says_who_stores_what_asks_for_consent(line: str) -> None:
    assert walls().asks_consent(line)


@pytest.mark.parametrize(
    "line",
    [
        "« Nous et nos 842 partenaires stockons des cookies », lit-on sur chaque page depuis cinq ans.",
        "The line “We and our 842 partners store cookies” greets every reader, the study says.",
        "Nous et nos partenaires européens devons agir, a dit le ministre, qui veut une flotte commune.",
        "We and our partners will rebuild the harbour before the winter, the mayor said on Monday.",
        "Les cookies de ses partenaires ont coûté au site une amende de trois millions d'euros.",
    ],
)
def test_a_sentence_of_an_article_does_not(line: str) -> None:
    assert not walls().asks_consent(line)


@pytest.mark.parametrize(
    "box",
    [
        'class="cookie-consent"', 'role="dialog" aria-label="Cookies"', 'id="didomi-host"', 'id="onetrust-consent-sdk"',
        'id="qc-cmp2-container"', 'id="tarteaucitronRoot"', 'class="cookie-banner" style="display:none"', 'class="x7"',
    ],
)  # fmt: skip
@pytest.mark.parametrize("texts", [FRENCH, ENGLISH], ids=["fr", "en"])
def test_nothing_of_a_box_stays_in_the_article(box: str, texts: tuple[str, ...]) -> None:
    read = on_article(f"<div {box}><h2>Cookies</h2>{paragraphs(texts)}<button>OK</button></div>")
    found = extract_article(read)
    assert isinstance(found, Article), found
    assert found.text == "\n\n".join(PROSE)
    assert {each.why for each in explained(read).blocks if each.text in texts} == {"asks for consent"}


def test_a_named_box_goes_whatever_it_says() -> None:
    walk = walked(html.fromstring(f'<div><div class="a CMPBOX">{paragraphs(PROSE[:2])}</div><p>{PROSE[2]}</p></div>'))
    assert set(consent_lines(walk, lines_of(walk))) == {0, 1}


@pytest.mark.parametrize("tag", ["main", "article", "div"])
def test_what_is_named_after_a_box_and_holds_the_article_stays(tag: str) -> None:
    found = extract_article(page(f'<{tag} class="cookie-banner"><h1>Le port</h1>{paragraphs(PROSE)}</{tag}>'))
    assert isinstance(found, Article), found
    assert found.text == "\n\n".join(PROSE)


def test_a_flash_beside_a_longer_box_is_an_article() -> None:
    box = f"<div class=x7>{paragraphs(FRENCH)}</div>"
    found = extract_article(page(f"<div><div><h1>Le port</h1>{paragraphs(PROSE[:2])}</div>{box}</div>"))
    assert isinstance(found, Article), found
    assert found.text == "\n\n".join(PROSE[:2])


@pytest.mark.parametrize("title", ["Le port rouvre lundi", "Le Phare, l'actualité de la côte", "Bienvenue"])
@pytest.mark.parametrize("texts", [FRENCH, ENGLISH], ids=["fr", "en"])
@pytest.mark.parametrize("around", ["div", "main"])
def test_a_page_of_nothing_else_is_a_wall_whatever_its_title(title: str, texts: tuple[str, ...], around: str) -> None:
    buttons = "<button>Tout accepter</button><button>Continuer sans accepter</button>"
    found = extract_article(page(f"<{around}><h1>{title}</h1>{paragraphs(texts)}{buttons}</{around}>", title))
    assert isinstance(found, NoArticle), found
    assert found.reason == "consent wall"


def test_an_article_that_sets_such_a_sentence_as_a_quotation_keeps_it() -> None:
    quote = f"<blockquote><p>{FRENCH[0]}</p></blockquote>"
    body = f"<article><h1>Le port</h1>{paragraphs(PROSE[:2])}{quote}{paragraphs(PROSE[2:])}</article>"
    found = extract_article(page(body))
    assert isinstance(found, Article), found
    assert FRENCH[0] in found.text
