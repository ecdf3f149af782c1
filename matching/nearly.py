"""Near misses: what an article has instead of what was asked, as a few words behind a sentence."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import chain

from matching.document import Stream
from matching.evaluate import ANYWHERE, Finder, Scope, together
from matching.fold import fold
from matching.occurrence import loose
from matching.pattern import Leaf, Pattern, pattern
from news.article import Span
from news.query import Exact, FieldName, Near, Phrase, Prefix, Query, Word
from news.text import clip

_WHERE: dict[FieldName, str] = {
    "title": "the title", "text": "the text", "source": "the source's name", "author": "an author's name",
}  # fmt: skip
_LONGEST_QUOTE = 60
_LIKE_ENOUGH = 0.75
_LONGEST_ALIKE = 40
_MOST_FORMS = 3_000
_FARTHEST = 1_000
_SHORTEST_BEGINNING = 3


def where(scope: Scope) -> str:
    """The fields in which something is looked for."""
    return " or ".join(_WHERE[name] for name in scope) or "both fields at once"


def instead(leaf: Leaf, finder: Finder, scope: Scope, *, alike: bool = True) -> str:
    """What comes nearest to a word or phrase that does not occur; empty where nothing does.

    With `alike`, words that are merely spelled like it are looked for too, which takes longest.
    """
    if isinstance(leaf, Exact):
        found = _other_form(Word(leaf.text), leaf.text, finder, scope)
    elif isinstance(leaf, Phrase):
        found = _of_phrase(leaf, finder, scope)
    else:
        found = ""
    return found or _elsewhere(leaf, finder, scope) or (_alike(leaf, finder, scope) if alike else "")


def between(query: Near, finder: Finder, scope: Scope) -> str:
    """How the two sides of a NEAR stand, each of which occurs."""
    streams = finder.document.named(scope)
    either = [
        (_gap(query, finder, stream, ordered=False), _gap(query, finder, stream, ordered=True)) for stream in streams
    ]
    gaps = [gap for gap, _ in either if gap is not None]
    if not gaps:
        return "one stands in the title, the other in the text" if len(scope) > 1 else "they share their words"
    nearest = min(gaps)
    if query.ordered and nearest <= query.distance:
        return "in the other order only"
    if query.ordered:
        nearest = min((gap for _, gap in either if gap is not None), default=nearest)
    return f"{words(nearest)} {'stands' if nearest == 1 else 'stand'} between them"


def words(number: int) -> str:
    """So many words."""
    return "1 word" if number == 1 else f"{number} words"


def _gap(query: Near, finder: Finder, stream: Stream, *, ordered: bool) -> int | None:
    """The fewest words between the two sides in one stream; None where they do not both stand in it, apart."""
    left, right = (finder.nearness.stands(side, stream) for side in (query.left, query.right))
    gaps = [left.gap_before(right)] if ordered else [left.gap_before(right), right.gap_before(left)]
    return min((gap for gap in gaps if gap is not None), default=None)


def _other_form(wider: Query, asked: str, finder: Finder, scope: Scope) -> str:
    """The first place that a wider query finds, and how it differs from what was asked."""
    found = finder.find(wider, scope)
    if found is None:
        return ""
    hits = list(together(found))
    if not hits:
        return "only in another case, accent or form"
    written = _quoted(finder, min(hits, key=lambda span: (span.field != "title", span.start)))
    return f"only {_difference(asked, written)}: “{clip(' '.join(written.split()), _LONGEST_QUOTE)}”"


def _difference(asked: str, written: str) -> str:
    if fold(asked) != fold(written):
        return "in another form"
    if asked.casefold() == written.casefold():
        return "in another case"
    return "with other accents" if asked.isupper() == written.isupper() else "in another case, with other accents"


def _quoted(finder: Finder, span: Span) -> str:
    text = finder.document.article.title if span.field == "title" else finder.document.article.text
    return text[span.start : span.end]


def _of_phrase(phrase: Phrase, finder: Finder, scope: Scope) -> str:
    if not phrase.inflected:
        found = _other_form(Phrase(phrase.text, inflected=True), phrase.text, finder, scope)
        if found:
            return found
    gap = min(filter(None, (_loosest(phrase, finder, stream) for stream in finder.document.named(scope))), default=None)
    if gap is not None:
        return f"its words stand in this order with {words(gap)} between"
    parts = tuple(Word(word) for word in phrase.text.split())
    if len(parts) < 2:
        return ""
    missing = [part.text for part in parts if finder.find(part, scope) is None]
    if not missing:
        return "though each of its words does"
    return f"it lacks “{missing[0]}”" if len(missing) < len(parts) else ""


def _loosest(phrase: Phrase, finder: Finder, stream: Stream) -> int | None:
    """The fewest words among those of the phrase, in any form but in its order."""
    wanted = Pattern(phrase, pattern(phrase).words, "any form", slop=_FARTHEST)
    gaps = [
        one.after - one.first - sum(after - first for first, after in one.marks)
        for one in loose(wanted, stream, finder.nearness.limits.rows)
    ]
    return min(gaps, default=None)


def _elsewhere(leaf: Leaf, finder: Finder, scope: Scope) -> str:
    """Whether it stands in the other field of the article."""
    others: Scope = tuple(name for name in ANYWHERE if name not in scope)
    if len(scope) != 1 or len(others) != 1 or finder.find(leaf, others) is None:
        return ""
    return f"only in {_WHERE[others[0]]}"


def _alike(leaf: Leaf, finder: Finder, scope: Scope) -> str:
    """A word of the article that is spelled much like the one that was asked."""
    if not isinstance(leaf, Word | Prefix | Exact):
        return ""
    folded = fold(leaf.text)[:_LONGEST_ALIKE]
    in_each = [stream.forms[:_MOST_FORMS] for stream in finder.document.named(scope)]
    forms = sorted(set(chain.from_iterable(in_each)))[:_MOST_FORMS]
    near = _longer(folded, forms) if isinstance(leaf, Prefix) else spelled_like(folded, forms, 1)
    return f"the most like it is “{near[0]}”" if near else ""


def _longer(beginning: str, forms: list[str]) -> list[str]:
    """A form with which most of a beginning agrees; `forms` are sorted."""
    for length in range(len(beginning) - 1, _SHORTEST_BEGINNING - 1, -1):
        start, end = beginning[:length], f"{beginning[:length]}\U0010ffff"
        found = forms[bisect_left(forms, start) : bisect_right(forms, end)]
        if found:
            return found[:1]
    return []


def spelled_like(word: str, forms: Iterable[str], most: int) -> list[str]:
    """Of these words, at most so many that are spelled much like a word, the most alike first; all are folded."""
    longest = 2 + len(word)
    shorter = [form for form in forms if abs(len(form) - len(word)) <= longest // 3 and form != word]
    return get_close_matches(word, shorter, n=most, cutoff=_LIKE_ENOUGH) if len(word) >= _SHORTEST_BEGINNING else []
