"""The title of an article: its single h1, else JSON-LD's, else the meta tags'; without the site's name."""

import html
import re
import unicodedata
from itertools import islice, pairwise

from extraction.document import Document
from extraction.lines import key, tidy, word_count
from extraction.provenance import Told
from news.text import clip, storable
from news.url import host

LONGEST_TITLE = 1_000  # characters
_LONGEST_NAME = 300  # characters of a site's name, so that a title of a megabyte is not read from each of its dashes
_BETWEEN = r"\s+[|–—·•:»‹›<>/~-]+\s+|\s*[|•·»]\s*"
_SEPARATOR = rf"{_BETWEEN}|\s+\*{{2,}}\s+|\s+:\s+"
_SHORTEST = 3  # words of a title that is told by the page's own line
_MOST_PARTS = 8
_LAST_PART = re.compile(rf"(?:{_BETWEEN})(?P<name>[^|]{{2,60}})$")
_MOST_OF_A_NAME = 4  # words of what may be the site's name at the end of a title


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
    element = next(document.tree.iter("title"), None)
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
    wanted = {key(part): part.strip() for part in parts if word_count(part) >= _SHORTEST}
    shown = [wanted[plain] for line in document.lines if (plain := key(line.text[:_LONGEST_NAME])) in wanted]
    return max(shown, key=len, default=title)


def headlines(document: Document) -> list[Told[str]]:
    """What the page gives as its title, best first, and where; site names removed, never empty strings."""
    sites = site_names(document)
    shown = _headlines(document)
    element = next(document.tree.iter("title"), None)
    raw = [
        *((text, "h1") for text in (shown if len(shown) == 1 else ())),
        *((text, "json-ld") for text in document.data.get("headline", ())),
        (document.first("og:title"), "meta og:title"),
        (document.first("twitter:title"), "meta twitter:title"),
        ("" if element is None else element.text_content(), "title"),
        *((text, "h1") for text in shown[:1]),
    ]
    plain = [(_without_site(tidy(storable(html.unescape(text))), sites), origin) for text, origin in raw]
    plain = [(text if origin == "h1" else _between_names(text, document), origin) for text, origin in plain]
    return [Told(clip(text, LONGEST_TITLE), origin) for text, origin in plain if text and not names_site(text, sites)]


def candidates(document: Document) -> list[str]:
    """The titles alone, best first."""
    return [told.value for told in headlines(document)]


def title(document: Document) -> str:
    """The title, at most 1,000 characters; empty where the page has none."""
    return next(iter(candidates(document)), "")
