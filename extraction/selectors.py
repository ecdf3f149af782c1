"""CSS selectors in which users say where the body of a site's articles is, and what is none of it."""

from collections.abc import Sequence
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml.etree import XPath, XPathError
from lxml.html import HtmlElement

from extraction.lines import page_lines
from news.errors import ConfigError

LONGEST = 500  # characters


@lru_cache(maxsize=1_000)
def selector(css: str) -> XPath:
    """The selector, ready to be asked of trees. Raises ConfigError, which says what is wrong with it."""
    if not css.strip():
        raise ConfigError("a selector is empty", "write one such as .article-body, or take it away")
    if len(css) > LONGEST:
        raise ConfigError(f"the selector {css[:40]!r}… has more than {LONGEST} characters", "select less at a time")
    try:
        return XPath(HTMLTranslator().css_to_xpath(css))
    except (SelectorError, XPathError) as error:
        said = str(error).rstrip(".")
        raise ConfigError(
            f"{css!r} is no CSS selector: {said}",
            "write it as in a style sheet, for example div.article > p, without ::text and the like",
        ) from error


def selected(tree: HtmlElement, css: str) -> list[HtmlElement]:
    """The elements that a selector selects, in the page's order, without those that stand in another of them."""
    found = list(selector(css)(tree))
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
