"""Where patterns occur in a stream of tokens, alone and near each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from matching.analyzer import Token
from matching.bitmap import Bits, Place, bits_of, down_to, in_a_row, places_of, starts, united
from matching.document import Stream
from matching.pattern import Manner, Pattern, Spellings

# The bits of a word that stands more rarely are made when they are asked for, and not kept: they take an eighth of the
# length of the text whatever their number.
_KEPT_FROM = 512
_LONGEST_WORD = 36  # positions: six parts of a hyphenated word, each of which may be found as such a word
# Partners that share a word with what they are to be near; nothing that anybody means has more of them side by side.
_MOST_TRIED = 50


class Occurrence(NamedTuple):
    """One place where all of a pattern, or of two near each other, is found; the marks are what it consists of.

    Each mark is an unbroken hit, and they are in order. `after` is the position behind the last.
    """

    first: int
    after: int
    marks: tuple[Place, ...]


@dataclass(frozen=True)
class Standing:
    """Where a word stands in a stream: its places in order, of those that begin together the shortest first."""

    places: list[Place]
    _reached: dict[int, int] = field(default_factory=dict)

    @cached_property
    def bits(self) -> Bits:
        """The places as bits."""
        return bits_of(self.places)

    @cached_property
    def firsts(self) -> list[int]:
        """Where they begin."""
        return [first for first, _ in self.places]

    def reached(self, distance: int, *, keep: bool) -> int:
        """The positions from which it is so far at most, and some more, as bits."""
        rounded = distance.bit_length()  # one field serves all distances that are about as long
        found = self._reached.get(rounded)
        if found is None:
            found = down_to(starts(self.bits if keep else bits_of(self.places)), (1 << rounded) - 1)
            if keep:
                self._reached[rounded] = found
        return found


def rows(wanted: Pattern, stream: Stream) -> Bits:
    """Where a pattern without slop stands."""
    found: list[Bits] = []
    for word, open_ended in _words(wanted):
        bits = _word(word, wanted.manner, open_ended, stream)
        if not bits:
            return {}
        found.append(bits)
    return in_a_row(found)


def alone(wanted: Pattern, stream: Stream) -> list[Token] | None:
    """The tokens that a pattern of a single word finds; None where it has more words, or more spellings."""
    words = wanted.words
    if len(words) != 1 or len(words[0]) != 1 or len(words[0][0]) != 1:
        return None
    return _tokens(words[0][0][0], wanted.manner, wanted.open_ended, stream)


def loose(wanted: Pattern, stream: Stream, most: int) -> list[Occurrence]:
    """Where a pattern with slop stands, in order; from each beginning, the shortest.

    Of more than `most` beginnings the first are tried; where none of them leads on, the first of those that have the
    rarest word in reach.
    """
    found: list[Standing] = []
    for word, open_ended in _words(wanted):
        standing = _standing(word, wanted.manner, open_ended, stream)
        if not standing.places:
            return []
        found.append(standing)
    if not found:
        return []
    beginnings, followers = found[0].places, found[1:]
    first_of_them = list(_from_each(beginnings[:most], followers, wanted.slop))
    if first_of_them or len(beginnings) <= most:
        return first_of_them
    return list(_from_each(_with_rarest(found, wanted.slop, most, stream), followers, wanted.slop))


def _with_rarest(words: list[Standing], slop: int, most: int, stream: Stream) -> list[Place]:
    rarest = min(range(len(words)), key=lambda index: len(words[index].places))
    longest = rarest * _LONGEST_WORD
    reached = words[rarest].reached(longest + slop, keep=not _is_rare(words[rarest], stream))
    return places_of({length: begun & reached for length, begun in words[0].bits.items()}, most)


def _from_each(beginnings: list[Place], followers: list[Standing], slop: int) -> Iterator[Occurrence]:
    """The row from each beginning that takes the nearest next place each time, touching ones made one mark."""
    for first, end in beginnings:
        marks: list[Place] = []
        begun, after, left = first, end, slop
        for follower in followers:
            index = bisect_left(follower.firsts, after)
            if index == len(follower.places):
                break
            following, behind = follower.places[index]
            left -= following - after
            if left < 0:
                break
            if following > after:
                marks.append((begun, after))
                begun = following
            after = behind
        else:
            yield Occurrence(first, after, (*marks, (begun, after)))


def _words(wanted: Pattern) -> Iterator[tuple[Spellings, bool]]:
    """The pattern's words, and whether each is only a beginning."""
    last = len(wanted.words) - 1
    for index, word in enumerate(wanted.words):
        yield word, wanted.open_ended and index == last


def _standing(word: Spellings, manner: Manner, open_ended: bool, stream: Stream) -> Standing:
    if len(word) == 1 and len(word[0]) == 1:
        return _of_token(word[0][0], manner, open_ended, stream)
    key = manner, open_ended, *[tuple([(token.folded, token.exact) for token in spelling]) for spelling in word]
    known = stream.standings.get(key)
    if not isinstance(known, Standing):
        bits = _word(word, manner, open_ended, stream)
        known = stream.standings[key] = Standing(places_of(bits, len(stream.tokens)))
    return known


