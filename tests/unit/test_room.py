"""How many messages a channel may be sent now."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.alert import Channel, ChannelKind
from service.room import IN_ALL, Room
from tests.samples import HOUR, MINUTE, NOON

SECOND = timedelta(seconds=1)


def channel(
    number: int = 1, kind: ChannelKind = "webhook", at_once: int | None = None, rate: int | None = None
) -> Channel:
    return Channel(number, f"channel {number}", kind, at_once=at_once, per_minute=rate)


@pytest.mark.parametrize(
    ("kind", "at_once", "room"),
    [("webhook", None, 8), ("email", None, 2), ("email", 5, 5), ("telegram", None, 1), ("ntfy", None, 1)],
)
def test_a_channel_has_room_for_what_is_usual_for_its_kind_unless_it_says_otherwise(
    kind: ChannelKind, at_once: int | None, room: int
) -> None:
    assert Room().free([channel(kind=kind, at_once=at_once)], NOON) == {1: room}


def test_what_is_under_way_takes_room_until_it_ends() -> None:
    room, desk = Room(), channel(at_once=2)
    room.began(desk, NOON)
    assert room.free([desk, channel(2)], NOON) == {1: 1, 2: 8}
    room.began(desk, NOON)
    assert room.free([desk], NOON) == {}
    room.ended(desk)
    assert room.free([desk], NOON) == {1: 1}


def test_a_rate_holds_over_every_minute_and_not_over_the_hour() -> None:
    room, desk = Room(), channel(at_once=100, rate=3)
    for second in (0, 10, 20):
        assert room.free([desk], NOON + second * SECOND)[1] >= 1
        room.began(desk, NOON + second * SECOND)
        room.ended(desk)
    assert room.free([desk], NOON + 59 * SECOND) == {}
    assert room.free([desk], NOON + 60 * SECOND) == {1: 1}
    assert room.free([desk], NOON + 70 * SECOND) == {1: 2}


@pytest.mark.parametrize(("kind", "rate"), [("slack", 60), ("discord", 30), ("telegram", 20)])
def test_a_chat_is_told_no_more_in_a_minute_than_it_takes_unless_the_channel_says_otherwise(
    kind: ChannelKind, rate: int
) -> None:
    for said, most in ((None, rate), (3, 3)):
        room, desk = Room(), channel(kind=kind, rate=said)
        begun = 0
        while room.free([desk], NOON):
            room.began(desk, NOON)
            room.ended(desk)
            begun += 1
        assert begun == most


def test_a_receiver_that_asked_for_a_wait_gets_it_and_the_others_do_not() -> None:
    room, desk = Room(), channel()
    room.hold(desk, NOON, MINUTE)
    assert room.free([desk, channel(2)], NOON + 59 * SECOND) == {2: 8}
    assert room.free([desk], NOON + MINUTE) == {1: 8}


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    room, desk = Room(), channel(rate=1)
    room.began(desk, NOON)
    room.ended(desk)
    room.hold(desk, NOON, HOUR)
    assert room.free([desk], NOON - HOUR) == {1: 1}


def test_a_receiver_that_is_down_is_asked_with_one_message_a_second_until_it_takes_one() -> None:
    room, desk = Room(), channel()
    for failures in range(8):
        assert room.free([desk], NOON) == {1: 8}, failures
        room.began(desk, NOON)
        room.ended(desk)
        room.answered(desk, is_up=False)
    assert room.free([desk, channel(2)], NOON) == {2: 8}
    later = NOON + SECOND
    assert room.free([desk], later) == {1: 1}
    room.began(desk, later)
    assert room.free([desk], later + MINUTE) == {}, "the last one is still under way"
    room.ended(desk)
    assert room.free([desk], later + SECOND / 2) == {}
    assert room.free([desk], later - HOUR) == {1: 1}, "the clock was set back"
    room.answered(desk, is_up=True)
    assert room.free([desk], later) == {1: 8}


def test_a_receiver_that_is_down_is_asked_no_more_often_than_its_rate_allows() -> None:
    room, desk = Room(), channel(rate=9)
    for second in range(9):
        room.began(desk, NOON + second * SECOND)
        room.ended(desk)
        room.answered(desk, is_up=False)
    assert room.free([desk], NOON + 30 * SECOND) == {}
    assert room.free([desk], NOON + 60 * SECOND) == {1: 1}


@given(st.lists(st.integers(0, 100), max_size=40))
def test_there_is_never_more_room_than_for_all_and_no_channel_takes_the_place_of_another(busy: list[int]) -> None:
    room = Room()
    channels = [channel(number, at_once=100) for number in range(len(busy))]
    for one, count in zip(channels, busy, strict=True):
        for _ in range(count):
            room.began(one, NOON)
    rooms = room.free(channels, NOON)
    left = max(0, IN_ALL - sum(busy))
    assert sum(rooms.values()) == min(left, sum(100 - count for count in busy))
    if left >= len(busy):
        assert all(number in rooms for number, count in enumerate(busy) if count < 100)
