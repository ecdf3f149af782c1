"""What changed in an article between two visits: nothing, a slip, the template, the headline, or the text."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from extraction.revision.furniture import is_furniture, looks_like_a_wall, without_stamps
from extraction.revision.headline import headline_change
from extraction.revision.textdiff import clipped, key, leftovers, paragraphs, sentences, vocabulary, word_count
from extraction.revision.typos import MOST_STEPS, context, is_typo
from news.article import Article

ChangeKind = Literal["none", "typo", "template", "headline", "text"]

_WEIGHT: tuple[ChangeKind, ...] = ("none", "template", "typo", "headline", "text")

LONGEST_TEXT = 150_000  # characters; nobody wrote what comes after
MOST_PARTS = 20
LONGEST_PART = 400  # characters
_MOST_CHANGED = 1_000  # paragraphs or sentences that are looked at one by one
_SHRUNK = 0.4  # share of the words that is left of a text that was cut off
_CONTAINED = 20  # letters of a sentence that stands in a text by no accident
_SHORT_LINE = 8  # words


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between two versions of an article.

    `kind` is the weightiest that was found: text, headline, typo, template, none, in that order. `similarity` is the
    share of the words that both bodies have, 0 to 1. `added` and `removed` are the paragraphs (or, where part of one
    stayed, its sentences) that decided on the kind, at most 20 of at most 400 characters; `words_added` and
    `words_removed` count the words in all of them that the other side does not have. `is_shrunk`: most of the body is
    gone and nothing came in its place, as when an extraction fails or a wall is put up; the old text should be kept.
    """

    kind: ChangeKind
    headline_changed: bool = False
    similarity: float = 1.0
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    words_added: int = 0
    words_removed: int = 0
    is_shrunk: bool = False


def fingerprints(text: str) -> frozenset[str]:
    """Short stable hashes of a text's paragraphs, the same for those that read the same.

    What `compare` is told of as `elsewhere` are those that at least two other articles of the source have; the titles
    of its other articles may be added, so that a block of teasers is known too.
    """
    return frozenset(_fingerprint(paragraph) for paragraph in paragraphs(text[:LONGEST_TEXT]) if key(paragraph))


def _fingerprint(paragraph: str) -> str:
    letters = key(paragraph)
    if word_count(paragraph) <= _SHORT_LINE:
        letters = "".join("0" if letter.isdigit() else letter for letter in letters)  # counters count on
    return hashlib.blake2b(letters.encode(errors="replace"), digest_size=8).hexdigest()


def compare(old: Article, new: Article, elsewhere: Collection[str] = ()) -> Change:
    """What changed from one version to the next; `elsewhere`: fingerprints of paragraphs that other articles have too.

    Only title and text are compared, the latter up to 150,000 characters. Never raises.
    """
    headline = headline_change(old, new)
    before, after = old.text[:LONGEST_TEXT], new.text[:LONGEST_TEXT]
    if before == after or key(before) == key(after):
        return Change(headline, headline == "headline")
    body = _body(before, after, _Surroundings.of(old, new, elsewhere))
    if body.is_shrunk and body.added:
        return body  # the title is that of the wall
    kind = max(body.kind, headline, key=_WEIGHT.index)
    return replace(body, kind=kind, headline_changed=headline == "headline")


