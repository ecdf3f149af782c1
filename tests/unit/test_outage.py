"""Whether most sources fail together, and what of that the user is told."""

from typing import get_args

import pytest

from crawler.failure import FailureKind, FetchFailure
from news.source import Source
from service.health import Notice
from service.outage import may_be_ours, told_for_all, told_of_end
from storage.sources import Failing

NOTICE = Notice("failing", "Le Phare could not be read for a day", "phare.example does not answer.")
SOURCE = Source(id=1, name="Le Phare", url="https://phare.example/")


@pytest.mark.parametrize(
    ("failing", "is_single"),
    [
        (Failing(1, 1, False), True),
        (Failing(4, 4, False), True),
        (Failing(5, 2, False), True),
        (Failing(6, 3, False), True),
        (Failing(5, 3, False), False),
        (Failing(500, 251, False), False),
    ],
)
def test_where_more_than_half_of_five_sources_fail_one_notice_is_for_all(failing: Failing, is_single: bool) -> None:
    told = told_for_all(NOTICE, failing)
    assert told is not None
    assert (told == NOTICE, told.is_for_all) == (is_single, not is_single)


def test_it_says_how_many_fail_and_is_told_once() -> None:
    told = told_for_all(NOTICE, Failing(50, 48, is_told=False))
    assert told is not None
    assert (told.kind, told.title) == ("failing", "Most of your sources could not be read for a day")
    assert told.text.startswith("48 of 50 do not answer")
    assert told_for_all(NOTICE, Failing(50, 48, is_told=True)) is None
    assert told_for_all(NOTICE, Failing(50, 3, is_told=True)) == NOTICE


def test_its_end_is_told_when_most_can_be_read_again() -> None:
    assert told_of_end(SOURCE, Failing(50, 48, is_told=True)) is None
    back = told_of_end(SOURCE, Failing(50, 25, is_told=True))
    assert back is not None and back.kind == "back"


def test_only_what_fails_without_a_connection_may_be_ours() -> None:
    ours = {kind for kind in get_args(FailureKind) if may_be_ours(FetchFailure(kind, "…"))}
    assert ours == {"network", "timeout", "robots unreachable"}
    assert not may_be_ours(None)
