"""The verdict on a page that could be read: an article, or why it is none, and how sure that is; pure."""

from dataclasses import dataclass
from typing import Literal

from extraction.signals import Signals, is_consent_host
from extraction.walls import walls
from news.url import host

# A news flash has 25 words; what is shorter is a caption, a consent wall, a 'page not found'.
FEWEST_WORDS = 25
_MOST_WORDS = 250  # an article on missing pages or on privacy is longer, or says when it was published
_MOST_OF_A_FORM = 60  # words beside a form that asks who is reading
_MOST_OF_A_STUB = 150  # words that a page shows of an article that is to be paid for
_INDEX = 5.0  # points from which a page is one that lists others
_SLOPE = 0.45  # of the odds, for each point beyond

Kind = Literal["", "index page", "soft 404", "consent wall", "paywall stub", "too short", "no text"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is empty for an article; `confidence` from 0 to 1 says how likely the verdict is right."""

    reason: Kind
    detail: str
    confidence: float


def verdict(page: Signals) -> Verdict:
    """What the page is. The first that is true counts: what stands in the place of an article, then what is missing."""
    return _impostor(page) or _empty(page) or _stub(page) or _index(page) or _article(page)


def _impostor(page: Signals) -> Verdict | None:
    """A page that only stands in for another: it says so in its title, and has little else to say."""
    if is_consent_host(page.url):
        return Verdict("consent wall", f"it is a page of {host(page.url)}, which asks for consent", 0.99)
    words = _own_words(page)
    if page.is_dated or words > _MOST_WORDS:
        return None
    says = walls()
    sure = 0.97 - 0.4 * words / _MOST_WORDS
    for title in (*page.titles, *(page.headings if words < FEWEST_WORDS * 3 else ())):
        if says.is_gone(title):
            return Verdict("soft 404", f"it says {title!r}, and answers as if it were there", sure)
        if says.is_consent(title):
            return Verdict("consent wall", f"it asks for consent: {title!r}", sure)
        if says.is_human(title) and words <= _MOST_OF_A_STUB:
            return Verdict("consent wall", f"it asks for a person, or shuts one out: {title!r}", sure)
        if page.asks_who and words <= _MOST_OF_A_FORM and says.is_login(title):
            return Verdict("paywall stub", f"it asks who is reading: {title!r}", sure)
    return None


def _own_words(page: Signals) -> float:
    """The words of the body without those of teasers that it was taken with."""
    return page.words * (1 - page.cards)


def _empty(page: Signals) -> Verdict | None:
    """A page with less text than a news flash."""
    if page.words >= FEWEST_WORDS:
        return None
    if page.is_not_free or page.asks_for_payment:
        return Verdict("paywall stub", "what it shows is too short, the rest is for subscribers", 0.9)
    if page.is_shell:
        advice = "its text is written by scripts; browser = true in its source reads such pages"
        return Verdict("no text", advice, 0.9 - page.page_words / 1_000 if page.page_words < 400 else 0.5)
    if _points(page) >= _INDEX and page.teasers:
        return _listing(page)
    sure = max(0.2, 0.95 - 0.3 * (page.is_dated + page.says_article) / 2 - 0.5 * page.words / FEWEST_WORDS)
    if not page.words:
        return Verdict("no text", "nothing on the page reads like an article", sure)
    return Verdict("too short", f"{page.words} words are left of the page, fewer than {FEWEST_WORDS}", sure)


def _stub(page: Signals) -> Verdict | None:
    """The beginning of an article, and a word that the rest is to be paid for."""
    words = _own_words(page)
    if words > _MOST_OF_A_STUB or _points(page) >= _INDEX:
        return None
    said = 1.0 * page.is_not_free + 1.0 * page.asks_for_payment + 0.7 * page.is_text_cut
    if said < 1.0 or (page.is_not_free and said < 1.5 and words > _MOST_OF_A_STUB / 2):
        return None
    sure = min(0.97, 0.45 + 0.25 * said) - 0.3 * words / _MOST_OF_A_STUB
    return Verdict("paywall stub", f"it shows {words:.0f} words, the rest is for subscribers", sure)


def _points(page: Signals) -> float:
    """How much speaks for a page that lists others, less what speaks for an article."""
    points = 2.5 * page.cards + 2.0 * page.cut + min(2.0, page.teasers / 12) + 1.5 * page.linked
    points += 2.0 * page.is_home + 1.5 * page.is_listing - 1.5 * page.is_article_path
    points += 1.5 * page.says_list + 0.5 * page.says_website - 1.5 * page.says_article
    points += 0.5 * (page.sureness < 0.6) - 1.0 * page.is_dated
    return points + (1.0 if page.run < 60 else 0.0 if page.run < 120 else -min(4.0, page.run / 150))


def _index(page: Signals) -> Verdict | None:
    return _listing(page) if _points(page) >= _INDEX else None


def _listing(page: Signals) -> Verdict:
    detail = f"it lists {page.teasers} others, and has no text of its own beyond {page.run} words in one place"
    return Verdict("index page", detail, min(0.98, 0.5 + _SLOPE * (_points(page) - _INDEX) / 2))


def _article(page: Signals) -> Verdict:
    """Surer the surer the body is, the longer, and the farther from any refusal."""
    margin = min(1.0, max(0.0, (_INDEX - _points(page)) / _INDEX))
    length = min(1.0, page.words / (4 * FEWEST_WORDS))
    marks = min(1.0, 0.4 + 0.3 * page.is_dated + 0.3 * page.says_article)
    return Verdict("", "", 0.35 * page.sureness + 0.3 * margin + 0.2 * length + 0.15 * marks)