def compare_among(old: Article, new: Article, others: Sequence[Article]) -> Change:
    """What changed, where `others` are further articles of the same source: what at least two of them have too, and
    their titles, belong to the template.
    """
    counts = Counter(one for other in others for one in fingerprints(other.text))
    shared = {one for one, times in counts.items() if times > 1}
    return compare(old, new, shared.union(*(fingerprints(other.title) for other in others)))


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What is known of the articles besides their texts."""

    titles: frozenset[str]
    authors: tuple[str, ...]
    language: str | None
    elsewhere: frozenset[str]

    @classmethod
    def of(cls, old: Article, new: Article, elsewhere: Collection[str]) -> "_Surroundings":
        titles = frozenset({key(old.title), key(new.title)})
        return cls(titles, (*old.authors, *new.authors), new.language or old.language, frozenset(elsewhere))

    def are_theirs(self, paragraph: str) -> bool:
        """Whether a paragraph is the template's and none of the article's."""
        return (
            key(paragraph) in self.titles
            or _fingerprint(paragraph) in self.elsewhere
            or is_furniture(paragraph, self.authors)
        )

    def own(self, parts: Iterable[str]) -> list[str]:
        """The parts that are the article's."""
        return [part for part in parts if not self.are_theirs(part)]


def _body(before: str, after: str, known: _Surroundings) -> Change:
    """What changed in two texts that do not read the same."""
    removed, added = leftovers(paragraphs(before), paragraphs(after), most=_MOST_CHANGED)
    total = word_count(before) + word_count(after)
    similarity = 1 - sum(_words_only_in(removed, added)) / total if total else 1.0
    if max(len(removed), len(added)) > _MOST_CHANGED:
        return _change("text", similarity, removed, added)
    own = leftovers(known.own(removed), known.own(added), _unstamped)
    old, new = ([one for part in side for one in sentences(part)] for side in own)
    loose = leftovers(old, new, most=_MOST_CHANGED)
    if max(map(len, loose)) > _MOST_CHANGED:
        return _change("text", similarity, *own)
    gone, come = map(known.own, loose)
    lost, said = _told_anew(gone, come, after), _told_anew(come, gone, before)
    if word_count(after) < _SHRUNK * word_count(before) and (not said or looks_like_a_wall(said)):
        return replace(_change("template", similarity, removed, said), is_shrunk=True)
    if not lost and not said:
        return _change("template", similarity, removed, added)
    few = sum(_words_only_in(gone, come)) <= MOST_STEPS  # spares most texts the search
    if few and is_typo(gone, come, context(before, after, known.language)):
        return _change("typo", similarity, gone, come)
    return _change("text", similarity, _whole(own[0], gone), _whole(own[1], come))


def _unstamped(paragraph: str) -> str:
    return key(without_stamps(paragraph))


def _told_anew(parts: Sequence[str], others: Sequence[str], other: str) -> list[str]:
    """The sentences that the other text does not hold: pull quotes, and stumps of its sentences, say nothing new."""
    if not parts:
        return []
    whole, beginnings = key(other), [key(one) for one in others]
    keys = ((part, key(part).rstrip(".")) for part in parts)
    return [part for part, letters in keys if not _is_held(letters, whole, beginnings)]


def _is_held(letters: str, whole: str, beginnings: Sequence[str]) -> bool:
    if len(letters) >= _CONTAINED:
        return letters in whole
    return any(beginning.startswith(letters) for beginning in beginnings)


def _whole(parts: Sequence[str], changed: Sequence[str]) -> list[str]:
    """The changed sentences, those of a paragraph that changed throughout as one."""
    loose = frozenset(changed)
    found: list[str] = []
    for part in parts:
        own = sentences(part)
        mine = [sentence for sentence in own if sentence in loose]
        found += [part] if mine and len(mine) == len(own) else mine
    return found


def _words_only_in(removed: Sequence[str], added: Sequence[str]) -> tuple[int, int]:
    """How many words the first have that the second have not, and the reverse."""
    left, right = vocabulary(removed), vocabulary(added)
    return (left - right).total(), (right - left).total()


def _change(kind: ChangeKind, similarity: float, removed: Sequence[str], added: Sequence[str]) -> Change:
    words_removed, words_added = _words_only_in(removed, added)
    return Change(
        kind,
        similarity=max(0.0, similarity),
        added=clipped(added, MOST_PARTS, LONGEST_PART),
        removed=clipped(removed, MOST_PARTS, LONGEST_PART),
        words_added=words_added,
        words_removed=words_removed,
    )
