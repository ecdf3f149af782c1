"""What is told of an article that is stored although something is wrong with it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from extraction.titles import LONGEST_TITLE
from news.text import clip
from service.blemishes import blemishes, dated_by, is_dated_by_itself, published_before
from tests.samples import HOUR, NOON, an_article

ARTICLE = an_article("1")


def names(title: str, text: str = "Un texte.") -> list[str]:
    """What is told of an article that says this."""
    return [bite.name for bite in blemishes(replace(ARTICLE, title=title, text=text))]


@given(st.text("a é", min_size=LONGEST_TITLE - 5, max_size=LONGEST_TITLE + 5))
def test_a_title_is_told_of_where_it_was_clipped_and_only_there(title: str) -> None:
    plain = " ".join(title.split())
    assert names(clip(plain, LONGEST_TITLE)) == (["title length"] if len(plain) > LONGEST_TITLE else [])


def test_a_short_title_may_end_in_an_ellipsis() -> None:
    assert names("Et maintenant…") == []


def test_what_cannot_be_read_is_counted_in_title_and_text() -> None:
    [bite] = blemishes(replace(ARTICLE, title="L\ufffdt\ufffd", text="Il y a \ufffd."))
    assert (bite.name, bite.url) == ("unreadable characters", ARTICLE.url)
    assert bite.detail.endswith(": 3")


def test_an_article_is_published_when_it_was_fetched_at_the_latest() -> None:
    for published_at in (None, NOON - HOUR, NOON):
        assert dated_by(replace(ARTICLE, published_at=published_at), NOON).published_at == published_at
    early = dated_by(replace(ARTICLE, published_at=NOON + HOUR, provenance={"published_at": "json-ld"}), NOON)
    assert early.published_at == NOON
    claim = (NOON + HOUR).isoformat()
    assert early.provenance["published_at"] == f"json-ld; {claim} is in the future, taken as the time of fetching"


def test_a_change_in_the_future_or_before_publication_is_left_out_and_marked() -> None:
    origin = {"modified_at": "json-ld"}
    for published_at, modified_at, why in (
        (NOON - HOUR, NOON + HOUR, "in the future"),
        (None, NOON + HOUR, "in the future"),
        (NOON + HOUR, NOON + HOUR, "in the future"),
        (NOON - HOUR, NOON - 2 * HOUR, "before publication"),
    ):
        article = replace(ARTICLE, published_at=published_at, modified_at=modified_at, provenance=origin)
        kept = dated_by(article, NOON)
        assert kept.modified_at is None
        assert kept.provenance["modified_at"] == f"json-ld; {modified_at.isoformat()} is {why}, left out"
    for published_at, modified_at in ((NOON - HOUR, NOON), (NOON, NOON), (None, NOON - HOUR)):
        article = replace(ARTICLE, published_at=published_at, modified_at=modified_at, provenance=origin)
        assert dated_by(article, NOON) == article


def test_only_what_a_page_declares_or_shows_in_a_time_element_is_its_own_date() -> None:
    for origin in ("json-ld", "meta date; json-ld names no day: '2026-11'", "time, taken as Europe/Paris"):
        assert is_dated_by_itself(replace(ARTICLE, provenance={"published_at": origin}))
    for origin in (
        "text",
        "text, of its change",
        "htmldate; meta date names no day: '2026-11'",
        "json-ld, of its change",
    ):
        assert not is_dated_by_itself(replace(ARTICLE, provenance={"published_at": origin}))
    assert is_dated_by_itself(ARTICLE), "a spider of the user's own brought it"


def test_a_bare_day_and_a_guessed_zone_are_before_an_instant_only_where_they_are_so_by_a_day() -> None:
    midnight = NOON - 12 * HOUR
    for published_at, origin, before in (
        (NOON - HOUR, "json-ld", True),
        (NOON, "json-ld", False),
        (NOON - HOUR, "text", False),
        (NOON - HOUR, "json-ld, taken as Europe/Paris", False),
        (NOON - 25 * HOUR, "json-ld, taken as Europe/Paris", True),
        (midnight, "json-ld", False),
        (midnight - 24 * HOUR, "json-ld", True),
        (None, "", False),
    ):
        article = replace(ARTICLE, published_at=published_at, provenance={"published_at": origin})
        assert published_before(article, NOON) is before
