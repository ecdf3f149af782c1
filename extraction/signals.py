"""What a page shows of its kind, as numbers and flags: whether it is an article or stands in the place of one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from extraction.document import Document
from extraction.home import leads_home
from extraction.instants import written_moment
from extraction.lines import PROSE, Line, key, tidy, word_count
from extraction.linked_data import of_linked_data
from extraction.paywalls import declared
from extraction.phrases import phrases
from extraction.titles import called_names
from extraction.walls import walls
from news.url import host

_TEASER = 4  # words from which a link is the headline of something else
_SHORT_TEASER = 3  # the same, of one of several headings that are set alike
_MORE = 40  # characters of a link that leads to the rest of each of several: `Read more`
_FEWEST_ALIKE = 3  # such links that say the same, such headings
_ALL_LINKS = 0.6  # the share of a page's text in links, from which what no line of it accounts for is a list of them
_CARD_TEXT = 8  # words from which a line may be the text below such a headline
_LINKED_SHARE = 0.5  # of a line that is a link with something beside it
_ABOVE = 3  # lines between a headline, with its date and section, and its text
_LONGEST_LABEL = 5  # words that a site sets at a headline: `Subscribers only`; `This article is reserved for` is longer
_NEAR = 8  # lines beneath the body in which a page says that the rest is to be paid for
_SHORT = 250  # words; of a page with more, nothing that stands in an article's place is feared
_OWN_PROSE = 8  # words from which a line of the body, no heading and no teaser's, counts as its own prose
_SENTENCE = 12  # words from which a sentence may be all that a flash has to say
_LIKELY = 0.8
_STOP = re.compile(r"[.!?。！？؟۔।։።][\"'”’»«)\]״]*$")
_ABOVE_BODY = 4  # lines in which a page says when
_LONGEST_DATE = 160  # characters of a line that holds a date, and little else
_CUT = ("…", "...", "[…]", "[...]", "[&hellip;]")

_LISTS = frozenset({
    "tag", "tags", "etiqueta", "etiquetas", "etiquette", "category", "categories", "categorie", "categoria",
    "kategorie", "kategoria", "kategori", "rubrique", "rubriques", "rubrik", "rubrika", "section", "sections",
    "seccion", "sezione", "topic", "topics", "theme", "themes", "thema", "themen", "tema", "temas", "author",
    "authors", "auteur", "auteurs", "autor", "autores", "autore", "autoren", "search", "recherche",
    "suche", "buscar", "busca", "cerca",
    "ricerca", "zoeken", "szukaj", "arama", "archive", "archives", "archiv", "archivo", "page", "seite", "pagina",
    "label", "keyword", "galleries", "gallery", "galeries", "latest", "news",
})  # fmt: skip
_ASKED = frozenset({"q", "s", "query", "search", "suche", "recherche", "keyword", "keywords"})
_DATED_PATH = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]\d{1,2})?/.")
_SLUG = re.compile(r"(?:[^-_/]+[-_]){3}|\d{5}")

_DATES = (
    "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.created", "pubdate",
    "publishdate", "publish-date", "sailthru.date", "parsely-pub-date", "article.published", "og:published_time",
    "cxenseparse:recs:publishtime", "publication_date",
)  # fmt: skip

_LIST_TYPE = re.compile(
    r'"@type"\s*:\s*(?:\[[^]]{0,200}?)?"(?:CollectionPage|SearchResultsPage|ProfilePage|ItemList|Blog|WebPage/CollectionPage)"'
)
_ROOTS = frozenset({"root", "app", "__next", "__nuxt", "react-root", "main-app", "application", "gatsby-focus-wrapper"})


@dataclass(frozen=True, slots=True)
class Signals:
    """What a verdict is made of.

    Of the body: `words`, `sureness` (the F1 that its finder expects), `run` (words of its longest stretch without the
    headline of something else in it), the shares of its words in `cards` under such headlines, and in lines that are
    `cut` off. Of the page: `teasers` (headlines that lead elsewhere), `linked` (share of its words that are links),
    `says_list`, `says_article` and `is_dated` (by its metadata), `is_listing` and `is_article_path` (by its address),
    `is_signed`, and `shows_date` (in a line about the body). `consent`: words in boxes that ask for it. `prose` are
    the body's words in paragraphs of its own, `sentence` those of its longest one that is whole, and very likely the
    article's. `sites`: the site's names as keys.
    What it asks of its reader, and whether it is a mere shell for scripts, is looked for only where the body is short.
    """

    url: str
    titles: tuple[str, ...] = ()
    words: int = 0
    sureness: float = 1.0
    run: int = 0
    cards: float = 0.0
    cut: float = 0.0
    teasers: int = 0
    linked: float = 0.0
    page_words: int = 0
    consent: int = 0
    headings: tuple[str, ...] = ()
    prose: int = 0
    sentence: int = 0
    sites: frozenset[str] = frozenset()
    is_dated: bool = False
    shows_date: bool = False
    is_signed: bool = False
    is_home: bool = False
    is_listing: bool = False
    is_article_path: bool = False
    says_article: bool = False
    says_website: bool = False
    says_list: bool = False
    is_free: bool = False
    is_not_free: bool = False
    asks_for_payment: bool = False
    asks_members: bool = False
    asks_who: bool = False
    is_shell: bool = False
    is_text_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Set:
    """How the lines of a page are set: which are the body's, which are headlines of something else."""

    lines: Sequence[Line]
    own: Sequence[int]
    teasers: frozenset[int]

    def words(self, at: int) -> int:
        """The words of a line."""
        return word_count(self.lines[at].text)

    def is_prose(self, at: int) -> bool:
        """Whether a line of the body is a paragraph."""
        return not self.lines[at].is_heading and self.words(at) >= _OWN_PROSE

    def is_own_prose(self, at: int) -> bool:
        """Whether it is a line of the body as long as a paragraph."""
        return at in self.own and self.words(at) >= PROSE

    def is_label(self, at: int) -> bool:
        """Whether it is a few words right over or under a headline of something else; an offer is none."""
        beside = (each for each in (at - 1, at + 1) if each in self.teasers)
        return self.words(at) <= _LONGEST_LABEL and not all(_is_offer(self.lines[each].text) for each in beside)

    def share(self, numbers: Iterable[int]) -> float:
        """The share of the body's words in these of its lines."""
        return sum(map(self.words, numbers)) / (sum(map(self.words, self.own)) or 1)


