"""Dates as pages declare and write them, in the zones that they name or seem to be in."""

import json
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.dates import in_order, modified, published
from extraction.document import Document, parsed
from extraction.instants import read_moment, written_moment
from extraction.metadata import described, metadata
from extraction.provenance import Told
from extraction.zones import local_zone

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
        ("2026年11月20日 08:05", "2026-11-20T08:05:00+01:00"),
        ("2026年11月20日(金) 午後8時05分", "2026-11-20T20:05:00+01:00"),
        ("２０２６年１１月２０日　０８：０５", "2026-11-20T08:05:00+01:00"),
        ("2026年11月20日 下午8点05分", "2026-11-20T20:05:00+01:00"),
        ("2026년 11월 20일 오후 8:05", "2026-11-20T20:05:00+01:00"),
        ("입력 2026.11.20 08:05", "2026-11-20T08:05:00+01:00"),
        ("2026. 11. 20. 08:05", "2026-11-20T08:05:00+01:00"),
        ("20 ноября 2026, 08:05", "2026-11-20T08:05:00+01:00"),
        ("20 ноября 2026 г. 08:05", "2026-11-20T08:05:00+01:00"),
        ("08:05, 20 ноября 2026", "2026-11-20T08:05:00+01:00"),
        ("20 листопада 2026, 08:05", "2026-11-20T08:05:00+01:00"),
        ("20 listopada 2026, 8:05", "2026-11-20T08:05:00+01:00"),
        ("20. listopadu 2026 8:05", "2026-11-20T08:05:00+01:00"),
        ("2026. november 20.", "2026-11-20T00:00:00+00:00"),
        ("20 Kasım 2026 08:05", "2026-11-20T08:05:00+01:00"),
        ("الجمعة 20 نوفمبر 2026", "2026-11-20T00:00:00+00:00"),
        ("٢٠ تشرين الثاني ٢٠٢٦ 08:05 م", "2026-11-20T20:05:00+01:00"),
        ("20 نونبر 2026", "2026-11-20T00:00:00+00:00"),
        ("วันศุกร์ที่ 20 พฤศจิกายน 2569 เวลา 08:05 น.", "2026-11-20T08:05:00+01:00"),
        ("20 พ.ย. 2569", "2026-11-20T00:00:00+00:00"),
        ("20 พ.ย. 2569 08.05 น.", "2026-11-20T08:05:00+01:00"),
        ("20. November 2026, 8.05 Uhr", "2026-11-20T08:05:00+01:00"),
        ("20/11/2569", "2026-11-20T00:00:00+00:00"),
        ("20 Nov 2026 8pm", "2026-11-20T20:00:00+01:00"),
        ("20 Nov 2026 - 4 hours", "2026-11-20T00:00:00+00:00"),
        ("20.11.2026 08:00-09:30", "2026-11-20T08:00:00+01:00"),
        ("20.11.2026 8:00 am -09:30 Uhr", "2026-11-20T08:00:00+01:00"),
        ("20/11/2026 08:00:00 +1500", "2026-11-20T08:00:00+01:00"),
        ("Nov 20, 2026 8:00 Central Bank", "2026-11-20T08:00:00+01:00"),
        ("20 NOVEMBRE 2026 À 08:00 ET MIS À JOUR", "2026-11-20T08:00:00+01:00"),
        ("", None),
    ],
)
def test_a_written_date_is_read_with_its_time_of_day(line: str, local: str | None) -> None:
    moment = written_moment(line, PARIS)
    assert (moment and moment.at) == (local and datetime.fromisoformat(local))


