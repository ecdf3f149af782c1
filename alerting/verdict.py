"""What an attempt leaves a delivery in: sent, pending with a next try, failed or dead. Pure."""

from datetime import datetime

from alerting.timetable import next_try
from news.alert import Attempt, Delivery, DeliveryState
from news.delivering import Outcome
from news.errors import DeliveryError


def outcome(
    delivery: Delivery, attempt: Attempt, failure: DeliveryError | None, now: datetime, jitter: float
) -> Outcome:
    """What follows from an attempt that ended `now`. Failed is the receiver's last word, dead is ours."""
    if failure is None:
        return Outcome(delivery, attempt, "sent")
    stop_because = ""
    if failure.advice.pause_channel:
        stop_because = f"{failure.message} ({failure.hint})" if failure.hint else failure.message
    again = next_try(
        delivery.channel.kind,
        delivery.attempts + 1,
        delivery.first_try_at or attempt.at,
        now,
        failure.advice,
        jitter,
    )
    if again is not None:
        return Outcome(delivery, attempt, "pending", again, stop_because, failure.reached)
    state: DeliveryState = "failed" if failure.advice.permanent else "dead"
    return Outcome(delivery, attempt, state, None, stop_because, failure.reached)