def signals(
    document: Document,
    titles: Sequence[str],
    paragraphs: Sequence[str],
    sureness: float,
    *,
    odds: Sequence[float] = (),
    consent: Iterable[int] = (),
    is_signed: bool = False,
) -> Signals:
    """What a page shows. Given the paragraphs to keep, the odds of each line, and which lines ask for consent."""
    lines = document.lines
    page = _set(document, paragraphs)
    carded = frozenset(at for at in page.own if _is_carded(at, page))
    plain = [at for at in page.own if at not in carded]
    words = sum(map(word_count, paragraphs))
    cards = page.share(carded) if page.own or _linked(lines) <= _ALL_LINKS else 1.0
    return Signals(
        url=document.url,
        titles=tuple(titles),
        words=words,
        sureness=sureness,
        run=_run(page),
        cards=cards,
        cut=page.share(at for at in page.own if lines[at].text.endswith(_CUT) and page.words(at) >= _CARD_TEXT),
        teasers=len(page.teasers),
        linked=_linked(lines),
        consent=sum(page.words(at) for at in consent),
        headings=tuple(line.text for line in lines if line.is_heading)[:3],
        prose=sum(map(page.words, filter(page.is_prose, plain))),
        sentence=_longest_sentence(page, plain, odds),
        sites=called_names(document),
        is_signed=is_signed,
        is_text_cut=bool(plain) and lines[plain[-1]].text.endswith(_CUT),
        **(_of_walls(document, page, plain) if words * (1 - cards) <= _SHORT else {}),
        **_of_address(document.url),
        **_of_metadata(document),
    )


