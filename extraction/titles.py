"""The title of an article: its single h1, else JSON-LD's, else the meta tags'; without the site's name.

An h1 that is the site's or a section's, and not the article's, goes behind the others.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from itertools import combinations, islice, pairwise

from extraction.document import Document
from extraction.home import leads_home
from extraction.lines import key, tidy, word_count
from extraction.provenance import Told
from news.text import clip, storable
from news.url import host, joined

LONGEST_TITLE = 1_000  # characters
_LONGEST_NAME = 300  # characters of a site's name, so that a title of a megabyte is not read from each of its dashes
_BETWEEN = r"\s+[|–—·•:»‹›<>/~-]+\s+|\s*[|•·»]\s*"
_SEPARATOR = rf"{_BETWEEN}|\s+\*{{2,}}\s+|\s+:\s+"
_SHORTEST = 3  # words of a title that is told by the page's own line
_MOST_PARTS = 8
_LAST_PART = re.compile(rf"(?:{_BETWEEN})(?P<name>[^|]{{2,60}})$")
_MOST_OF_A_NAME = 4  # words of what may be the site's name at the end of a title
_LONGEST_SECTION = 3  # words of a section's name
_WORD = re.compile(r"\w{4,}")


def site_names(document: Document) -> frozenset[str]:
    """The names that the site gives itself, as keys: og:site_name, the publisher, the host."""
    bare = host(document.url).removeprefix("www.")
    names = [
        *document.meta.get("og:site_name", ()),
        *document.data.get("publisher", ()),
        document.first("application-name"),
    ]
    label = bare.rpartition(".")[0]
    return frozenset(key(name) for name in (*names, bare, label, label.replace("-", "")) if name)


def names_site(text: str, sites: frozenset[str]) -> bool:
    """Whether the text is one of the site's names, were it without the accents and apostrophes that hosts lack."""
    plain = key(text)
    return plain in sites or "".join(filter(str.isalnum, unicodedata.normalize("NFKD", plain))) in sites


def called_names(document: Document) -> frozenset[str]:
    """The site's names as keys, and a name that the title element says twice: 'Before you continue to X | X'."""
    element = document.elements.title
    title = "" if element is None else tidy(storable(element.text_content()))[-_LONGEST_NAME:]
    last = _LAST_PART.search(title)
    is_twice = last is not None and key(title[: last.start()]).endswith(key(last["name"]))
    return site_names(document) | ({key(last["name"])} - {""} if last is not None and is_twice else set())


def without_name(title: str, sites: frozenset[str]) -> str:
    """The title without the site's name where it ends in it, with or without a separator."""
    words = title.split()
    for number in range(min(_MOST_OF_A_NAME, len(words) - 1), 0, -1):
        if names_site(" ".join(words[-number:]), sites):
            return " ".join(words[:-number])
    return title


def _without_site(title: str, sites: frozenset[str]) -> str:
    """The title without the parts at its end that only name the site."""
    for found in re.finditer(_BETWEEN, title):
        is_short = len(title) - found.end() <= _LONGEST_NAME
        if found.start() and is_short and names_site(title[found.end() :], sites):
            return title[: found.start()]
    return title


def _headlines(document: Document) -> list[str]:
    """The text of each h1 that has one."""
    walk = document.walk
    headings = (node for node, tag in enumerate(walk.tags) if tag == "h1")
    texts = (" ".join(block.text for block in walk.blocks[walk.first[node] : walk.end[node]]) for node in headings)
    return [text for text in texts if text]


def _between_names(title: str, document: Document) -> str:
    """The part of the title before or behind a separator that the page also shows as a line: the rest names the site.

    Of several such parts the longest is the title.
    """
    ends = [
        found.span()
        for found in islice(re.finditer(_SEPARATOR, title[:_LONGEST_NAME]), _MOST_PARTS)
        if title[found.end() :]
    ]
    if not ends:
        return title
    parts = {title[:start] for start, _ in ends} | {title[end:] for _, end in ends}
    parts |= {title[end:start] for (_, end), (start, _) in pairwise(ends)}
    # Of two that differ in signs alone the longer one, which has both its quotes.
    wanted = {key(part): part.strip() for part in sorted(parts, key=len) if word_count(part) >= _SHORTEST}
    shown = [wanted[plain] for line in document.lines if (plain := key(line.text[:_LONGEST_NAME])) in wanted]
    return max(shown, key=len, default=title)


def _is_above_articles(headline: str, claimed: Sequence[str], document: Document) -> bool:
    """Whether the h1 is one that all articles of the site or a section have: its logo, `Politics`.

    It is a link to the front page; or what the metadata claims as the title agrees, is something else altogether, and
    is shown as another line or is no name as short.
    """
    if _is_home_link(headline, document):
        return True
    others = [key(html.unescape(text[:LONGEST_TITLE])) for text in claimed if text]
    plain = key(headline)
    is_agreed = len(others) > 1 and all(one in other or other in one for one, other in combinations(others, 2))
    if not is_agreed or any(plain in other for other in others):
        return False
    shortest = min(filter(None, claimed), key=len)
    if word_count(shortest) < _SHORTEST:
        return False
    wanted = key(shortest)
    if any(key(line.text[:LONGEST_TITLE]) == wanted for line in document.lines):
        return True
    words = set(_WORD.findall(headline.casefold()))
    is_akin = any(words & set(_WORD.findall(text.casefold())) for text in claimed)
    return word_count(headline) <= _LONGEST_SECTION and not is_akin


def _is_home_link(headline: str, document: Document) -> bool:
    """Whether the h1 is nothing but a link to the site's front page."""
    plain = key(headline)
    links = (link for element in document.elements.titles if element.tag == "h1" for link in element.iter("a"))
    return any(key(link.text_content()) == plain and _is_home(link.get("href") or "", document.url) for link in links)


def _is_home(link: str, url: str) -> bool:
    address = joined(url, link.strip())
    is_on_site = address is not None and host(address) == host(url) and leads_home(address)
    return is_on_site or link.strip() == "/"  # of a page from a file, whose address nobody knows


def headlines(document: Document) -> list[Told[str]]:
    """What the page gives as its title, best first, and where; site names removed, never empty strings."""
    sites = site_names(document)
    shown = _headlines(document)
    element = document.elements.title
    written = "" if element is None else element.text_content()
    declared = document.data.get("headline", ())
    claimed = (document.first("og:title"), *declared[:1], written)
    is_single = len(shown) == 1 and not _is_above_articles(shown[0], claimed, document)
    raw = [
        *((text, "h1") for text in (shown if is_single else ())),
        *((text, "json-ld") for text in declared),
        (document.first("og:title"), "meta og:title"),
        (document.first("twitter:title"), "meta twitter:title"),
        (written, "title"),
        *((text, "h1") for text in shown[:1]),
    ]
    plain = [(_without_site(tidy(storable(html.unescape(text))), sites), origin) for text, origin in raw]
    told = {text: _between_names(text, document) for text in {text for text, origin in plain if origin != "h1"}}
    plain = [(text if origin == "h1" else told[text], origin) for text, origin in plain]
    return [Told(clip(text, LONGEST_TITLE), origin) for text, origin in plain if text and not names_site(text, sites)]


def candidates(document: Document) -> list[str]:
    """The titles alone, best first."""
    return [told.value for told in headlines(document)]


def title(document: Document) -> str:
    """The title, at most 1,000 characters; empty where the page has none."""
    return next(iter(candidates(document)), "")
