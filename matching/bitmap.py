"""Places of a text as bits of one number each, so that thousands of places are compared in one step."""

import re
from collections.abc import Iterable, Iterator, Sequence

Place = tuple[int, int]
"""The position of a word, and the position that follows it."""
Bits = dict[int, int]
"""Places by how many positions they take: in the number, the bit of each position where one begins is set."""

_NOT_ZERO = re.compile(rb"[^\0]")
_OF_BYTE = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
_WINDOW = 1 << 12  # bits: where hits are many, the first of them are wanted
# A row can only vary in length where its words are hyphenated in several ways within one article.
_MOST_LENGTHS = 8
_MOST_KNOWN = 64


def bits_of(places: Iterable[Place]) -> Bits:
    """The bits of these places."""
    firsts: dict[int, list[int]] = {}
    for first, after in places:
        firsts.setdefault(after - first, []).append(first)
    return {length: field_of(found) for length, found in firsts.items()}


def field_of(positions: Sequence[int]) -> int:
    """A number with the bits of these positions set."""
    if not positions:
        return 0
    field = bytearray((max(positions) >> 3) + 1)
    for position in positions:
        field[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(field, "little")


def united(many: Iterable[Bits]) -> Bits:
    """What stands in any of them."""
    together: Bits = {}
    for bits in many:
        for length, field in bits.items():
            together[length] = together.get(length, 0) | field
    return together


def in_a_row(words: Sequence[Bits]) -> Bits:
    """The rows of one place of each, one directly after the other; behind the first, the shortest where some compete.

    Of rows that differ in length, only the eight shortest lengths are kept.
    """
    if not words:
        return {}
    row = words[-1] if len(words) == 1 else _shortest(words[-1])
    for index in range(len(words) - 2, -1, -1):
        row = _before(_shortest(words[index]) if index else words[0], row)
        if not row:
            break
    return row


def _shortest(bits: Bits) -> Bits:
    """From each position, the shortest place alone."""
    if len(bits) == 1:
        return bits
    found: Bits = {}
    seen = 0
    for length in sorted(bits):
        found[length] = bits[length] & ~seen
        seen |= bits[length]
    return found


def _before(word: Bits, row: Bits) -> Bits:
    """The word wherever the row directly follows, both made one."""
    longer: Bits = {}
    for length, field in word.items():
        for behind, rest in row.items():
            both = field & (rest >> length)
            if both:
                longer[length + behind] = longer.get(length + behind, 0) | both
    return {length: longer[length] for length in sorted(longer)[:_MOST_LENGTHS]}


def starts(bits: Bits) -> int:
    """The positions where places begin."""
    field = 0
    for found in bits.values():
        field |= found
    return field


def ends(bits: Bits) -> int:
    """The positions that follow a place."""
    field = 0
    for length, found in bits.items():
        field |= found << length
    return field


def up_to(field: int, distance: int) -> int:
    """The positions themselves and so many behind each."""
    covered = 0
    while covered < distance:
        step = min(covered + 1, distance - covered)
        field |= field << step
        covered += step
    return field


def down_to(field: int, distance: int) -> int:
    """The positions themselves and so many before each."""
    covered = 0
    while covered < distance:
        step = min(covered + 1, distance - covered)
        field |= field >> step
        covered += step
    return field


class Reach:
    """Positions with those around them, for many distances: what like distances have in common is made once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], int] = {}

    def up(self, field: int, distance: int) -> int:
        """The positions themselves and so many behind each."""
        power = (distance + 1).bit_length() - 1
        wide = self._wide(field, power)
        return wide | wide << (distance + 1 - (1 << power))

    def down(self, field: int, distance: int) -> int:
        """The positions themselves and so many before each."""
        power = (distance + 1).bit_length() - 1
        wide = self._wide(field, -power)
        return wide | wide >> (distance + 1 - (1 << power))

    def _wide(self, field: int, power: int) -> int:
        """The field widened to two to this power, downwards where that is negative."""
        if not power:
            return field
        known = self._known.get((field, power))
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = up_to(field, (1 << power) - 1) if power > 0 else down_to(field, (1 << -power) - 1)
            self._known[field, power] = known
        return known


def positions(field: int, most: int) -> list[int]:
    """The first so many of the positions whose bits are set."""
    found: list[int] = []
    for position in _positions(field):
        if len(found) == most:
            break
        found.append(position)
    return found


def _positions(field: int) -> Iterator[int]:
    """All of them, the first window by itself."""
    if field.bit_length() <= _WINDOW:
        yield from _set(field)
        return
    yield from _set(field & ((1 << _WINDOW) - 1))
    for position in _set(field >> _WINDOW):
        yield position + _WINDOW


def _set(field: int) -> Iterator[int]:
    for byte in _NOT_ZERO.finditer(field.to_bytes((field.bit_length() + 7) >> 3, "little")):
        base = byte.start() << 3
        for bit in _OF_BYTE[byte[0][0]]:
            yield base + bit


def places_of(bits: Bits, most: int) -> list[Place]:
    """The first so many places, in order."""
    found = [(first, first + length) for length, field in bits.items() for first in positions(field, most)]
    return found if len(bits) == 1 else sorted(found)[:most]
