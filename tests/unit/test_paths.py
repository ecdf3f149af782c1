"""What a URL's path says."""

from datetime import UTC, datetime

import pytest

from crawler.paths import date_in

SITE = "https://www.journal.example"


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("/2026/11/21/la-tempete", (2026, 11, 22)),
        ("/monde/article/2026/1/3/x_123.html", (2026, 1, 4)),
        ("/2026-11-21-la-tempete", (2026, 11, 22)),
        ("/la-tempete-20261121.html", (2026, 11, 22)),
        ("/2026/11/la-tempete", (2026, 12, 2)),
    ],
)
def test_the_end_of_the_day_or_month_that_a_path_names(path: str, end: tuple[int, int, int]) -> None:
    assert date_in(SITE + path) == datetime(*end, tzinfo=UTC)


@pytest.mark.parametrize(
    "path",
    ["/", "/elections-2026", "/n/20261399", "/2026/13/x", "/2026/02/31/x", "/n/1202611213", "/x?date=2026-11-21"],
)
def test_a_path_that_names_no_day(path: str) -> None:
    assert date_in(SITE + path) is None
