"""What is learned of a site's URLs."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.patterns import SURE_ARTICLE, SURE_NONE, Patterns, shapes_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SITE = "https://www.journal.example"


def taught(*lessons: tuple[str, bool]) -> Patterns:
    """Patterns after these lessons."""
    patterns = Patterns()
    for path, is_article in lessons:
        patterns.learn(SITE + path, is_article)
    return patterns


def told(count: int, path: str, is_article: bool) -> list[tuple[str, bool]]:
    """As many lessons on URLs that differ in their number."""
    return [(path.format(n=n), is_article) for n in range(count)]


@pytest.mark.parametrize(
    ("path", "exact", "kin"),
    [
        ("/sport/2026/11/21/la-france-gagne-la-coupe-12345.html", "sport/Y/#/#/many-#.html", "~*/Y/#/#/many-#.html"),
        ("/2026-11-21-le-senat-vote", "date-few", "~date-few"),
        ("/un-accident-fait-3-morts", "many", "~many"),
        ("/news/articles/c0jq9wz1k2vo", "news/articles/code", "~*/*/code"),
        ("/world/141e61e9-8a07-42e4-a527-2f03f45e7ef0", "world/code", "~*/code"),
        ("/a/incendie", "a/one", "~*/one"),
        ("/stories/3376705/", "stories/#", "~*/#"),
        ("/spip.php?id=17&article8532", "one.php?article#&id=#", "~one.php?article#&id=#"),
        ("/jane-doe/a-b", "few/few", "~few/few"),
        ("/", "", "~"),
    ],
)
def test_a_url_has_a_shape_and_kin(path: str, exact: str, kin: str) -> None:
    assert shapes_of(SITE + path) == (exact, kin)


def test_nothing_is_known_at_first_and_two_pages_are_not_enough() -> None:
    assert Patterns().judge(f"{SITE}/a/1") is None
    assert taught(*told(2, "/a/{n}", True)).judge(f"{SITE}/a/9") is None


def test_three_articles_of_a_shape_make_a_fourth_likely() -> None:
    share = taught(*told(3, "/a/{n}", True)).judge(f"{SITE}/a/9")
    assert share is not None and share >= SURE_ARTICLE


def test_three_pages_that_were_none_make_a_fourth_doubtful_and_six_rule_it_out() -> None:
    doubtful = taught(*told(3, "/a/{n}", False)).judge(f"{SITE}/a/9")
    assert doubtful is not None and SURE_NONE < doubtful < 0.5
    refused = taught(*told(6, "/a/{n}", False)).judge(f"{SITE}/a/9")
    assert refused is not None and refused <= SURE_NONE


def test_a_mixed_shape_is_neither() -> None:
    share = taught(*told(9, "/a/{n}", True), *told(9, "/a/{n}", False)).judge(f"{SITE}/a/9")
    assert share is not None and SURE_NONE < share < SURE_ARTICLE


def test_the_words_of_the_folders_tell_shapes_apart() -> None:
    patterns = taught(*told(6, "/sport/un-match-de-plus-{n}", True), *told(6, "/recettes/un-plat-de-plus-{n}", False))
    assert (patterns.judge(f"{SITE}/sport/encore-un-beau-match-7") or 0) >= SURE_ARTICLE
    assert (patterns.judge(f"{SITE}/recettes/encore-un-bon-plat-7") or 1) <= SURE_NONE


def test_a_folder_never_seen_is_judged_by_its_kin_once_these_are_many() -> None:
    new = f"{SITE}/monde/encore-une-nouvelle-du-monde-7"
    assert taught(*told(6, "/sport/un-match-de-plus-{n}", True)).judge(new) is None
    assert taught(*told(7, "/sport/un-match-de-plus-{n}", True)).judge(new) is None
    assert (taught(*told(8, "/sport/un-match-de-plus-{n}", True)).judge(new) or 0) >= SURE_ARTICLE


def test_after_a_redesign_the_new_evidence_wins() -> None:
    patterns = taught(*told(500, "/a/{n}", True), *told(60, "/a/{n}", False))
    assert (patterns.judge(f"{SITE}/a/9") or 1) <= SURE_NONE


def test_evidence_fades_until_it_is_too_little_to_judge_by() -> None:
    written = taught(*told(6, "/a/{n}", False)).as_json(NOW)
    assert Patterns.from_json(written, NOW).judge(f"{SITE}/a/9") is not None
    assert Patterns.from_json(written, NOW + timedelta(days=60)).judge(f"{SITE}/a/9") is None
    assert Patterns.from_json(written, NOW - timedelta(days=60)).judge(f"{SITE}/a/9") is not None


def test_the_shapes_not_seen_for_longest_are_forgotten() -> None:
    patterns = taught(*told(3, "/a/{n}", True))
    for word in range(200):
        patterns.learn(f"{SITE}/{chr(97 + word // 26)}{chr(97 + word % 26)}x/deux-mots", True)
    assert patterns.judge(f"{SITE}/a/9") is None


@given(st.lists(st.tuples(st.text(max_size=80), st.booleans()), max_size=200))
def test_whatever_is_learned_stays_small_and_survives_being_written(lessons: list[tuple[str, bool]]) -> None:
    patterns = taught(
        *(("/" + path, is_article) for path, is_article in lessons if "[" not in path and "]" not in path)
    )
    written = json.dumps(patterns.as_json(NOW))
    assert len(written) < 4_096
    again = Patterns.from_json(json.loads(written), NOW)
    assert again.as_json(NOW) == patterns.as_json(NOW)
    for path, _ in lessons[:3]:
        share = again.judge(f"{SITE}/x/" + path.replace("[", "").replace("]", ""))
        assert share is None or 0 <= share <= 1


def test_the_longest_shapes_stay_small() -> None:
    patterns = Patterns()
    for number in range(200):
        patterns.learn(
            f"{SITE}/" + "/".join(f"{chr(97 + number % 26) * 14}{chr(97 + number // 26)}" for _ in range(9)), True
        )
        for _ in range(30):
            patterns.learn(f"{SITE}/" + "/".join(f"{chr(97 + number % 26) * 14}" for _ in range(9)), True)
    assert len(json.dumps(patterns.as_json(NOW))) < 4_096


@pytest.mark.parametrize(
    "value", [None, [], "x", {"shapes": 3}, {"shapes": {"a": "b", "c": [1], "d": [-1, 2]}}, {"day": "x"}]
)
def test_what_cannot_be_read_is_no_evidence(value: object) -> None:
    assert Patterns.from_json(value, NOW).as_json(NOW)["shapes"] == {}
