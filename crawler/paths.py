"""What the path of a URL says about the page behind it: an article, a section, or neither."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|pdf|docx?|xlsx?|pptx?|epub|zip|gz|tgz|rar|7z|mp[34]|m4[av]|ogg|wav|webm|mov"
    r"|avi|m3u8?|css|js|json|xml|rss|atom|rdf|ics|vcf|txt|exe|dmg|apk)$",
    re.IGNORECASE,
)
_PAGE_FILE = re.compile(r"\.(?:s?html?|php\d?|aspx?|jsp|cms|story|xhtml)$", re.IGNORECASE)
# Segments under which nothing is an article, in French, English and their neighbours…
_NEVER_WORDS = """
tag tags mot-cle mots-cles keyword keywords category categories categorie cat topics themen theme themes
author authors auteur auteurs autor writer writers journaliste journalistes profile profiles profil user users
member members membre membres login signin sign-in log-in connexion se-connecter logout deconnexion register signup
sign-up inscription s-inscrire account accounts compte mon-compte my-account subscribe subscription subscriptions
abonnement abonnements abonnez-vous s-abonner abo abos boutique shop store kiosque newsletters privacy
confidentialite datenschutz cookies cookie legal mentions-legales impressum cgu cgv conditions-generales
tos about about-us a-propos qui-sommes-nous contact contacts contact-us nous-contacter kontakt help aide faq search
recherche suche rechercher rss feed feeds atom sitemap plan-du-site plan-site careers recrutement advertise
advertising publicite annonceurs mediadaten imprimer share partager comment comments commentaires reactions reply
respond cart panier checkout wp-admin wp-login.php wp-content wp-json wp-includes cdn-cgi static assets
petites-annonces annonces-legales annonces avis-de-deces promo-codes codes-promo coupons
"""
# …and those under which an article may stand, if all else in its URL says so.
_SELDOM_WORDS = """
topic thema autoren contributor contributors newsletter archives terms support jobs emploi print email app apps mobile
meteo weather wetter horoscope horoscopes programme-tv tv-guide mots-croises crossword crosswords sudoku jeux games
spiele podcast podcasts puzzles comics job archive tv-listings copyright adchoices my-offers saved-articles supplements
"""
_NEVER = frozenset(_NEVER_WORDS.split())
_SELDOM = frozenset(_SELDOM_WORDS.split())
_SURE = 5
_LEGAL = re.compile(
    r"privacy|confidentialite|cookie|mentions-legales|conditions-(?:generales|d-utilisation)|terms-(?:of|and)|legal-notice"
    r"|donnees-personnelles|qui-sommes-nous|nous-contacter|plan-du-site|foire-aux-questions|charte-(?:d|e)|gestion-des"
    r"|code-of-conduct|preferences$|how-to-subscribe|accessibilit|newsletters?$|abonne(?:ment|z)|datenschutz|nutzungsbedingungen",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(r"(?:^|/)page[/_-]?\d+/?$|/p\d{1,3}/?$", re.IGNORECASE)
_DATE = re.compile(
    r"(?:^|[/_-])(?:19|20)\d\d[/_.-]?(?:0?[1-9]|1[0-2]|[a-z]{3,9})(?:[/_.-]?(?:[0-2]?\d|3[01]))?(?=[/_.-]|$|T)", re.I
)
_DAY = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:[/_.-](?P<month>0?[1-9]|1[0-2])(?:[/_.-](?P<day>0?[1-9]|[12]\d|3[01]))?"
    r"|(?P<month2>0[1-9]|1[0-2])(?P<day2>0[1-9]|[12]\d|3[01]))(?!\d)"
)
_NUMBER = re.compile(
    r"(?:^|[/_.,!-])[a-z]{0,10}\d{5,}(?=[/_.,-]|$)|[/_-][a-z]{0,2}(?!(?:19|20)\d\d(?!\d))\d{4,}(?=[/_.,-]|$)",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?:^|[/_.,-])(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{7,40}(?=[/_.,-]|$)", re.IGNORECASE)
_ARTICLE_WORD = re.compile(
    r"/(?:articles?|artikel|story|stories|actualites?|actus?|nachrichten|noticias?|news|post|posts|blog|breves?|depeches?)/",
    re.IGNORECASE,
)
_QUERY_ID = re.compile(
    r"(?:^|[?&])(?:(?:id|p|article|art|id_article|aid|story|nid|newsid|artid)=|article)\d{2,}", re.IGNORECASE
)


def segments(url: str) -> list[str]:
    """The path's parts that are not empty, in lower case."""
    return [part for part in urlsplit(url).path.lower().split("/") if part]


def is_no_article(url: str) -> bool:
    """Whether the URL says that it leads to a file, a list, an account or the small print."""
    parts = segments(url)
    path = urlsplit(url).path
    if _FILES.search(path) or _PAGE_NUMBER.search(path):
        return True
    if not _NEVER.isdisjoint(parts) or (not _SELDOM.isdisjoint(parts) and article_score(url) < _SURE):
        return True
    return bool(parts and _LEGAL.search(parts[-1]) and _words(parts[-1]) < 8)


def slug_words(url: str) -> int:
    """How many words the longest of the last two path segments is made of."""
    return max((_words(part) for part in segments(url)[-2:]), default=0)


def _words(segment: str) -> int:
    return sum(not part.isdigit() for part in re.split(r"[-_+.]|%20|,", _PAGE_FILE.sub("", segment)) if part)


def article_score(url: str) -> int:
    """How much the URL looks like an article's, from 0 to about 10; 3 and more hardly ever is anything else."""
    split = urlsplit(url)
    path = split.path
    words = slug_words(url)
    score = 4 if words >= 6 else 3 if words >= 4 else 1 if words == 3 else 0
    score += 3 if _DATE.search(path) else 0
    score += 2 if _NUMBER.search(path) or _QUERY_ID.search(split.query) else 0
    score += 1 if _CODE.search(path) else 0
    score += 1 if _PAGE_FILE.search(path) else 0
    score += 1 if _ARTICLE_WORD.search(path) and len(segments(url)) > 1 else 0
    return score + (1 if len(segments(url)) >= 3 else 0)


def date_in(url: str) -> datetime | None:
    """The end, in UTC, of the day or month that the path names; None where it names none."""
    found = _DAY.search(urlsplit(url).path)
    if found is None:
        return None
    day = found["day"] or found["day2"]
    try:
        start = datetime(int(found["year"]), int(found["month"] or found["month2"]), int(day or 1), tzinfo=UTC)
    except ValueError:
        return None
    return start + timedelta(days=1 if day else 31)
