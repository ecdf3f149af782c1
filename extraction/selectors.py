"""CSS selectors in which users say where the body of a site's articles is, and what is none of it."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from cssselect import HTMLTranslator, SelectorError, parse
from cssselect.parser import Relation
from lxml.etree import XPath, XPathError
from lxml.html import HtmlElement, document_fromstring

from extraction.lines import page_lines
from news.errors import ConfigError

LONGEST = 500  # characters
_MOST_SIBLINGS = 2  # combinators of one selector; each may cost the square of the elements beside one another
_SIBLINGS = frozenset("+~")
_TINY = "<html><head><title>t</title></head><body><div id='a' class='b'><p>c <a href='/'>d</a></p></div></body></html>"


@lru_cache(maxsize=1_000)
def selector(css: str) -> XPath:
    """The selector, ready to be asked of trees. Raises ConfigError, which says what is wrong with it."""
    if not css.strip():
        raise ConfigError("a selector is empty", "write one such as .article-body, or take it away")
    if len(css) > LONGEST:
        raise ConfigError(f"the selector {css[:40]!r}… has more than {LONGEST} characters", "select less at a time")
    try:
        siblings, namespaces = _asks(css)
        xpath = XPath(HTMLTranslator().css_to_xpath(css))
        xpath(document_fromstring(_TINY))  # some compile, and fail when they are asked: `svg|p`
    except (SelectorError, XPathError) as error:
        said = str(error).rstrip(".")
        raise ConfigError(
            f"{css!r} is no CSS selector: {said}",
            "write it as in a style sheet, for example div.article > p, without ::text and the like",
        ) from error
    if namespaces:
        raise ConfigError(
            f"{css!r} asks for the namespace {namespaces[0]!r}, of which pages have none", "leave it and its bar away"
        )
    if siblings > _MOST_SIBLINGS:
        raise ConfigError(
            f"{css!r} has {siblings} of + and ~ in one selector, {_MOST_SIBLINGS} are the most",
            "each of them may take the square of the time on a long list; name a class instead",
        )
    return xpath


def _asks(css: str) -> tuple[int, list[str]]:
    """The most combinators of siblings in one of its selectors, and the namespaces that it names."""
    parts = [list(_parts(each.parsed_tree)) for each in parse(css)]
    combinators = ([getattr(part, "combinator", "") for part in each] for each in parts)
    most = max((sum(name in _SIBLINGS for name in each) for each in combinators), default=0)
    named = (getattr(part, "namespace", None) for each in parts for part in each)
    return most, [name for name in named if name not in (None, "", "*")]


class _Leading(NamedTuple):
    """The combinator that an argument of `:has()` begins with."""

    combinator: str


def _parts(part: Any) -> Iterator[object]:
    """The parts of a parsed selector, those within `:not()`, `:is()` and `:has()` too."""
    if isinstance(part, list | tuple):
        for each in part:
            yield from _parts(each)
    elif type(part).__module__.startswith("cssselect."):
        yield part
        if isinstance(part, Relation):
            yield from (_Leading(str(combinator.value)) for combinator, _ in part.arguments)
        yield from _parts(list(vars(part).values()) if hasattr(part, "__dict__") else [])


def selected(tree: HtmlElement, css: str) -> list[HtmlElement]:
    """The elements that a selector selects, in the page's order, without those that stand in another of them.

    None where it cannot be asked of this tree, or is a selector no longer: one page more is worth more than one rule.
    """
    try:
        found = list(selector(css)(tree))
    except (XPathError, ConfigError):
        return []
    chosen = set(found)
    return [element for element in found if not any(around in chosen for around in element.iterancestors())]


def pruned(tree: HtmlElement, drop: Sequence[str]) -> list[tuple[str, str]]:
    """Take out of the tree what is selected; the text of each block that went, with its selector."""
    gone: list[tuple[str, str]] = []
    for css in drop:
        for element in selected(tree, css):
            if element.getparent() is not None:  # the page itself stays
                gone += [(line.text, css) for line in page_lines(element)]
                element.drop_tree()
    return gone