@pytest.mark.parametrize(
    ("line", "utc"),
    [
        ("Fri, 20 Nov 2026 08:00:00 +0900", "2026-11-19T23:00"),
        ("Fri, 20 Nov 2026 08:00:00 GMT", "2026-11-20T08:00"),
        ("Fri, 20 Nov 2026 08:00:00 EST", "2026-11-20T13:00"),
        ("Friday, 20-Nov-26 08:00:00 GMT", "2026-11-20T08:00"),
        ("2026/11/20 08:00:00 -0500", "2026-11-20T13:00"),
        ("Fri Nov 20 2026 08:00:00 GMT+0100 (CET)", "2026-11-20T07:00"),
        ("Nov 20 2026 08:00:00 UTC-5", "2026-11-20T13:00"),
        ("November 20, 2026 8:00 PM ET", "2026-11-21T01:00"),
        ("July 20, 2026 8:00 p.m. ET", "2026-07-21T00:00"),
        ("8:05 PM EST, Fri November 20, 2026", "2026-11-21T01:05"),
        ("20 novembre 2026 8:00 PM UTC", "2026-11-20T20:00"),
        ("20 novembre 2026 à 20h15 GMT", "2026-11-20T20:15"),
        ("20. November 2026 um 8:05 MEZ", "2026-11-20T07:05"),
        ("20 ноября 2026, 20:00 МСК", "2026-11-20T17:00"),
        ("Nov 20, 2026, 8:00 PM America/New_York", "2026-11-21T01:00"),
        ("Nov 20, 2026, 08:00 EST/Updated", "2026-11-20T13:00"),
        ("2026-11-20T08:00:00 Europe/Paris", "2026-11-20T07:00"),
        ("2026-11-20T08:00:00[Asia/Tokyo]", "2026-11-19T23:00"),
        ("2026-11-20T08:00:00+09:00[Asia/Tokyo]", "2026-11-19T23:00"),
        ("2026-11-20 08:00:00 EST", "2026-11-20T13:00"),
        ("2026-11-20T08:00:00 -05", "2026-11-20T13:00"),
        ("11/20/2026 8:00:00 AM -05:00", "2026-11-20T13:00"),
        ("20/11/2026 08:00:00 -05:00", "2026-11-20T13:00"),
        ("11/20/2026 8:00 AM -05:00", "2026-11-20T13:00"),
        ("November 20, 2026 08:00 AM Eastern Time", "2026-11-20T13:00"),
        ("July 20, 2026 8:00 a.m. Pacific Daylight Time", "2026-07-20T15:00"),
        ("Fri Nov 20 08:00:00 EST 2026", "2026-11-20T13:00"),
        ("Fri Nov 20 08:00:00 +0900 2026", "2026-11-19T23:00"),
    ],
)
def test_a_declared_date_is_read_in_the_zone_that_it_names(line: str, utc: str) -> None:
    told = published(document(f'<meta name="date" content="{line}">', url="https://site.fr/x"))
    assert told == (datetime.fromisoformat(utc).replace(tzinfo=UTC), "meta date")


def test_a_short_name_of_a_zone_is_that_of_the_page_where_it_has_one_so_called() -> None:
    dublin, kolkata = (
        published(document('<meta name="date" content="20 July 2026 08:00 IST">', url=f"https://site.{country}/x"))
        for country in ("ie", "in")
    )
    assert dublin.value == datetime(2026, 7, 20, 7, tzinfo=UTC)
    assert kolkata.value == datetime(2026, 7, 20, 2, 30, tzinfo=UTC)
    assert {dublin.origin, kolkata.origin} == {"meta date"}


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


@pytest.mark.parametrize("lang", ["", "en", "en-US"])
def test_the_language_of_the_text_goes_before_the_default_of_a_template(lang: str) -> None:
    body = "<h1>Le pont</h1><p>Publié le 05/11/2026 à 18h15</p><p>Texte</p>"
    told = published(document("", body, "https://site.com/x", lang), "fr")
    assert told == (datetime(2026, 11, 5, 17, 15, tzinfo=UTC), "text, taken as Europe/Paris")
    english = published(document("", "<h1>The bridge</h1><p>05/11/2026</p>", "https://site.com/x", lang), "en")
    assert english.value == datetime(2026, 5, 11, tzinfo=UTC)


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


@pytest.mark.parametrize("year", [2011, 2031])
@pytest.mark.parametrize("day", ["3 May {}", "{}-05-03", "May 3, {}"])
def test_a_date_of_which_the_first_sentence_tells_is_not_that_of_the_article(day: str, year: int) -> None:
    story = f"The mill burned down in a fire on {day.format(year)}, and nobody has lived in the street since."
    assert published(document("", f"<h1>The mill</h1><p>{story}</p><p>More text.</p>")) == (None, "")


def test_a_date_in_the_title_is_that_of_the_story() -> None:
    assert published(document("", "<h1>L'incendie du 3 mai 2011</h1><p>Texte</p>")) == (None, "")


