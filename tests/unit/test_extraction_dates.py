"""Dates as pages declare and write them, in the zones that they name or seem to be in."""

import json
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.dates import modified, published
from extraction.document import Document, parsed
from extraction.instants import read_moment, written_moment

PARIS = ZoneInfo("Europe/Paris")
URL = "https://www.site.example/pont"


def document(head: str = "", body: str = "<p>Texte</p>", url: str = URL, lang: str = "") -> Document:
    found = parsed(url, f"<!DOCTYPE html><html lang='{lang}'><head>{head}</head><body>{body}</body></html>")
    assert found is not None
    return found


def linked(**properties: str) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **properties})}</script>'


@pytest.mark.parametrize(
    ("line", "local"),
    [
        ("mercredi 23 juin 2004", "2004-06-23T00:00:00+00:00"),
        ("Publié le 24/05/2023 à 18h15", "2023-05-24T18:15:00+02:00"),
        ("Le 1er août 2024, à 7 h", "2024-08-01T07:00:00+02:00"),
        ("Mis en ligne le 8 décembre 2023 - 17:30", "2023-12-08T17:30:00+01:00"),
        ("Dec 12, 2025", "2025-12-12T00:00:00+00:00"),
        ("February 8th, 2025 at 5:05 p.m.", "2025-02-08T17:05:00+01:00"),
        ("Jan. 3, 2025 12:10 am", "2025-01-03T00:10:00+01:00"),
        ("3. März 2025, 9:05 Uhr", "2025-03-03T09:05:00+01:00"),
        ("17.05.2021", "2021-05-17T00:00:00+00:00"),
        ("12 de marzo de 2024", "2024-03-12T00:00:00+00:00"),
        ("5 mei 2024", "2024-05-05T00:00:00+00:00"),
        ("2024-03-05 | Lettre", "2024-03-05T00:00:00+00:00"),
        ("Budget 2024 : 12 millions", None),
        ("31/02/2024", None),
        ("le 12 mars 1815", None),
        ("", None),
    ],
)
def test_a_written_date_is_read_with_its_time_of_day(line: str, local: str | None) -> None:
    moment = written_moment(line, PARIS)
    assert (moment and moment.at) == (local and datetime.fromisoformat(local))


def test_the_month_comes_first_where_asked_for_or_where_there_is_no_other_way() -> None:
    assert written_moment("05/24/2023") == written_moment("24/05/2023")
    first, second = written_moment("03/09/2026", month_first=True), written_moment("03/09/2026")
    assert first is not None
    assert second is not None
    assert (first.at.month, second.at.month) == (3, 9)


@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2199, 12, 30)),
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_with_a_zone_is_the_same_whatever_the_page_is(at: datetime, minutes: int) -> None:
    written = at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    moment = read_moment(written.isoformat(), PARIS)
    assert moment is not None
    assert (moment.at, moment.at.tzinfo, moment.has_zone) == (written, UTC, True)
    assert read_moment(moment.at.isoformat(), PARIS) == moment._replace(has_zone=True)


@given(st.text(max_size=80) | st.from_regex(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}.{0,20}", fullmatch=True))
def test_no_text_breaks_the_reading_and_no_date_is_absurd(text: str) -> None:
    for moment in (read_moment(text, PARIS), written_moment(text, PARIS)):
        assert moment is None or (moment.at.tzinfo is UTC and 1989 <= moment.at.year <= 2200)


@pytest.mark.parametrize(
    ("url", "lang", "hour", "zone"),
    [
        ("https://site.fr/x", "", 7, "Europe/Paris"),
        (URL, "fr", 7, "Europe/Paris"),
        (URL, "fr-BE", 7, "Europe/Brussels"),
        (URL, "fr-CA", 9, "UTC"),
        ("https://site.ca/x", "fr", 9, "UTC"),
        ("https://site.jp/x", "en", 0, "Asia/Tokyo"),
        (URL, "en", 9, "UTC"),
    ],
)
def test_a_local_time_is_taken_in_the_zone_that_host_and_language_point_to(
    url: str, lang: str, hour: int, zone: str
) -> None:
    told = published(document(linked(datePublished="2024-05-23T09:00:00"), url=url, lang=lang))
    assert told.value == datetime(2024, 5, 23, hour, tzinfo=UTC)
    assert told.origin == f"json-ld, taken as {zone}"


@pytest.mark.parametrize("written", ["2024-05-23", "2024-05-23T00:00:00", "2024-05-23 00:00"])
def test_a_bare_day_stays_that_day(written: str) -> None:
    told = published(document(linked(datePublished=written), lang="fr"))
    assert told == (datetime(2024, 5, 23, tzinfo=UTC), "json-ld")


def test_a_declared_date_that_cannot_be_is_told_and_the_next_one_taken() -> None:
    head = linked(datePublished="0001-01-01T00:00:00Z") + '<meta name="date" content="2024-05-23T08:00:00Z">'
    told = published(document(head))
    assert told.value == datetime(2024, 5, 23, 8, tzinfo=UTC)
    assert told.origin == "meta date; json-ld is no date: '0001-01-01T00:00:00Z'"


def test_the_lines_about_the_title_tell_both_dates() -> None:
    body = "<h1>Le pont</h1><p>Publié le 24/05/2023 à 18h15 - Mis à jour le 25/05/2023 à 7h</p><p>Texte</p>"
    page = document("", body, lang="fr")
    assert published(page) == (datetime(2023, 5, 24, 16, 15, tzinfo=UTC), "text, taken as Europe/Paris")
    assert modified(page) == (datetime(2023, 5, 25, 5, 0, tzinfo=UTC), "text, taken as Europe/Paris")


def test_a_date_of_change_alone_is_better_than_none_and_marked() -> None:
    told = published(document("", "<h1>The bridge</h1><span>Updated Feb 11, 2026</span><p>Text</p>"))
    assert told == (datetime(2026, 2, 11, tzinfo=UTC), "text, of its change")


def test_a_declared_change_is_read_and_a_page_without_has_none() -> None:
    told = modified(document(linked(dateModified="2024-05-23T08:00:00+02:00")))
    assert told == (datetime(2024, 5, 23, 6, tzinfo=UTC), "json-ld")
    assert modified(document()) == (None, "")


def test_dates_far_below_the_title_are_not_the_articles() -> None:
    body = "<h1>Le pont</h1>" + "<p>Un paragraphe.</p>" * 30 + "<p>12 mars 2019</p>"
    assert modified(document("", body)).value is None
    assert published(document("", body)).origin != "text"
