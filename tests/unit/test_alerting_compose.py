"""What waited becomes alerts: matches, updates, digests, and what they say."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from alerting.compose import LARGEST_DIGEST, Composed, ToldSoFar, Waiting, compose
from alerting.decide import told
from news.article import Article, Span, StoredArticle
from news.telling import Reason
from news.watch import Watch

NOW = datetime(2026, 11, 14, 9, 30, tzinfo=UTC)
WATCH = Watch(1, "Corée", "Pyongyang")
OTHER = Watch(2, "Énergie", "gaz")


def stored(
    number: int, title: str = "", text: str = "Un texte.", source: str = "", language: str = "fr"
) -> StoredArticle:
    url = f"https://a.example/{number}"
    article = Article(url, url, title or f"Titre {number}", text, language=language)
    return StoredArticle(number, number, source or f"Source {number}", article, NOW, NOW)


def waits(
    number: int,
    reason: Reason = "update",
    *,
    watch: Watch = WATCH,
    thread: int | None = 5,
    article: StoredArticle | None = None,
    is_copy: bool = False,
    before: tuple[str, str] | None = None,
) -> Waiting:
    return Waiting(number, watch, thread, reason, article or stored(number), (Span("title", 0, 5),), is_copy, before)


def so_far(*articles: StoredArticle) -> dict[int, ToldSoFar]:
    return {5: ToldSoFar(told(articles[0], ()), articles)}


def composed(waiting: Sequence[Waiting], before: dict[int, ToldSoFar] | None = None) -> list[Composed]:
    return compose(waiting, before or {}, NOW, {})


def says(one: Composed, item: int = 0) -> list[str]:
    return [change.says for change in one.alert.items[item].changes]


def test_what_waited_alone_is_told_as_it_would_have_been() -> None:
    [one] = composed([waits(1, "quiet")])
    assert (one.alert.kind, one.alert.watch, one.alert.query, one.alert.items) == ("match", "Corée", "Pyongyang", ())
    assert (one.alert.told.title, one.thread_id, one.is_update) == ("Titre 1", 5, False)
    assert one.alert.told.title_spans == (Span("title", 0, 5),)


def test_the_first_of_a_story_is_told_with_those_that_came_meanwhile() -> None:
    [one] = composed([waits(1, "quiet"), waits(2, "quiet"), waits(3, "quiet", is_copy=True)])
    assert one.alert.kind == "match"
    assert one.alert.told.title == "Titre 1"
    assert says(one) == ["+2 outlets", "+1 copy"]
    assert [(other.source, other.is_copy) for other in one.alert.items[0].others] == [
        ("Source 2", False),
        ("Source 3", True),
    ]


def test_what_follows_on_a_told_story_is_an_update_under_its_first_title() -> None:
    [one] = composed([waits(2), waits(3)], so_far(stored(1)))
    assert (one.alert.kind, one.is_update, one.alert.told.title) == ("update", True, "Titre 1")
    assert one.alert.items[0].told.title == "Titre 2"
    assert says(one) == ["+2 outlets"]


def test_outlets_are_counted_once_and_only_new_ones() -> None:
    first, again, other = stored(1, source="A"), stored(2, source="A"), stored(3, source="B")
    [one] = composed([waits(2, article=again), waits(3, article=other), waits(4, article=other)], so_far(first))
    assert says(one) == ["+1 outlet"]


def test_an_update_without_a_new_outlet_says_what_else_there_is() -> None:
    [one] = composed([waits(2, article=stored(2, source="Source 1"), is_copy=True)], so_far(stored(1)))
    assert says(one) == ["+1 copy"]


def test_a_changed_figure_is_said_once_and_its_article_stands_in_front() -> None:
    first = stored(1, text="Ils sont 1 500 soldats.")
    waiting = [
        waits(2, article=stored(2, text="Ils sont 1 500 soldats.")),
        waits(3, article=stored(3, text="Désormais 3 000 soldats.")),
        waits(4, article=stored(4, text="Ils sont 3.000 soldats.")),
    ]
    [one] = composed(waiting, so_far(first))
    assert says(one) == ["+3 outlets", "changed figure: 1 500 → 3 000 soldats"]
    assert one.alert.items[0].told.title == "Titre 3"
    assert [change.before for change in one.alert.items[0].changes] == ["", "1 500 soldats"]


def test_a_figure_that_changed_twice_is_told_from_first_to_last() -> None:
    waiting = [waits(n, article=stored(n, text=f"Ils sont {n} 000 soldats.")) for n in (2, 3)]
    [one] = composed(waiting, so_far(stored(1, text="Ils sont 1 000 soldats.")))
    assert says(one)[1] == "changed figure: 1 000 → 3 000 soldats"


def test_the_same_change_in_two_languages_is_one() -> None:
    before = so_far(stored(1, text="1 500 soldats."), stored(2, text="1,500 troops.", language="en"))
    waiting = [
        waits(3, article=stored(3, text="3 000 soldats.")),
        waits(4, article=stored(4, text="3,000 troops.", language="en")),
    ]
    [one] = composed(waiting, before)
    assert says(one) == ["+2 outlets", "changed figure: 1 500 → 3 000 soldats"]


def test_a_copy_changes_no_figure() -> None:
    copy = waits(2, article=stored(2, text="3 000 soldats."), is_copy=True)
    [one] = composed([copy], so_far(stored(1, text="1 500 soldats.")))
    assert says(one) == ["+1 outlet", "+1 copy"]


def test_two_figures_of_the_first_day_are_no_change() -> None:
    waiting = [waits(n, "quiet", article=stored(n, text=f"Ils sont {n} 000 soldats.")) for n in (1, 2)]
    [one] = composed(waiting)
    assert says(one) == ["+1 outlet"]


def test_a_changed_headline_says_what_it_was_and_is() -> None:
    after = stored(1, title="Séoul accuse")
    [one] = composed([waits(9, article=after, before=("Séoul s’inquiète", "Un texte."))], so_far(after))
    [change] = one.alert.items[0].changes
    assert (change.kind, change.says, change.before, change.now) == (
        "headline", "headline changed", "Séoul s’inquiète", "Séoul accuse",
    )  # fmt: skip
    assert one.alert.items[0].others == ()


def test_a_figure_that_changed_in_a_told_article_is_a_changed_figure() -> None:
    after = stored(1, text="Le bilan est de 14 morts.")
    [one] = composed([waits(9, article=after, before=("Titre 1", "Le bilan est de 12 morts."))], so_far(after))
    assert says(one) == ["changed figure: 12 → 14 morts"]


def test_a_digest_tells_all_watches_of_the_channel_by_watch_and_story() -> None:
    waiting = [
        waits(1, "digest", watch=OTHER, thread=7),
        waits(2, "digest"),
        waits(3, "digest"),
        waits(4, "budget", thread=None),
        waits(5, "resurfaced", thread=None),
    ]
    [one] = composed(waiting)
    assert (one.alert.kind, one.alert.watch, one.alert.query, one.thread_id) == ("digest", "", "", None)
    assert [(item.watch, item.told.title) for item in one.alert.items] == [
        ("Corée", "Titre 2"), ("Corée", "Titre 4"), ("Corée", "Titre 5"), ("Énergie", "Titre 1"),
    ]  # fmt: skip
    assert says(one) == ["+1 outlet"]
    assert one.alert.told.title == "4 stories: Corée, Énergie"
    assert {waiting.number for waiting in one.waiting} == {1, 2, 3, 4, 5}


def test_a_digest_of_one_watch_bears_its_name() -> None:
    [one] = composed([waits(1, "digest"), waits(2, "digest", thread=6)])
    assert (one.alert.watch, one.alert.told.title) == ("Corée", "2 stories: Corée")


def test_the_end_of_a_night_tells_each_watch_in_one_alert() -> None:
    waiting = [
        waits(1, "quiet"),
        waits(2, "quiet", thread=6),
        waits(3, "quiet", watch=OTHER, thread=8),
    ]
    of_corea, of_energy = composed(waiting)
    assert (of_corea.alert.kind, len(of_corea.alert.items)) == ("digest", 2)
    assert (of_energy.alert.kind, of_energy.alert.watch, of_energy.thread_id) == ("match", "Énergie", 8)


def test_updates_on_two_stories_are_two() -> None:
    first, second = composed([waits(1), waits(2, thread=6)], so_far(stored(9)))
    assert {first.thread_id, second.thread_id} == {5, 6}
    assert {first.alert.kind, second.alert.kind} == {"update", "match"}


def test_a_huge_digest_is_cut_and_says_so_and_all_of_it_counts_as_told() -> None:
    waiting = [waits(number, "digest", thread=number) for number in range(1, LARGEST_DIGEST + 38)]
    [one] = composed(waiting)
    assert len(one.alert.items) == LARGEST_DIGEST
    assert "37 stories more" in one.alert.told.excerpt
    assert len(one.waiting) == LARGEST_DIGEST + 37


def test_an_article_that_resurfaced_is_marked_when_it_is_released_too() -> None:
    long_ago = NOW - timedelta(days=400)
    [one] = compose([waits(1, "resurfaced")], {}, NOW, {1: long_ago})
    assert one.alert.items[0].told.resurfaced_from == long_ago


def test_what_waits_for_nothing_makes_nothing() -> None:
    assert composed([]) == []


def test_what_came_first_is_compared_first_whichever_was_due_sooner() -> None:
    early, late = stored(2, text="Ils sont 1 500 soldats."), stored(3, text="Ils sont 3 000 soldats.")
    [one] = composed([waits(9, article=late), waits(8, article=early)], so_far(stored(1, text="1 500 soldats.")))
    assert says(one) == ["+2 outlets", "changed figure: 1 500 → 3 000 soldats"]


def test_a_figure_that_is_again_what_it_was_has_not_changed() -> None:
    there, back = stored(2, text="Ils sont 3 500 soldats."), stored(3, text="Ils sont 1 500 soldats.")
    [one] = composed([waits(8, article=there), waits(9, article=back)], so_far(stored(7, text="1 500 soldats.")))
    assert says(one) == ["+2 outlets"]
