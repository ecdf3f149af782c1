"""What is told of an article that is stored although something is wrong with it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from extraction.titles import LONGEST_TITLE
from news.text import clip
from service.blemishes import blemishes, dated_by
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
