"""Near misses: what an article has instead of what was asked, as a few words behind a sentence."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from difflib import get_close_matches

from matching.document import Document, Stream
from matching.evaluate import ANYWHERE, Scope, find, places
from matching.fold import fold
from matching.occurrence import Occurrence, occurrences
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


def instead(leaf: Leaf, document: Document, scope: Scope, *, alike: bool = True) -> str:
    """What comes nearest to a word or phrase that does not occur; empty where nothing does.

    With `alike`, words that are merely spelled like it are looked for too, which takes longest.
    """
    if isinstance(leaf, Exact):
        found = _other_form(Word(leaf.text), leaf.text, document, scope)
    elif isinstance(leaf, Phrase):
        found = _of_phrase(leaf, document, scope)
    else:
        found = ""
    return found or _elsewhere(leaf, document, scope) or (_alike(leaf, document, scope) if alike else "")


def between(query: Near, document: Document, scope: Scope) -> str:
    """How the two sides of a NEAR stand, each of which occurs."""
    streams = document.named(scope)
    either = [(_gap(query, stream, ordered=False), _gap(query, stream, ordered=True)) for stream in streams]
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


def _gap(query: Near, stream: Stream, *, ordered: bool) -> int | None:
    """The fewest words between the two sides in one stream; None where they do not both stand in it, apart."""
    left, right = places(query.left, stream), places(query.right, stream)
    gaps = list(_gaps_behind(left, right))
    if not ordered:
        gaps += _gaps_behind(right, left)
    return min(gaps, default=None)


def _gaps_behind(ones: Iterable[Occurrence], others: list[Occurrence]) -> Iterable[int]:
    """From the end of each to the next of the others behind it."""
    firsts = sorted(other.first for other in others)
    for one in ones:
        index = bisect_left(firsts, one.after)
        if index < len(firsts):
            yield firsts[index] - one.after


def _other_form(wider: Query, asked: str, document: Document, scope: Scope) -> str:
    """The first place that a wider query finds, and how it differs from what was asked."""
    found = find(wider, document, scope)
    if found is None:
        return ""
    if not found:
        return "only in another case, accent or form"
    written = _quoted(document, min(found, key=lambda span: (span.field != "title", span.start)))
    return f"only {_difference(asked, written)}: “{clip(' '.join(written.split()), _LONGEST_QUOTE)}”"


def _difference(asked: str, written: str) -> str:
    if fold(asked) != fold(written):
        return "in another form"
    if asked.casefold() == written.casefold():
        return "in another case"
    return "with other accents" if asked.isupper() == written.isupper() else "in another case, with other accents"


def _quoted(document: Document, span: Span) -> str:
    text = document.article.title if span.field == "title" else document.article.text
    return text[span.start : span.end]


def _of_phrase(phrase: Phrase, document: Document, scope: Scope) -> str:
    if not phrase.inflected:
        found = _other_form(Phrase(phrase.text, inflected=True), phrase.text, document, scope)
        if found:
            return found
    gap = min(filter(None, (_loosest(phrase, stream) for stream in document.named(scope))), default=None)
    if gap is not None:
        return f"its words stand in this order with {words(gap)} between"
    parts = tuple(Word(word) for word in phrase.text.split())
    if len(parts) < 2:
        return ""
    missing = [part.text for part in parts if find(part, document, scope) is None]
    if not missing:
        return "though each of its words does"
    return f"it lacks “{missing[0]}”" if len(missing) < len(parts) else ""


def _loosest(phrase: Phrase, stream: Stream) -> int | None:
    """The fewest words among those of the phrase, in any form but in its order."""
    wanted = Pattern(phrase, pattern(phrase).words, "any form", slop=_FARTHEST)
    gaps = [
        one.after - one.first - sum(mark.after - mark.first for mark in one.marks)
        for one in occurrences(wanted, stream)
    ]
    return min(gaps, default=None)


def _elsewhere(leaf: Leaf, document: Document, scope: Scope) -> str:
    """Whether it stands in the other field of the article."""
    others: Scope = tuple(name for name in ANYWHERE if name not in scope)
    if len(scope) != 1 or len(others) != 1 or find(leaf, document, others) is None:
        return ""
    return f"only in {_WHERE[others[0]]}"


def _alike(leaf: Leaf, document: Document, scope: Scope) -> str:
    """A word of the article that is spelled much like the one that was asked."""
    if not isinstance(leaf, Word | Prefix | Exact):
        return ""
    folded = fold(leaf.text)[:_LONGEST_ALIKE]
    forms = sorted({token.folded for stream in document.named(scope) for token in stream.tokens})[:_MOST_FORMS]
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
