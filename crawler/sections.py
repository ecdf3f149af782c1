"""Front and section pages read: which of their links are articles, and which are further sections."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.anchors import Anchor, anchors, is_same_site
from crawler.markup import html_tree
from crawler.paths import article_score, is_no_article, segments, slug_words
from crawler.patterns import SURE_ARTICLE, SURE_NONE, Patterns, is_sample
from news.source import FoundLink
from news.url import key

MOST_LINKS = 500
MOST_SECTIONS = 10
_ENOUGH = 4
_FEWEST_ALIKE = 3  # sure articles in one place, for the others there to be believed
_FEW_WORDS = 2
_MANY_WORDS = 5
_LONGEST_NAME = 3  # words in a section's name and in its path
_KNOWN_WORDS = """
news actualites actualite actu actus a-la-une une en-continu direct live latest derniere-minute dernieres-actualites
fil-info politique politics international internationales monde world europe france national nation regions local
economie economy eco business entreprises argent money finance societe society justice faits-divers crime sante health
sciences science climat climate environnement environment planete tech technology technologie numerique opinion
opinions debats idees comment culture arts medias media education emploi sport sports us uk usa africa afrique asia
asie americas ameriques proche-orient middle-east investigations enquetes
"""
_KNOWN = frozenset(_KNOWN_WORDS.split())
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_SECTION_WORD = re.compile(r"[^\W\d_][\w]*(?:-[^\W\d_][\w]*){0,2}")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """All the anchors of a page that lead to one URL, taken together: a picture and a headline are one link.

    `place` is that of the anchor with the most words.
    """

    url: str
    text: str
    place: str
    is_in_heading: bool
    is_in_article: bool
    is_in_aside: bool

    @property
    def words(self) -> int:
        """How many words it has; where none are set apart, as in Japanese, four letters count for one."""
        return max(len(self.text.split()), len(_UNSPACED.findall(self.text)) // 4)

    @property
    def is_headline(self) -> bool:
        """Whether the page itself sets it as one."""
        return self.is_in_heading or self.is_in_article


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The links of a page that look like articles; `left_out` are those that only patterns speak against."""

    articles: tuple[FoundLink, ...] = ()
    left_out: tuple[str, ...] = ()


def article_links(
    body: bytes, url: str, content_type: str = "", patterns: Patterns | None = None
) -> tuple[FoundLink, ...]:
    """The links of `page_links` that look like articles."""
    return page_links(body, url, content_type, patterns).articles


def page_links(body: bytes, url: str, content_type: str = "", patterns: Patterns | None = None) -> PageLinks:
    """The links that look like articles of the page's own site, in the page's order, each once, at most 500.

    Judged by the URL (slug, date, number), the words of the link, where it stands and among what, and by what
    `patterns` know of such URLs; none in a page that is broken beyond reading.
    """
    tree = html_tree(body, content_type)
    if tree is None:
        return PageLinks()
    own = key(url)
    fit = [
        candidate
        for name, candidate in _candidates(anchor for anchor in anchors(tree, url) if not anchor.is_in_menu).items()
        if name != own and is_same_site(candidate.url, url) and not is_no_article(candidate.url)
    ]
    lists = _lists_of_articles(fit)
    likely = [each for each in fit if _is_article(each, lists, patterns)]
    left_out = tuple(each.url for each in likely if _is_left_out(each.url, patterns))
    dropped = frozenset(left_out)
    found = [FoundLink(each.url, each.text) for each in likely if each.url not in dropped]
    return PageLinks(tuple(found[:MOST_LINKS]), left_out)


def _is_left_out(url: str, patterns: Patterns | None) -> bool:
    share = patterns.judge(url) if patterns is not None else None
    return share is not None and share <= SURE_NONE and not is_sample(url)


def _candidates(found: Iterable[Anchor]) -> dict[str, _Candidate]:
    """By key, in the order of first appearance; the longest words and the best place count."""
    candidates: dict[str, _Candidate] = {}
    for anchor in found:
        name = key(anchor.url)
        known = candidates.get(name, _Candidate(anchor.url, "", anchor.place, False, False, True))
        has_more_words = len(anchor.text) > len(known.text)
        candidates[name] = _Candidate(
            url=known.url,
            text=anchor.text if has_more_words else known.text,
            place=anchor.place if has_more_words else known.place,
            is_in_heading=known.is_in_heading or anchor.is_in_heading,
            is_in_article=known.is_in_article or anchor.is_in_article,
            is_in_aside=known.is_in_aside and anchor.is_in_aside,
        )
    return candidates


