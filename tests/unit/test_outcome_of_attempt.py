"""What an attempt leaves a delivery in."""

from datetime import timedelta

import pytest

from alerting.verdict import outcome
from news.alert import Attempt
from news.errors import DeliveryError, RetryAdvice
from tests.receivers import a_delivery
from tests.samples import MINUTE, NOON

FAILED = Attempt(NOON, 5, False, "503 Busy")
LATER = NOON + MINUTE


def test_what_was_accepted_is_sent() -> None:
    found = outcome(a_delivery("webhook", {}), Attempt(NOON, 5, True, "200 OK"), None, LATER, 0)
    assert (found.state, found.next_try_at, found.stop_because) == ("sent", None, "")


def test_what_failed_is_tried_again_by_the_timetable_and_a_wait_counts_from_the_attempts_end() -> None:
    found = outcome(a_delivery("webhook", {}), FAILED, DeliveryError("down"), LATER, 0)
    assert (found.state, found.next_try_at) == ("pending", LATER + timedelta(seconds=5))
    asked = DeliveryError("down", RetryAdvice(retry_after=timedelta(hours=3)))
    assert outcome(a_delivery("webhook", {}), FAILED, asked, LATER, 0).next_try_at == LATER + timedelta(hours=3)


def test_the_receivers_last_word_is_failed_and_ours_is_dead() -> None:
    gone = DeliveryError("no such user", RetryAdvice(permanent=True))
    assert outcome(a_delivery("email", {}), FAILED, gone, LATER, 0).state == "failed"
    tenth = a_delivery("webhook", {}, attempts=9)
    assert outcome(tenth, FAILED, DeliveryError("down"), LATER, 0).state == "dead"


@pytest.mark.parametrize(("hint", "because"), [("", "410 Gone"), ("resume it", "410 Gone (resume it)")])
def test_a_channel_that_is_at_fault_is_to_stop_with_the_reason(hint: str, because: str) -> None:
    fault = DeliveryError("410 Gone", RetryAdvice(permanent=True, pause_channel=True), hint=hint)
    assert outcome(a_delivery("webhook", {}), FAILED, fault, LATER, 0).stop_because == because