_FIRE = "The Fire of May 3, 2011"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", f"<ul><li>Home</li><li>{_FIRE}</li></ul><h1>{_FIRE}</h1><p>Text</p>"),
        ("", f"<div>Home › {_FIRE}</div><h1>{_FIRE}</h1><p>Text</p>"),
        (f"<title>{_FIRE} - Site</title>", f"<h2>{_FIRE}</h2><p>Text</p>"),
        (f"<title>Site | {_FIRE}</title>", f"<div>Home / {_FIRE}</div><p>Text</p>"),
        (f"<title>{_FIRE}, and What Came of It</title>", f"<div>{_FIRE}</div><p>Text</p>"),
        (f'<meta property="og:title" content="{_FIRE}">', f"<div>{_FIRE.upper()}</div><p>Text</p>"),
        ("", f"<h1>The mill</h1><ul><li><a href='/1'>{_FIRE}</a></li></ul><p>Text</p>"),
        ("", f"<h1>The mill</h1><h3><a href='/1'>{_FIRE}</a></h3><p>Text</p>"),
    ],
    ids=[
        "path",
        "path in a line",
        "heading",
        "head alone",
        "part of it",
        "capitals",
        "link in a list",
        "linked heading",
    ],
)
def test_a_date_in_a_line_that_repeats_the_title_or_links_to_another_story_is_none_of_the_article(
    head: str, body: str
) -> None:
    assert published(document(head, body)) == (None, "")


def test_a_bare_date_by_a_title_that_holds_it_and_a_byline_that_is_all_links_are_the_articles() -> None:
    day = datetime(2011, 5, 3, tzinfo=UTC)
    for line in (
        "<p>May 3, 2011</p>",
        "<ul><li>Jane Doe May 3, 2011</li></ul>",
        "<div><a href='/1'>May 3, 2011</a> <a href='/2'>Jane Doe</a></div>",
    ):
        assert published(document("", f"<h1>The Weather on May 3, 2011</h1>{line}<p>Text</p>")) == (day, "text")


def test_a_time_element_by_the_title_goes_before_words_and_names_the_zone() -> None:
    body = (
        "<h1>Le pont</h1><p>Le 24/05/2023</p><p><time datetime='2023-05-24T18:15:00+09:00'>Mercredi</time></p>"
        "<p>Mis à jour <time datetime='2023-05-25T07:00:00Z'>jeudi</time></p><p>Texte</p>"
    )
    page = document("", body, lang="fr")
    assert published(page) == (datetime(2023, 5, 24, 9, 15, tzinfo=UTC), "time")
    assert modified(page) == (datetime(2023, 5, 25, 7, tzinfo=UTC), "time")


def test_a_time_element_in_a_sentence_is_not_believed() -> None:
    story = "<p>The mill burned down on <time datetime='2011-05-03'>3 May 2011</time>, and nobody came.</p>"
    told = published(document("", f"<h1>The mill</h1>{story}"))
    assert told == (None, "")


@pytest.mark.parametrize("written", ["2026-11", "2026", "11/2026"])
def test_where_no_day_is_named_none_is_invented(written: str) -> None:
    told = published(document(f'<meta property="article:published_time" content="{written}">'))
    assert told == (None, f"meta article:published_time names no day: '{written}'")
    assert published(document("", f"<h1>Le pont</h1><time datetime='{written}'>récemment</time>")) == (None, "")


