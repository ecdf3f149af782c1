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

from crawler.advice import advice
from crawler.failure import (
    FailureKind,
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


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5", "²", "Mon, 01 Jan 99999999999 00:00:00 GMT"])
def test_a_retry_after_that_says_nothing_usable_is_ignored(header: str) -> None:
    assert wait_asked_for(header, NOW) is None


@given(st.text(max_size=50))
def test_no_retry_after_breaks_the_crawler(header: str) -> None:
    wait = wait_asked_for(header, NOW)
    assert wait is None or timedelta() <= wait <= timedelta(days=1)


@pytest.mark.parametrize(
    ("error", "tries", "days"), [(RobotsForbidden("no"), 5, 2.75), (AddressRefusedError("private"), 8, 1.85)]
)
def test_what_is_forbidden_on_a_bad_day_is_refused_for_good_in_the_end(
    error: Exception, tries: int, days: float
) -> None:
    failure = from_exception(error, "http://x/")
    steps = [next_step(failure, attempt, NOW) for attempt in range(1, tries + 1)]
    assert [step.state for step in steps] == ["pending"] * (tries - 1) + ["refused"]
    waits = [step.retry_at - NOW for step in steps if step.retry_at is not None]
    assert sum(waits, timedelta()) >= timedelta(days=days), "longer than a robots.txt is kept, or a portal stands"


@pytest.mark.parametrize("kind", ["bad url", "too large"])
def test_what_cannot_change_is_refused_at_once(kind: FailureKind) -> None:
    assert next_step(FetchFailure(kind, ""), 1, NOW).state == "refused"


def test_what_keeps_robots_txt_from_us_is_advised_on_as_such() -> None:
    cause = FetchFailure("certificate", "http://x/ is served with a certificate made for another host")
    failure = from_exception(RobotsUnreachable(cause.message, cause), "http://x/a")
    assert (failure.kind, failure.message) == ("robots unreachable", cause.message)
    assert advice(failure) == advice(cause)
    fault = from_exception(RobotsUnreachable("no", FetchFailure("http", "", 500)), "http://x/a")
    assert advice(fault) == advice(FetchFailure("robots unreachable", ""))


def test_what_would_help_in_the_very_case_is_the_advice() -> None:
    refused = from_exception(AddressRefusedError("the proxy x leads home", "allow it: x:3128"), "http://site.example/")
    assert advice(refused) == "Allow it: x:3128"
    missing = from_exception(WireError("browser", "needs a browser", hint="install one"), "http://site.example/")
    assert (missing.message, advice(missing)) == ("http://site.example/ needs a browser", "Install one")
    assert advice(FetchFailure("access", "")).startswith("Put the secret")


@pytest.mark.parametrize("kind", ["access", "browser"])
def test_what_is_missing_here_costs_a_page_no_try(kind: FailureKind) -> None:
    step = next_step(FetchFailure(kind, ""), 9, NOW)
    assert (step.state, step.counts, step.retry_at) == ("pending", False, NOW + timedelta(minutes=30))


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
