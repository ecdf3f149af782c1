"""What a failed fetch means, and what becomes of its link."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from crawler.failure import (
    FetchFailure,
    HostClosed,
    RobotsForbidden,
    RobotsUnreachable,
    WireError,
    from_exception,
    from_status,
    next_step,
    too_large,
    wait_asked_for,
)
from news.errors import AddressRefusedError, BadUrlError

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("99999999999", 86_400),
        ("Sat, 21 Nov 2026 12:01:00 GMT", 60),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("Sat, 21 Nov 2036 11:00:00 GMT", 86_400),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_and_capped_at_a_day(header: str, seconds: int) -> None:
    assert wait_asked_for(header, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5", "²"])
def test_a_retry_after_that_says_nothing_usable_is_ignored(header: str) -> None:
    assert wait_asked_for(header, NOW) is None


@given(st.text(max_size=50))
def test_no_retry_after_breaks_the_crawler(header: str) -> None:
    wait = wait_asked_for(header, NOW)
    assert wait is None or timedelta() <= wait <= timedelta(days=1)


def test_what_is_forbidden_is_refused_for_good() -> None:
    for error in (RobotsForbidden("no"), AddressRefusedError("private")):
        assert next_step(from_exception(error, "http://x/"), 1, NOW).state == "refused"


def test_robots_out_of_reach_postpones_without_counting() -> None:
    step = next_step(FetchFailure("robots unreachable", ""), 1, NOW)
    assert (step.state, step.counts) == ("pending", False)


def test_a_404_is_tried_three_times_because_caches_lag_behind() -> None:
    failure = from_status(404, "http://x/", "", NOW)
    assert [next_step(failure, attempt, NOW).state for attempt in (1, 2, 3)] == ["pending", "pending", "dead"]


def test_a_server_fault_is_retried_ever_later_and_then_given_up() -> None:
    failure = from_status(503, "http://x/", "", NOW)
    steps = [next_step(failure, attempt, NOW) for attempt in range(1, 9)]
    waits = [step.retry_at for step in steps if step.retry_at is not None]
    assert waits == sorted(set(waits))
    assert [step.state for step in steps] == ["pending"] * 7 + ["dead"]


def test_a_retry_after_longer_than_our_own_wait_is_honoured() -> None:
    failure = from_status(429, "http://x/", "3600", NOW)
    assert next_step(failure, 1, NOW).retry_at == NOW + timedelta(hours=1)


ERRORS = [
    (DownloadTimeoutError(), "timeout"),
    (DownloadCancelledError(), "too large"),
    (CannotResolveHostError(), "network"),
    (DownloadConnectionRefusedError(), "network"),
    (ResponseDataLossError(), "network"),
    (OSError("boom"), "network"),
    (RobotsForbidden("no"), "robots"),
]


@pytest.mark.parametrize(("error", "kind"), ERRORS, ids=lambda value: getattr(value, "__name__", None) or str(value))
def test_each_failure_is_told_in_plain_words_with_its_url(error: Exception, kind: str) -> None:
    failure = from_exception(error, "http://x/{a}?b=%s")
    assert failure.kind == kind
    assert "http://x/{a}?b=%s" in failure.message
    assert failure.cap is None


def test_what_says_more_than_the_url_is_told_as_it_stands() -> None:
    wait = timedelta(hours=1)
    assert from_exception(HostClosed("later", wait), "http://x/") == FetchFailure(
        "host closed", "later", retry_after=wait
    )
    assert from_exception(RobotsUnreachable("no rules"), "http://x/") == FetchFailure("robots unreachable", "no rules")
    assert from_exception(AddressRefusedError("private"), "http://x/") == FetchFailure("guard", "private")
    assert from_exception(BadUrlError("crooked"), "http://x/") == FetchFailure("bad url", "crooked")


@pytest.mark.parametrize("around", [DownloadFailedError("?"), DownloadTimeoutError("?"), IgnoreRequest("?")])
def test_what_happened_on_the_wire_is_told_by_the_cause(around: Exception) -> None:
    around.__cause__ = WireError("redirects", "redirects in a circle", "redirects")
    expected = FetchFailure("redirects", "http://x/ redirects in a circle", cap="redirects")
    assert from_exception(around, "http://x/") == expected
    assert from_exception(around.__cause__, "http://x/") == expected


def test_only_a_sitemap_has_more_than_the_usual_size() -> None:
    page, sitemap = too_large(10 * 1024**2, 10 * 1024**2), too_large(50 * 1024**2, 10 * 1024**2)
    assert (page.cap, page.message) == ("page size", "is larger than Vigie takes (10 MiB)")
    assert (sitemap.cap, sitemap.message) == ("sitemap size", "is larger than Vigie takes (50 MiB)")


@pytest.mark.parametrize("kind", ["redirects", "certificate", "broken answer", "timeout"])
def test_what_a_server_may_mend_is_tried_again(kind: str) -> None:
    failure = FetchFailure(kind, "")  # type: ignore[arg-type]
    assert next_step(failure, 1, NOW).state == "pending"
    assert next_step(failure, 8, NOW).state == "dead"