@pytest.mark.parametrize("shown", ["11/2026", "2026-11", "Published: 2026-11"])
def test_a_month_that_is_shown_by_itself_is_not_filled_up_with_a_day(shown: str) -> None:
    page = "<h1>The mill</h1><p class='date'>{}</p><p>Text</p>"
    assert published(document("", page.format(shown))) == (None, "")
    assert published(document("", page.format("2026-11-20"))).value == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "changed", "first"),
    [
        ("ar", "آخر تحديث: 21 نوفمبر 2026 09:00", "نشر في 20 نوفمبر 2026 08:00"),
        ("cs", "Aktualizováno 21. listopadu 2026 9:00", "Publikováno 20. listopadu 2026 8:00"),
        ("en", "Updated Nov 21, 2026, 9:00 am", "Published Nov 20, 2026, 8:00 am"),
        ("fr", "Mis à jour le 21/11/2026 à 9h", "Publié le 20/11/2026 à 8h"),
        ("ja", "更新：2026年11月21日 09:00", "公開：2026年11月20日 08:00"),
        ("ko", "수정 2026.11.21 오전 9:00", "입력 2026.11.20 오전 8:00"),
        ("nl", "Bijgewerkt op 21 november 2026 09:00", "Gepubliceerd op 20 november 2026 08:00"),
        ("pl", "Aktualizacja: 21 listopada 2026, 09:00", "Opublikowano: 20 listopada 2026, 08:00"),
        ("ru", "Обновлено 21 ноября 2026, 09:00", "Опубликовано 20 ноября 2026, 08:00"),
        ("th", "อัปเดต 21 พ.ย. 2569 09:00 น.", "เผยแพร่ 20 พ.ย. 2569 08:00 น."),
        ("tr", "Güncelleme 21 Kasım 2026 09:00", "Yayınlanma 20 Kasım 2026 08:00"),
        ("uk", "Оновлено 21 листопада 2026, 09:00", "Опубліковано 20 листопада 2026, 08:00"),
        ("zh", "更新时间：2026年11月21日 09:00", "发布时间：2026年11月20日 08:00"),
    ],
)
@pytest.mark.parametrize("between", ["</p><p>", " - "])
@pytest.mark.parametrize("is_first", [True, False])
def test_change_and_publication_are_told_apart_by_their_words(
    lang: str, changed: str, first: str, between: str, *, is_first: bool
) -> None:
    lines = between.join((first, changed) if is_first else (changed, first))
    page = document("", f"<h1>T</h1><p>{lines}</p><p>Text</p>", lang=lang)
    zone = local_zone(page)
    assert published(page).value == datetime(2026, 11, 20, 8, tzinfo=zone)
    assert modified(page).value == datetime(2026, 11, 21, 9, tzinfo=zone)


def test_a_guess_of_the_day_of_a_change_is_told_as_that_change() -> None:
    page = document('<meta property="article:modified_time" content="2026-11-20T08:00:00Z">')
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert published(page) == (at, "meta article:modified_time, of its change")
    day = document('<meta property="article:modified_time" content="2026-11-20T08:00:00Z">', url=f"{URL}/2026/11/19/x")
    assert published(day) == (datetime(2026, 11, 19, tzinfo=UTC), "htmldate")


def test_what_was_refused_is_not_guessed_from() -> None:
    head = '<meta property="article:published_time" content="2026-11-20T25:00:00Z">'
    told = published(document(head))
    assert told == (None, "meta article:published_time is no date: '2026-11-20T25:00:00Z'")
    assert published(document(head, url="https://site.example/2026/11/19/pont")).value == datetime(
        2026, 11, 19, tzinfo=UTC
    )


def test_a_day_that_stands_in_the_address_is_believed_though_the_story_tells_of_it_too() -> None:
    url = "https://site.example/2026/11/19/pont"
    page = document("", "<h1>Le pont</h1><p>Ce 19/11/2026, le pont a été fermé à la circulation.</p>", url=url)
    assert published(page) == (datetime(2026, 11, 19, tzinfo=UTC), "htmldate")


def test_a_change_before_publication_is_left_out_and_told() -> None:
    first = Told[datetime | None](datetime(2026, 11, 20, tzinfo=UTC), "json-ld")
    for days, kept in ((-1, False), (0, True), (1, True)):
        at = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=days)
        last = Told[datetime | None](at, "meta date")
        left = (None, "meta date; 2026-11-19T00:00:00+00:00 is before publication, left out")
        assert in_order(first, last) == (last if kept else left)
    assert in_order(Told(None), last) == last


def test_an_article_has_no_change_before_its_publication() -> None:
    page = document(linked(datePublished="2026-11-20T08:00:00Z", dateModified="2026-11-19T08:00:00Z"))
    article = described(page, metadata(page), "Un texte.")
    assert (article.published_at, article.modified_at) == (datetime(2026, 11, 20, 8, tzinfo=UTC), None)
    assert article.provenance["modified_at"].startswith("json-ld; 2026-11-19")


def test_dates_far_below_the_title_are_not_the_articles() -> None:
    body = "<h1>Le pont</h1>" + "<p>Un paragraphe.</p>" * 30 + "<p>12 mars 2019</p>"
    assert modified(document("", body)).value is None
    assert published(document("", body)).origin != "text"
