"""Where patterns occur in a stream of tokens, alone and near each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from matching.analyzer import Token
from matching.document import Stream
from matching.pattern import Manner, Pattern, Spellings


class Mark(NamedTuple):
    """An unbroken hit: positions `first` to `after`, characters `start` to `end` (both ends exclusive)."""

    first: int
    after: int
    start: int
    end: int


class Occurrence(NamedTuple):
    """One place where all of a pattern, or of two near each other, is found; the marks are what it consists of."""

    first: int
    after: int
    marks: tuple[Mark, ...]


def occurrences(wanted: Pattern, stream: Stream) -> list[Occurrence]:
    """Every place where the pattern occurs, in order; from each beginning, the shortest."""
    last = len(wanted.words) - 1
    places: list[list[Mark]] = []
    for index, spellings in enumerate(wanted.words):
        found = _word(spellings, wanted.manner, wanted.open_ended and index == last, stream)
        if not found:
            return []
        places.append(found)
    return _in_a_row(places, wanted.slop)


def _word(spellings: Spellings, manner: Manner, open_ended: bool, stream: Stream) -> list[Mark]:
    """The places of one word of a pattern, in any of its spellings."""
    found: set[Mark] = set()
    for spelling in spellings:
        last = len(spelling) - 1
        lists = [
            [_mark(token) for token in _tokens(part, manner, open_ended and index == last, stream)]
            for index, part in enumerate(spelling)
        ]
        if all(lists):
            found.update(chain.from_iterable(occurrence.marks for occurrence in _in_a_row(lists, 0)))
    return sorted(found)


def _tokens(wanted: Token, manner: Manner, open_ended: bool, stream: Stream) -> list[Token]:
    if open_ended:
        return stream.beginning_with(wanted.folded)
    if manner == "any form":
        return stream.in_any_form(wanted)
    found = stream.in_this_form(wanted.folded)
    return found if manner == "this form" else [token for token in found if token.exact == wanted.exact]


def _mark(token: Token) -> Mark:
    return Mark(token.position, token.after, token.start, token.end)


def _in_a_row(places: Sequence[Sequence[Mark]], slop: int) -> list[Occurrence]:
    """One mark of each list, in this order, with at most `slop` positions left out in all."""
    if not places:
        return []
    followers = [([mark.first for mark in marks], marks) for marks in places[1:]]
    found: list[Occurrence] = []
    for mark in places[0]:
        row = _row_from(mark, followers, slop)
        if row is not None:
            found.append(Occurrence(row[0].first, row[-1].after, tuple(row)))
    return found


def _row_from(mark: Mark, followers: list[tuple[list[int], Sequence[Mark]]], slop: int) -> list[Mark] | None:
    """The row that begins with this mark and takes the nearest next one each time, touching marks made one."""
    row = [mark]
    left = slop
    for firsts, marks in followers:
        after = row[-1].after
        index = bisect_left(firsts, after)
        if index == len(firsts) or firsts[index] - after > left:
            return None
        left -= firsts[index] - after
        following = marks[index]
        if following.first == after:
            row[-1] = Mark(row[-1].first, following.after, row[-1].start, following.end)
        else:
            row.append(following)
    return row


def near(left: list[Occurrence], right: list[Occurrence], distance: int, ordered: bool) -> list[Occurrence]:
    """Pairs with at most `distance` words between: each occurrence with its nearest partners, before and behind.

    Partners share no word. With `ordered`, the left one comes first.
    """

    def suit(one: Occurrence, other: Occurrence) -> bool:
        return _are_near(one, other, distance, ordered)

    def suit_reversed(other: Occurrence, one: Occurrence) -> bool:
        return _are_near(one, other, distance, ordered)

    pairs = {_pair(one, other) for one, other in _with_partners(left, right, suit, distance)}
    pairs |= {_pair(one, other) for other, one in _with_partners(right, left, suit_reversed, distance)}
    return sorted(pairs)


def outermost(found: list[Occurrence]) -> list[Occurrence]:
    """From each beginning and to each end, the shortest and the longest: pairs of pairs would otherwise multiply."""
    by_length = sorted(found, key=lambda one: one.after - one.first)
    kept: set[Occurrence] = set()
    for last_wins in (by_length, by_length[::-1]):
        kept.update({one.first: one for one in last_wins}.values(), {one.after: one for one in last_wins}.values())
    return sorted(kept)


_Suit = Callable[[Occurrence, Occurrence], bool]


def _with_partners(
    ones: list[Occurrence], others: list[Occurrence], suit: _Suit, distance: int
) -> Iterator[tuple[Occurrence, Occurrence]]:
    """Each of the first list with the nearest of the second that suits behind it, and the nearest before it."""
    firsts = [other.first for other in others]
    longest = max((other.after - other.first for other in others), default=0)
    for one in ones:
        middle = bisect_left(firsts, one.first)
        end = bisect_right(firsts, one.after + distance)
        begin = bisect_left(firsts, one.first - distance - longest)
        for indexes in (range(middle, end), range(middle - 1, begin - 1, -1)):
            partner = next((others[index] for index in indexes if suit(one, others[index])), None)
            if partner is not None:
                yield one, partner


def _are_near(left: Occurrence, right: Occurrence, distance: int, ordered: bool) -> bool:
    if ordered:
        return 0 <= right.first - left.after <= distance
    between = max(right.first - left.after, left.first - right.after)
    return between <= distance and (between >= 0 or not _share_a_word(left, right))


def _share_a_word(left: Occurrence, right: Occurrence) -> bool:
    return any(one.first < other.after and other.first < one.after for one in left.marks for other in right.marks)


def _pair(left: Occurrence, right: Occurrence) -> Occurrence:
    marks = tuple(sorted({*left.marks, *right.marks}))
    return Occurrence(min(left.first, right.first), max(left.after, right.after), marks)