def _word(word: Spellings, manner: Manner, open_ended: bool, stream: Stream) -> Bits:
    """The places of one word of a pattern, in any of its spellings."""
    if len(word) == 1 and len(word[0]) == 1:
        return _bits(word[0][0], manner, open_ended, stream)
    found: list[Bits] = []
    for spelling in word:
        last = len(spelling) - 1
        parts = [_bits(part, manner, open_ended and index == last, stream) for index, part in enumerate(spelling)]
        if all(parts):
            found.append(in_a_row(parts))
    return united(found)


def _bits(wanted: Token, manner: Manner, open_ended: bool, stream: Stream) -> Bits:
    standing = _of_token(wanted, manner, open_ended, stream)
    return bits_of(standing.places) if _is_rare(standing, stream) else standing.bits


def _is_rare(standing: Standing, stream: Stream) -> bool:
    return len(standing.places) * _KEPT_FROM < len(stream.tokens)


def _of_token(wanted: Token, manner: Manner, open_ended: bool, stream: Stream) -> Standing:
    key = manner, open_ended, wanted.folded, "" if manner == "this form" else wanted.exact
    known = stream.standings.get(key)
    if not isinstance(known, Standing):
        found = _tokens(wanted, manner, open_ended, stream)
        known = stream.standings[key] = Standing([(token.position, token.after) for token in found])
    return known


def _tokens(wanted: Token, manner: Manner, open_ended: bool, stream: Stream) -> list[Token]:
    if open_ended:
        return stream.beginning_with(wanted.folded)
    if manner == "any form":
        return stream.in_any_form(wanted)
    found = stream.in_this_form(wanted.folded)
    return found if manner == "this form" else [token for token in found if token.exact == wanted.exact]


def near(left: list[Occurrence], right: list[Occurrence], distance: int, ordered: bool) -> list[Occurrence]:
    """Pairs with at most `distance` words between: each occurrence with its nearest partners, before and behind.

    Partners share no word. With `ordered`, the left one comes first. Both lists are in order.
    """
    partners = _in_order if ordered else _in_any_order
    return sorted({_pair(one, other) for one, other in partners(left, right, distance)})


_Pairs = Iterator[tuple[Occurrence, Occurrence]]


def _in_order(left: list[Occurrence], right: list[Occurrence], distance: int) -> _Pairs:
    """Each on the left with the nearest on the right behind it, and each on the right with the nearest before it."""
    firsts = [one.first for one in right]
    for one in left:
        index = bisect_left(firsts, one.after)
        if index < len(right) and firsts[index] - one.after <= distance:
            yield one, right[index]
    by_end = sorted(left, key=lambda one: (one.after, one.first))
    afters = [one.after for one in by_end]
    for one in right:
        index = bisect_right(afters, one.first) - 1
        if index >= 0 and one.first - afters[index] <= distance:
            yield by_end[index], one


def _in_any_order(left: list[Occurrence], right: list[Occurrence], distance: int) -> _Pairs:
    yield from _with_partners(left, right, distance)
    yield from _with_partners(right, left, distance)


def outermost(found: list[Occurrence]) -> list[Occurrence]:
    """From each beginning and to each end, the shortest and the longest: pairs of pairs would otherwise multiply."""
    by_length = sorted(found, key=lambda one: one.after - one.first)
    kept: set[Occurrence] = set()
    for last_wins in (by_length, by_length[::-1]):
        kept.update({one.first: one for one in last_wins}.values(), {one.after: one for one in last_wins}.values())
    return sorted(kept)


def _with_partners(ones: list[Occurrence], others: list[Occurrence], distance: int) -> _Pairs:
    """Each of the first list with the nearest of the second that suits behind it, and the nearest before it."""
    firsts = [other.first for other in others]
    longest = max((other.after - other.first for other in others), default=0)
    for one in ones:
        middle = bisect_left(firsts, one.first)
        end = bisect_right(firsts, one.after + distance)
        begin = bisect_left(firsts, one.first - distance - longest)
        for indexes in (range(middle, end), range(middle - 1, begin - 1, -1)):
            nearest = (others[index] for index in indexes[:_MOST_TRIED])
            partner = next((other for other in nearest if _are_near(one, other, distance)), None)
            if partner is not None:
                yield one, partner


def _are_near(one: Occurrence, other: Occurrence, distance: int) -> bool:
    between = max(other.first - one.after, one.first - other.after)
    return between <= distance and (between >= 0 or not _share_a_word(one, other))


def _share_a_word(left: Occurrence, right: Occurrence) -> bool:
    return any(first < end and begin < after for first, after in left.marks for begin, end in right.marks)


def _pair(left: Occurrence, right: Occurrence) -> Occurrence:
    marks = tuple(sorted({*left.marks, *right.marks}))
    return Occurrence(min(left.first, right.first), max(left.after, right.after), marks)
