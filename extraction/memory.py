"""A site's memory: what its earlier articles teach of the next one, small, bounded and aged; pure functions.

An imprint is what one page teaches: the digests of the lines that may be its article's, and of the places that its
prose stands in. A line that stands on most articles is none of theirs.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from extraction.lines import ENDS, PROSE, Line, key, word_count
from news.guidance import MEMORY_VERSION, readable

_LIKELY_ENOUGH = 0.2  # to be remembered: less is no article's with or without memory
_MOST_OF_PAGE, _MOST_LINES, _MOST_PLACES, _MOST_PAGES = 120, 320, 120, 40
_RECURRING = 2  # earlier articles on which a line stands
_USUAL = 0.5  # of the articles since it was first seen, were they no fewer than these
_USUAL_OF = 6
_SENTENCE, _SENTENCE_OF = 0.8, 6  # the same of a full sentence that stands as the article's own prose does
_ALL_OF = 3  # articles so far: a sentence that every one of them has is the site's
_INTRODUCTION = 30  # words from which a line that recurs may be a series' introduction
_LABEL = 3  # words, the longest
_MOST_DROPPED = 0.3  # of the words that the model takes; where it is more, the memory is doubted
_MISSES = 3  # articles in a row without a known place: the site has been redesigned
_YOUNG = 6  # articles up to which each is worth a write
_EVERY = 5  # articles after which it is worth one in any case


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "ignore"), digest_size=5).hexdigest()


@lru_cache(maxsize=1_024)
def _setting(place: str) -> str:
    """The elements of a place, the first class of each: the others may be of the article, as `post-17 tag-budget`."""
    elements = (element.partition(".") for element in place.split(">"))
    return ">".join(f"{tag}.{_first_class(classes)}" for tag, _, classes in elements)


def _first_class(classes: str) -> str:
    return next((name for name in classes.split() if not any(map(str.isdigit, name))), "")


def _of_line(line: Line) -> str:
    """What is remembered of a line: its words in their place. The teaser of another article has that one's words."""
    return _digest(f"{_setting(line.place)}\n{key(line.text)}")


def imprint(
    url: str, lines: Sequence[Line], odds: Sequence[float], taken: Iterable[int], dropped: Iterable[int] = ()
) -> dict[str, Any]:
    """What a page teaches. `odds` are the model's, without memory; `taken` the lines that became the article.

    `dropped` are those that the memory has taken out of it, which `without_dropped` asks for.
    """
    own = sorted(taken)
    likely = [_of_line(line) for line, odd in zip(lines, odds, strict=True) if odd >= _LIKELY_ENOUGH]
    prose = [at for at in own if word_count(lines[at].text) >= PROSE]
    return {
        "url": _digest(url),
        "text": _digest("\n".join(lines[at].text for at in prose)),
        "lines": list(dict.fromkeys(likely))[:_MOST_OF_PAGE],
        "places": list(dict.fromkeys(_digest(_setting(lines[at].place)) for at in prose))[:_MOST_PLACES],
        "dropped": [_digest(key(lines[at].text)) for at in dropped],
    }


def without_dropped(text: str, page: Mapping[str, Any]) -> str:
    """An article's earlier text without the paragraphs that only the memory has taken out of it since.

    The page says what it said, and that the site is better known by now is no change of the article.
    """
    gone = frozenset(page.get("dropped", ()))
    if not gone:
        return text
    return "\n\n".join(each for each in text.split("\n\n") if _digest(key(each)) not in gone)