def _set(document: Document, paragraphs: Sequence[str]) -> _Set:
    headlines = {at for at in range(len(document.lines)) if _is_teaser(at, document)}
    teasers = headlines | _headings(document) | _led_on(document)
    return _Set(document.lines, _own(paragraphs, document.lines), frozenset(teasers))


def _linked(lines: Sequence[Line]) -> float:
    """The share of the page's text that is links."""
    size = sum(len(line.text) for line in lines)
    return sum(len(line.text) for line in lines if line.is_linked) / (size or 1)


def _of_walls(document: Document, page: _Set, plain: Sequence[int]) -> dict[str, Any]:
    """What the page asks of its reader before it shows more, and whether it says when it is from."""
    around = list(_around(page))
    return {
        "shows_date": _shows_date(document, page, plain),
        "page_words": sum(word_count(line.text) for line in page.lines),
        "asks_for_payment": any(_asks_for_payment(at, page) for at in around),
        "asks_members": any(walls().asks_members(page.lines[at].text) for at in around),
        "asks_who": any(field.get("type") == "password" for field in document.tree.iter("input")),
        "is_shell": _is_shell(document),
    }


def _of_metadata(document: Document) -> dict[str, bool]:
    """What the page says of its own kind."""
    scripts = "\n".join(of_linked_data(document.elements.scripts))
    kind = document.first("og:type").lower()
    is_paid = declared(document).value
    return {
        "is_dated": bool(document.data.get("datePublished")) or bool(document.first(*_DATES)),
        "says_article": kind.startswith("article") or bool(document.data),
        "says_website": kind in ("website", "blog", "profile"),
        "says_list": _LIST_TYPE.search(scripts) is not None,
        "is_free": is_paid is False,
        "is_not_free": is_paid is True,
    }


def is_consent_host(url: str) -> bool:
    """Whether the host does nothing but ask for consent."""
    return re.match(r"(?:consent|cmp|privacy-?gate|guce|collector)\.", host(url)) is not None


def _own(paragraphs: Sequence[str], lines: Sequence[Line]) -> list[int]:
    """The numbers of the lines that the body is made of; each paragraph counts for one line, the first alike."""
    wanted = {key(paragraph) for paragraph in paragraphs}
    own = []
    for at, line in enumerate(lines):
        if (text := key(line.text)) in wanted:
            wanted.discard(text)
            own.append(at)
        if not wanted:
            break
    return own


def _is_teaser(at: int, document: Document) -> bool:
    """Whether the line is the headline of something else, its date perhaps beside it."""
    line = document.lines[at]
    linked = document.walk.blocks[at].linked
    is_link = not line.in_chrome and linked >= _LINKED_SHARE * len(line.text)
    return is_link and word_count(line.text) >= _TEASER


def _headings(document: Document) -> frozenset[int]:
    """The headings of three words that lead elsewhere, if there are several, all set alike."""
    styles: dict[str, list[int]] = {}
    for at, line in enumerate(document.lines):
        if line.is_heading and line.is_linked and not line.in_chrome and word_count(line.text) >= _SHORT_TEASER:
            styles.setdefault(line.place, []).append(at)
    return frozenset(at for alike in styles.values() if len(alike) >= _FEWEST_ALIKE for at in alike)


def _led_on(document: Document) -> frozenset[int]:
    """The headings over texts that all end with the same short link; the text itself where it has none over it."""
    ends: dict[str, list[int]] = {}
    for at, block in enumerate(document.walk.blocks):
        beside = len(block.text) - block.linked
        is_end = 0 < block.linked <= _MORE and beside > block.linked and block.text[beside - 1] == " "
        if is_end and not document.lines[at].in_chrome:
            ends.setdefault(key(block.text[beside:]), []).append(at)
    texts = [at for said in ends.values() if len(said) >= _FEWEST_ALIKE for at in said]
    return frozenset(at - 1 if at and document.lines[at - 1].is_heading else at for at in texts)


def _is_carded(at: int, page: _Set) -> bool:
    """Whether the line is the text of a teaser: a headline that leads elsewhere stands over it, or it is one itself."""
    if page.lines[at].is_linked or at in page.teasers:
        return True
    if page.words(at) < _CARD_TEXT:
        return False
    for above in range(at - 1, max(-1, at - 1 - _ABOVE), -1):
        if above in page.teasers:
            return True
        if page.words(above) >= PROSE and not page.lines[above].is_heading:
            return False
    return False


