"""The verdict on a page that could be read: an article, or why it is none, and how sure that is; pure."""

from dataclasses import dataclass
from typing import Literal

from extraction.signals import Signals, is_consent_host
from extraction.titles import without_name
from extraction.walls import walls
from news.url import host

# A news flash has 25 words, or is a sentence on a page that says it is an article; what is shorter is a caption, a
# consent wall, a 'page not found'.
FEWEST_WORDS = 25
_MOST_WORDS = 250  # an article on missing pages or on privacy is longer, or says when it was published
_MOST_OF_A_FORM = 60  # words beside a form that asks who is reading
_MOST_OF_A_STUB = 150  # words that a page shows of an article that is to be paid for
_PROSE = 40  # words of a body's own prose beside which a title that only begins like a wall's is a headline
_UNSURE = 0.6  # at most, where an article may be behind it: the page is then looked at once more
_SENTENCE = 12  # words of a whole sentence that may be all of a flash
_FLASH = 0.5  # how sure it is at most
_CONSENT = 0.4  # of a page's words in boxes that ask for consent, from which a page without text has nothing else
_ALL_CARDS = 0.9  # of the words of a page that has no text of its own
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
    return _impostor(page) or _asking(page) or _empty(page) or _stub(page) or _index(page) or _article(page)


def _impostor(page: Signals) -> Verdict | None:
    """A page that only stands in for another: it says so in its title, and has little else to say."""
    if is_consent_host(page.url):
        return Verdict("consent wall", f"it is a page of {host(page.url)}, which asks for consent", 0.99)
    if page.is_dated or _own_words(page) > _MOST_WORDS or _looks_published(page):
        return None
    titles = (*page.titles, *(page.headings if page.prose < _PROSE else ()))
    said = ((title, _said(title, page)) for title in titles)
    return next((Verdict(why[0], why[1], _sureness(title, page)) for title, why in said if why), None)


def _asking(page: Signals) -> Verdict | None:
    """A page of little but a box that asks for consent, whatever its title says."""
    is_asking = page.consent and page.consent >= _CONSENT * page.page_words
    if not is_asking or page.words >= FEWEST_WORDS or _is_flash(page):
        return None
    return Verdict("consent wall", "it shows nothing but a box in which it asks for consent", 0.9)


def _said(title: str, page: Signals) -> tuple[Kind, str] | None:
    """What the title says that stands in an article's place; beside prose it must say nothing else."""
    says, words, wholly, bare = walls(), _own_words(page), page.prose >= _PROSE, without_name(title, page.sites)
    if says.is_gone(bare, wholly=wholly):
        return "soft 404", f"it says {title!r}, and answers as if it were there"
    if says.is_consent(bare, wholly=wholly):
        return "consent wall", f"it asks for consent: {title!r}"
    if says.is_human(title) and words <= _MOST_OF_A_STUB:
        return "consent wall", f"it asks for a person, or shuts one out: {title!r}"
    if page.asks_who and words <= _MOST_OF_A_FORM and says.is_login(title):
        return "paywall stub", f"it asks who is reading: {title!r}"
    return None


def _sureness(title: str, page: Signals) -> float:
    """Little where the title may be a headline: it goes on, or prose stands under it, or it is no title of the page."""
    sure = 0.97 - 0.4 * _own_words(page) / _MOST_WORDS
    says, bare = walls(), without_name(title, page.sites)
    goes_on = not (says.is_gone(bare, wholly=True) or says.is_consent(bare, wholly=True) or says.is_human(title))
    is_doubtful = page.prose >= FEWEST_WORDS and (goes_on or title not in page.titles)
    if is_doubtful or page.prose >= _PROSE or page.shows_date:
        return min(sure, _UNSURE) - 0.03 * (page.shows_date + page.is_signed)
    return sure


def _looks_published(page: Signals) -> bool:
    """Whether prose with a date over it is somebody's, or an article's by its address or its metadata."""
    is_article = page.is_signed or page.is_article_path or page.says_article
    return page.prose >= _PROSE and page.shows_date and is_article


def _own_words(page: Signals) -> float:
    """The words of the body without those of teasers that it was taken with."""
    return page.words * (1 - page.cards)


def _empty(page: Signals) -> Verdict | None:
    """A page with less text than a news flash."""
    if page.words >= FEWEST_WORDS:
        return None
    if page.is_not_free or (page.asks_for_payment and not page.is_free):
        return Verdict("paywall stub", "what it shows is too short, the rest is for subscribers", 0.9)
    is_flash = _is_flash(page)
    if page.is_shell and not is_flash:
        advice = "its text is written by scripts; browser = true in its source reads such pages"
        return Verdict("no text", advice, 0.9 - page.page_words / 1_000 if page.page_words < 400 else 0.5)
    if _points(page) >= _INDEX and page.teasers:
        return _listing(page)
    if is_flash:
        return Verdict("", "", _FLASH * page.words / FEWEST_WORDS)
    sure = max(0.2, 0.95 - 0.3 * (page.is_dated + page.says_article) / 2 - 0.5 * page.words / FEWEST_WORDS)
    if not page.words:
        return Verdict("no text", "nothing on the page reads like an article", sure)
    return Verdict("too short", f"{page.words} words are left of the page, fewer than {FEWEST_WORDS}", sure)


def _is_flash(page: Signals) -> bool:
    """Whether a whole sentence is all that there is to say: languages that write much in a word need fewer of them."""
    return page.sentence >= _SENTENCE and page.says_article and (page.is_dated or page.shows_date)


def _stub(page: Signals) -> Verdict | None:
    """The beginning of an article, and a word that the rest is to be paid for."""
    words = _own_words(page)
    if words > _MOST_OF_A_STUB or _points(page) >= _INDEX:
        return None
    asks = max(1.0 * page.asks_for_payment, 0.7 * page.asks_members)  # alone, a line for members is not enough
    said = 1.0 * page.is_not_free + asks + 0.7 * page.is_text_cut - 1.0 * page.is_free
    if said < 1.0 or (page.is_not_free and said < 1.5 and words > _MOST_OF_A_STUB / 2):
        return None
    sure = min(0.97, 0.45 + 0.25 * said) - 0.3 * words / _MOST_OF_A_STUB
    return Verdict("paywall stub", f"it shows {words:.0f} words, the rest is for subscribers", sure)


def _points(page: Signals) -> float:
    """How much speaks for a page that lists others, less what speaks for an article."""
    points = 2.5 * page.cards + 2.0 * page.cut + min(2.0, page.teasers / 12) + 1.5 * page.linked
    points += 2.0 * page.is_home + 1.5 * page.is_listing - 1.5 * page.is_article_path
    points += 1.5 * page.says_list + 0.5 * page.says_website - 1.5 * page.says_article
    if not (page.says_article or page.is_dated):
        points += 1.0 * (page.is_home or page.is_listing or page.cards >= _ALL_CARDS)
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
