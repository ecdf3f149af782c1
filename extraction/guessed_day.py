"""The day of publication that htmldate guesses, kept from guessing of what says nothing of it."""

import re
from collections.abc import Collection
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import islice

from htmldate import find_date
from lxml.html import HtmlElement

from extraction.datelines import dated_titles, is_dateline, is_of_story
from extraction.document import Document
from extraction.instants import names_no_day, read_moment, written_moment

_NO_DIGIT = re.compile(r"\D")
_HOLDERS = ("meta", "time", "abbr", "script")
_MOST_LINES, _LONGEST = 100, 2_000  # of a page, characters of each
_ATTRIBUTES = ("content", "datetime", "title")


def guessed_day(document: Document, refused: Collection[str]) -> datetime | None:
    """Midnight of the day, in UTC. `refused` are the dates that the page declares and that cannot be: it sees none."""
    try:
        tree = _shorn(document, refused).tree
        found = find_date(tree, extensive_search=False, original_date=True, url=document.url)
    except (ValueError, OverflowError):  # it compares dates whose zones no clock can have; that is not worth an article
        return None
    moment = read_moment(found) if found else None
    if moment is None or _is_told(document, moment.at.date()):
        return None
    return moment.at


def _is_bad(element: HtmlElement, refused: Collection[str]) -> bool:
    if element.tag == "script":
        return any(text in (element.text or "") for text in refused)
    if (element.get("itemprop") or "").lower() == "copyrightyear":
        return True
    said = [element.get(name) or "" for name in _ATTRIBUTES]
    return any(names_no_day(text) or text.strip() in refused for text in said if text)


def _shorn(document: Document, refused: Collection[str]) -> Document:
    """The document, or one whose tree is without the elements that name no day that can be.

    htmldate fills a month up with the day on which it runs, and a year with the first of January.
    """
    if not any(_is_bad(element, refused) for element in document.tree.iter(*_HOLDERS)):
        return document
    copy = deepcopy(document.tree)
    for element in [element for element in copy.iter(*_HOLDERS) if _is_bad(element, refused)]:
        element.drop_tree()
    return replace(document, tree=copy)


def _is_told(document: Document, day: date) -> bool:
    """Whether the title or the prose tells of the day, and neither another line nor the address names it.

    Where no line names it, but one its month alone, htmldate has made it up.
    """
    if f"{day:%Y%m%d}" in _NO_DIGIT.sub("", document.url):
        return False
    at = datetime.combine(day, time(), UTC)
    year = str(day.year)
    holding = list(islice((line for line in document.lines if year in line.text), _MOST_LINES))
    told = [line for line in holding if any(_is_of(line.text[:_LONGEST], at, first) for first in (False, True))]
    if not told:
        month = re.compile(rf"(?<![\d/.-])(?:{year}[-/.]0?{day.month}|0?{day.month}[-/.]{year})(?![-/.]?\d)")
        return any(month.search(line.text[:_LONGEST]) for line in holding)
    titles = dated_titles(document)
    return not any(is_dateline(line.text) and not is_of_story(line, titles) for line in told)


def _is_of(text: str, day: datetime, month_first: bool) -> bool:
    moment = written_moment(text, month_first=month_first)
    return moment is not None and moment.at.date() == day.date()