def _run(page: _Set) -> int:
    longest = words = 0
    last = page.own[0] if page.own else 0
    for at in page.own:
        if any(between in page.teasers for between in range(last + 1, at + 1)):
            words = 0
        words += page.words(at)
        longest, last = max(longest, words), at
    return longest


def _around(page: _Set) -> Iterator[int]:
    """The lines that the body spans, and those right beneath it, up to the second headline of something else.

    What stands at such a headline is said of what it leads to, and so is all below a header of related articles.
    """
    first, last = (page.own[0], page.own[-1]) if page.own else (0, 0)
    others = 0
    for at in range(first, min(len(page.lines), last + 1 + _NEAR)):
        others += at > last and at in page.teasers
        if others > 1 or (at > last and phrases().is_ending(page.lines[at].text)):
            return
        if not (page.lines[at].in_chrome or page.is_label(at)):
            yield at


def _asks_for_payment(at: int, page: _Set) -> bool:
    """Whether the line asks for money: one of the body's own paragraphs may speak of paywalls."""
    text = page.lines[at].text
    return walls().closes_with_payment(text) if page.is_own_prose(at) else walls().asks_for_payment(text)


def _is_offer(text: str) -> bool:
    says = walls()
    return says.asks_for_payment(text) or says.asks_members(text) or phrases().is_boilerplate(text)


def _longest_sentence(page: _Set, plain: Iterable[int], odds: Sequence[float]) -> int:
    """The words of the longest of these lines that is a whole sentence of the article; 0 where none is."""
    longest_first = sorted(plain, key=page.words, reverse=True)
    sentences = (at for at in longest_first if _is_sentence(page.lines[at].text, odds[at : at + 1]))
    return next(map(page.words, sentences), 0)


def _is_sentence(text: str, odds: Sequence[float]) -> bool:
    """Whether it is a whole sentence, and very likely the article's."""
    if not odds or odds[0] < _LIKELY or text.endswith(_CUT) or walls().asks_for_scripts(text):
        return False
    return word_count(text) >= _SENTENCE and _STOP.search(text) is not None


def _shows_date(document: Document, page: _Set, plain: Sequence[int]) -> bool:
    """Whether a line about the body, none of a teaser's, says when it is from."""
    first = next(filter(page.is_prose, plain), None)
    if first is None:
        return False
    around = [*range(max(0, plain[0] - _ABOVE_BODY), first), *range(plain[-1] + 1, plain[-1] + 2)]
    texts = [page.lines[at].text for at in around if at < len(page.lines) and not _is_about_teaser(at, page)]
    times = {tidy(each.text_content()) for each in document.elements.times} - {""}
    short = [text for text in texts if len(text) <= _LONGEST_DATE]
    return any(written_moment(text) or any(each in text for each in times) for text in short)


def _is_about_teaser(at: int, page: _Set) -> bool:
    return any(near in page.teasers for near in range(at - _ABOVE, at + 2))


def _of_address(url: str) -> dict[str, bool]:
    """Whether it is the address of a home page, of a list, of an article."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.lower().split("/") if segment]
    asks = any(name in _ASKED for name, _ in parse_qsl(parts.query))
    is_article = bool(_DATED_PATH.search(parts.path)) or bool(segments and _SLUG.search(segments[-1]))
    is_list = asks or (not is_article and any(segment in _LISTS for segment in segments))
    return {"is_home": leads_home(url), "is_listing": is_list, "is_article_path": is_article and not asks}


def _is_shell(document: Document) -> bool:
    """Whether the page has a place for text and scripts that will write it, or says so."""
    asks = (element.text_content() for element in document.tree.iter("noscript"))
    if any(walls().asks_for_scripts(" ".join(text.split())) for text in asks):
        return True
    if any(walls().asks_for_scripts(line.text) for line in document.lines[:20]):
        return True
    return any(element.get("id") in _ROOTS for element in document.tree.iter("div"))
