"""What waits: how long it still may under the rules as they are now, and what becomes of it when it is due. Pure."""

from datetime import datetime

from alerting.hours import next_digest, outside_quiet, quiet_until
from alerting.telling import SOON, Verdict, next_update
from news.rules import NEVER, WholeRules
from news.telling import Reason, Thread

IN_DIGEST: frozenset[Reason] = frozenset({"digest", "budget", "resurfaced"})


def longest(reason: Reason, thread: Thread | None, rules: WholeRules, now: datetime) -> datetime:
    """The latest instant to which these rules would put off what waits for this reason.

    What was held under other rules, or by a clock that was fast, may have been put off further.
    """
    if reason in IN_DIGEST:
        at = next_digest(now, rules) if _waits_for_its_hour(reason, rules) else now
    elif reason == "update" or (thread is not None and thread.last_told_at is not None):
        at = now + SOON if thread is None else next_update(thread, rules, now)
    else:
        at = now
    return outside_quiet(at, rules)


def when_due(
    reason: Reason, rules: WholeRules, now: datetime, *, is_spent: bool, passed: datetime | None = None
) -> Verdict | None:
    """What becomes of it at its time, if it may not be told then; None where it may.

    `passed` is the latest instant that the clock has shown: where it was set back, the digest of this hour was told.
    """
    until = quiet_until(now, rules)
    if passed is not None and now < passed and _waits_for_its_hour(reason, rules):
        return Verdict("held", reason, outside_quiet(next_digest(passed, rules), rules))
    if reason == "update" and rules.updates == NEVER:
        return Verdict("never", "update")
    if reason not in IN_DIGEST and rules.digest != "at once":
        return Verdict("held", "digest", outside_quiet(next_digest(now, rules), rules))
    if until is not None:
        return Verdict("held", "quiet" if reason == "update" else reason, until)
    if reason == "update" and is_spent:
        return Verdict("held", "budget", outside_quiet(next_digest(now, rules), rules))
    return None


def _waits_for_its_hour(reason: Reason, rules: WholeRules) -> bool:
    return reason in IN_DIGEST and (reason != "digest" or rules.digest != "at once")
