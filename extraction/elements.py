"""The elements of a page that several rules ask for, from one pass over its tree: each pass goes through all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement


@dataclass(frozen=True, slots=True)
class Elements:
    """Elements in the page's order, by their tags. `titles` are those of both kinds, `title` and `h1`."""

    anchors: Sequence[HtmlElement]
    links: Sequence[HtmlElement]
    metas: Sequence[HtmlElement]
    scripts: Sequence[HtmlElement]
    times: Sequence[HtmlElement]
    titles: Sequence[HtmlElement]

    @property
    def title(self) -> HtmlElement | None:
        """The first title element, if there is one."""
        return next((element for element in self.titles if element.tag == "title"), None)


def elements_of(tree: HtmlElement) -> Elements:
    """The elements of a tree."""
    found: dict[str, list[HtmlElement]] = {tag: [] for tag in ("a", "link", "meta", "script", "time", "title")}
    found["h1"] = found["title"]
    for element in tree.iter(*found):
        found[element.tag].append(element)
    return Elements(found["a"], found["link"], found["meta"], found["script"], found["time"], found["title"])