def learned(memory: Mapping[str, Any], page: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The memory after a page; as it was where the article is known, by its URL or its text.

    After a redesign it begins anew with the pages that revealed it, and has `changed_at` in ISO form.
    """
    memory = readable(memory)
    if not page or any(page["url"] == url or page["text"] == text for url, text in memory.get("pages", ())):
        return dict(memory)
    is_known = not page["places"] or not set(page["places"]).isdisjoint(memory.get("places", {}))
    misses = 0 if is_known or not memory else memory["misses"] + 1
    seen = memory.get("seen", 0) + 1
    lines = {digest: list(counts) for digest, counts in memory.get("lines", {}).items()}
    for digest in page["lines"]:
        first, count, _ = lines.get(digest, (seen, 0, 0))
        lines[digest] = [first, count + 1, seen]
    new = dict.fromkeys((*memory.get("strange", ()), *page["places"])) if misses else {}
    places = dict(memory.get("places", {})) | ({} if misses else dict.fromkeys(page["places"], seen))
    after = {
        "version": MEMORY_VERSION,
        "seen": seen,
        "misses": misses,
        "pages": [*memory.get("pages", ()), [page["url"], page["text"]]][-_MOST_PAGES:],
        "lines": dict(sorted(_fresh(lines, seen).items(), key=_worth)[-_MOST_LINES:]),
        "places": dict(sorted(places.items(), key=lambda place: place[1])[-_MOST_PLACES:]),
        "strange": list(new)[:_MOST_PLACES],
        "changed_at": memory.get("changed_at"),
    }
    return _begun_anew(after, now) if misses >= _MISSES else after


def _begun_anew(memory: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What the pages that revealed a redesign, the latest ones, have taught."""
    before = memory["seen"] - memory["misses"]
    lines = {
        digest: [max(1, first - before), min(count, last - max(first, before + 1) + 1), last - before]
        for digest, (first, count, last) in memory["lines"].items()
        if last > before
    }
    return {
        "version": MEMORY_VERSION,
        "seen": memory["misses"],
        "misses": 0,
        "pages": memory["pages"][-memory["misses"] :],
        "lines": lines,
        "places": dict.fromkeys(memory["strange"], memory["misses"]),
        "strange": [],
        "changed_at": now.isoformat(),
    }


def is_worth_keeping(kept: Mapping[str, Any] | None, memory: Mapping[str, Any]) -> bool:
    """Whether the memory says other things than the one that was kept, or is some articles ahead of it.

    While a site is new, or is being learned anew, each article counts.
    """
    kept = readable(kept)
    if not kept or kept["changed_at"] != memory["changed_at"] or kept["misses"] != memory["misses"]:
        return bool(memory)
    ahead: int = memory["seen"] - kept["seen"]
    return ahead >= (1 if memory["seen"] <= _YOUNG else _EVERY)


def _fresh(lines: Mapping[str, list[int]], seen: int) -> dict[str, list[int]]:
    return {digest: counts for digest, counts in lines.items() if counts[2] > seen - _MOST_PAGES}


def _worth(line: tuple[str, list[int]]) -> tuple[bool, int, int]:
    _, (_, count, last) = line
    return count >= _RECURRING, last, count


def recurring(memory: Mapping[str, Any], lines: Sequence[Line], odds: Sequence[float], likely: float) -> dict[int, int]:
    """The lines that the model takes and the site's other articles have too, and on how many of these they stand.

    None where that would cost the article too much; `likely` is what makes a line the article's.
    """
    memory = readable(memory)
    if not memory:
        return {}
    taken = [at for at, odd in enumerate(odds) if odd >= likely]
    words = {at: word_count(lines[at].text) for at in taken}
    found = {at: _others(memory, lines[at]) for at in taken if words[at] < _INTRODUCTION}
    places = {lines[at].place for at in taken if words[at] >= PROSE and not found.get(at)}
    dropped = {at: others for at, others in found.items() if others and not _may_be_news(memory, lines[at], places)}
    dropped = {at: others for at, others in dropped.items() if not _is_label(lines, at, taken, dropped)}
    if sum(words[at] for at in dropped) > _MOST_DROPPED * sum(words.values()):
        return {}
    return dropped


def _is_label(lines: Sequence[Line], at: int, taken: Sequence[int], dropped: Mapping[int, int]) -> bool:
    """Whether a recurring line is a label of the site's format, such as 'Ingredients', over text of the article's own.

    It is a heading of that, or so short and on the page more than once.
    """
    if lines[at].is_heading:
        below = bisect_right(taken, at)
        return below < len(taken) and taken[below] not in dropped
    return word_count(lines[at].text) <= _LABEL and sum(lines[other].text == lines[at].text for other in taken) > 1


def _may_be_news(memory: Mapping[str, Any], line: Line, places: AbstractSet[str]) -> bool:
    """Whether it is a sentence that many articles have, `Nobody was hurt`, and not one that the site sets in all."""
    if line.place not in places or not ENDS.search(line.text):
        return False
    first, count, _ = memory["lines"][_of_line(line)]
    seen = memory["seen"]
    if count == seen >= _ALL_OF:
        return False
    return bool(seen < _SENTENCE_OF or count < _SENTENCE * max(_SENTENCE_OF, seen - first + 1))


def _others(memory: Mapping[str, Any], line: Line) -> int:
    """On how many articles a line stands, if it recurs; else 0."""
    first, count, _ = memory["lines"].get(_of_line(line), (0, 0, 0))
    since = max(memory["seen"] - first + 1, min(_USUAL_OF, memory["seen"]))
    recurs = count >= _RECURRING and count >= _USUAL * since
    return int(count) if recurs else 0