def _lists_of_articles(candidates: Iterable[_Candidate]) -> dict[str, frozenset[str]]:
    """The places where at least half of the links are articles by themselves, with the folders that these are in.

    Where most are, any folder will do, and `*` is among them.
    """
    places: dict[str, list[_Candidate]] = {}
    for candidate in candidates:
        places.setdefault(candidate.place, []).append(candidate)
    lists = {}
    for place, members in places.items():
        sure = [member for member in members if _score(member) >= _ENOUGH]
        folders = frozenset(_folder(member.url) for member in sure)
        if len(sure) >= _FEWEST_ALIKE and len(sure) * 3 >= len(members) * 2:
            lists[place] = folders | {"*"}
        elif len(sure) >= _FEWEST_ALIKE and len(sure) * 2 >= len(members):
            lists[place] = folders - {""}  # in the uppermost folder everything stands
    return lists


def _folder(url: str) -> str:
    return "/".join(segments(url)[:-1])


def _is_article(candidate: _Candidate, lists: dict[str, frozenset[str]], patterns: Patterns | None) -> bool:
    share = patterns.judge(candidate.url) if patterns is not None else None
    stands_well = candidate.is_headline or (candidate.words >= _FEW_WORDS and not candidate.is_in_aside)
    if share is not None and share >= SURE_ARTICLE and stands_well:
        return True
    return _score(candidate) >= _ENOUGH or _is_alike(candidate, lists)


def _is_alike(candidate: _Candidate, lists: dict[str, frozenset[str]]) -> bool:
    """Whether it stands in a list of articles and could be one: by its words, or by the folder it shares with them."""
    folders = lists.get(candidate.place)
    if folders is None or candidate.is_in_aside or not segments(candidate.url):
        return False
    folder = _folder(candidate.url)
    if folder in folders:
        return candidate.words >= (_FEW_WORDS if folder else _FEW_WORDS + 1)
    return "*" in folders and candidate.words >= _MANY_WORDS


def _score(candidate: _Candidate) -> int:
    """The URL's score and the page's; without anything in the URL, only a long headline passes."""
    by_url, words = article_score(candidate.url), candidate.words
    score = by_url + (3 if words >= 7 else 2 if words >= 4 else 0)
    score += 2 if candidate.is_in_heading else 0
    score += 2 if candidate.is_in_article else 0
    score -= 2 if candidate.is_in_aside else 0
    hopeless = by_url == 0 and not (words >= 4 and candidate.is_headline)
    return 0 if hopeless or (not segments(candidate.url) and by_url < 2) else score


def section_links(body: bytes, url: str, content_type: str = "") -> tuple[str, ...]:
    """The likeliest section pages that the page's menus lead to, such as `/politique/`; at most 10.

    Those with a name that many news sites use come first, then the page's order.
    """
    tree = html_tree(body, content_type)
    if tree is None:
        return ()
    sections: dict[str, Anchor] = {}
    for anchor in anchors(tree, url):
        if (anchor.is_in_menu or anchor.is_in_header) and is_same_site(anchor.url, url) and _is_section(anchor):
            sections.setdefault(key(anchor.url), anchor)
    sections.pop(key(url), None)
    ranked = sorted(sections.values(), key=lambda anchor: not _KNOWN.isdisjoint(segments(anchor.url)), reverse=True)
    return tuple(anchor.url for anchor in ranked[:MOST_SECTIONS])


def _is_section(anchor: Anchor) -> bool:
    """A short path of short names, no number in it, and few words on the link."""
    parts = segments(anchor.url)
    if not 1 <= len(parts) <= 2 or "?" in anchor.url or is_no_article(anchor.url):
        return False
    has_names = all(_SECTION_WORD.fullmatch(part.removesuffix(".html").removesuffix(".php")) for part in parts)
    return has_names and slug_words(anchor.url) <= _LONGEST_NAME and 0 < len(anchor.text.split()) <= _LONGEST_NAME
