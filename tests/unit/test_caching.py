"""How long an answer stays fresh, as its headers say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Response

from crawler.caching import LONGEST, max_age_of
from crawler.fetching import Answer, answer_or_failure
from tests.samples import NOON


@pytest.mark.parametrize(
    ("lines", "age", "fresh"),
    [
        ([], "", None),
        (["public"], "", None),
        (["max-age=300"], "", 300),
        (["Public , MAX-AGE = 300 ,must-revalidate"], "", 300),
        (['max-age="300"'], "", 300),
        (["public", "max-age=300"], "", 300),
        (["max-age=300, max-age=60"], "", 300),
        (["max-age=300"], "100", 200),
        (["max-age=300"], "301", 0),
        (["max-age=300"], "-5", 300),
        (["max-age=300"], "soon", 300),
        (["max-age=0"], "", 0),
        (["s-maxage=300"], "", None),
        (["s-maxage=900, max-age=300"], "", 300),
        (["no-cache, max-age=300"], "", 0),
        (["max-age=300", "no-store"], "", 0),
        (['max-age=300, no-cache="set-cookie"'], "", 0),
        (['private="x, max-age=9, no-store", max-age=300'], "", 300),
        (["max-age=-1"], "", None),
        (["max-age=1.5"], "", None),
        (["max-age=300s"], "", None),
        (["max-age=³"], "", None),
        (["max-age"], "", None),
        (["x-max-age=300"], "", None),
        (["max-age=" + "9" * 99], "", LONGEST),
        ([","] * 10_000 + ["max-age=300"], "", None),
    ],
)
def test_what_stays_fresh_is_read_as_rfc_9111_has_it(lines: list[str], age: str, fresh: int | None) -> None:
    assert max_age_of(lines, age) == fresh


@given(st.lists(st.text("max-age=0123456789 ,;\"\\no-cachestore'=\x00é", max_size=60), max_size=4), st.text(max_size=9))
def test_no_garbage_breaks_it_and_nothing_is_fresh_for_more_than_a_week(lines: list[str], age: str) -> None:
    fresh = max_age_of(lines, age)
    assert fresh is None or 0 <= fresh <= LONGEST


@given(st.integers(0, LONGEST), st.integers(0, 2 * LONGEST))
def test_the_time_on_the_way_is_taken_off(said: int, age: int) -> None:
    assert max_age_of([f"max-age={said}"], str(age)) == max(said - age, 0)


@pytest.mark.parametrize("status", [200, 304])
def test_an_answer_carries_it_also_where_nothing_has_changed(status: int) -> None:
    headers = {"Cache-Control": ["public", "max-age=600"], "Age": "60"}
    answer = answer_or_failure(Response("https://phare.example/feed", status=status, headers=headers), NOON)
    assert isinstance(answer, Answer)
    assert (answer.max_age, answer.is_unchanged) == (540, status == 304)
