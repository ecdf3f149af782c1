"""A site's memory: what recurs on its articles goes, what is theirs stays, and a redesign begins it anew."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.article import extract_article
from extraction.lines import Line
from extraction.memory import imprint, is_worth_keeping, learned, recurring, without_dropped
from news.article import Article, Page
from news.guidance import Guidance, layout_of, readable

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BOX = "Rejoignez la communauté des lecteurs du phare"
NEW_BOX = "Tous les soirs, la météo marine du phare"
NEWS = (
    "Nobody was hurt in the accident, the police said.",
    "The investigation continues.",
    "Anyone who saw anything is asked to call the police in Brest.",
)
INTRODUCTION = " ".join(["Chaque semaine de cet été nous suivons le fleuve de sa source à la mer"] * 3)


def _lines(number: int, *more: str, place: str = "div.a>p.b") -> list[Line]:
    own = [f"Paragraph {part} of article {number} " + f"says thing {number} " * 20 for part in range(3)]
    return [Line(text, "p.b", place) for text in (*own, *more)]


def _page(number: int, *more: str, place: str = "div.a>p.b") -> dict[str, Any]:
    lines = _lines(number, *more, place=place)
    return imprint(f"https://a.example/{number}", lines, [0.9] * len(lines), range(len(lines)))


def _after(*pages: dict[str, Any]) -> dict[str, Any]:
    memory: dict[str, Any] = {}
    for page in pages:
        memory = learned(memory, page, NOW)
    return memory


def _kept(memory: dict[str, Any], lines: list[Line]) -> list[str]:
    gone = recurring(memory, lines, [0.9] * len(lines), 0.55)
    return [line.text for at, line in enumerate(lines) if at not in gone]


def test_a_recurring_line_goes_on_the_third_article_and_not_before() -> None:
    third = _lines(3, BOX)
    assert BOX in _kept(_after(_page(1, BOX)), third)
    assert _kept(_after(_page(1, BOX), _page(2, BOX)), third) == [line.text for line in third[:3]]


@pytest.mark.parametrize("sentence", NEWS)
def test_a_sentence_of_the_news_that_recurs_stays(sentence: str) -> None:
    young = _after(_page(1, sentence), _page(2, sentence))
    assert sentence in _kept(young, _lines(3, sentence))
    old = _after(*(_page(n) for n in range(20)), *(_page(n, sentence) for n in (21, 22, 23)))
    assert sentence in _kept(old, _lines(30, sentence))
    often = _after(*(_page(n, *([sentence] if n % 4 else [])) for n in range(20)))
    assert sentence in _kept(often, _lines(30, sentence)), "three articles in four"


def test_a_sentence_that_nearly_all_articles_have_is_the_sites() -> None:
    pages = [_page(n, *([NEWS[0]] if n else [])) for n in range(7)]
    assert NEWS[0] in _kept(_after(*pages[:5]), _lines(9, NEWS[0])), "four of five"
    assert NEWS[0] not in _kept(_after(*pages[:6]), _lines(9, NEWS[0])), "five of six"


def test_a_sentence_that_all_articles_have_is_the_sites_from_the_fourth_on() -> None:
    assert NEWS[0] in _kept(_after(*(_page(n, NEWS[0]) for n in range(2))), _lines(9, NEWS[0]))
    assert NEWS[0] not in _kept(_after(*(_page(n, NEWS[0]) for n in range(3))), _lines(9, NEWS[0]))


def test_a_sentence_in_a_place_of_its_own_goes_on_the_third_article() -> None:
    apart = Line(NEWS[0], "p.note", "aside.x>p.note")
    pages = [[*_lines(number), apart] for number in (1, 2)]
    memory = _after(*(imprint(page[0].text, page, [0.9] * 4, range(4)) for page in pages))
    assert NEWS[0] not in _kept(memory, [*_lines(3), apart])


def test_a_lead_that_was_the_teaser_of_other_pages_stays() -> None:
    teaser = Line(BOX, "p.excerpt", "div.top>div.card>p.excerpt")
    pages = [[teaser, *_lines(number)] for number in range(4)]
    memory = _after(*(imprint(str(number), page, [0.9] * 4, range(4)) for number, page in enumerate(pages)))
    lead = teaser._replace(style="p.lead", place="div.a>p.lead")
    assert _kept(memory, [lead, *_lines(9)])[0] == BOX
    assert BOX not in _kept(memory, [teaser, *_lines(9)])


def test_classes_of_an_article_are_no_places_of_their_own() -> None:
    def page(number: int) -> list[Line]:
        return _lines(number, BOX, place=f"article.post-{number} post tag-{number}>div.text>p.")

    memory = _after(*(imprint(str(number), page(number), [0.9] * 4, range(4)) for number in range(8)))
    assert memory["changed_at"] is None
    assert BOX not in _kept(memory, page(9))


def test_a_line_that_is_first_seen_late_must_stand_on_most_of_several_articles() -> None:
    old = _after(*(_page(n) for n in range(20)), _page(21, BOX), _page(22, BOX))
    assert BOX in _kept(old, _lines(30, BOX))
    assert BOX not in _kept(learned(old, _page(23, BOX), NOW), _lines(30, BOX))


@pytest.mark.parametrize("broken", [[], "x", 7, {"x": 1}, {"seen": 3}, {"lines": 3}])
def test_a_memory_that_cannot_be_read_is_taken_as_empty(broken: Any) -> None:
    whole = _after(_page(1, BOX), _page(2, BOX))
    for memory in (broken, {**whole, **broken, "version": 0} if isinstance(broken, dict) else broken):
        assert recurring(memory, _lines(3, BOX), [0.9] * 4, 0.55) == {}
        assert learned(memory, _page(3), NOW) == _after(_page(3))
        assert is_worth_keeping(memory, _after(_page(3)))
        assert layout_of(memory) is None
    assert layout_of(whole) is not None
    body = "".join(f"<p>{line.text}</p>" for line in _lines(3))
    found = extract_article(Page("https://a.example/3", body.encode()), Guidance(memory=broken))
    assert isinstance(found, Article)


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 1},
        {"seen": "3"},
        {"misses": None},
        {"lines": 3},
        {"lines": {"x": 3}},
        {"lines": {"x": [1, 2]}},
        {"lines": {"x": [1, 2, "3"]}},
        {"places": ["x"]},
        {"places": {"x": "y"}},
        {"pages": {}},
        {"pages": ["xy"]},
        {"pages": [["x", 1]]},
        {"strange": [1]},
        {"changed_at": 1},
        {"changed_at": "yesterday"},
        {"changed_at": "2026-11-03T00:00:00"},
    ],
)
def test_a_memory_of_another_shape_cannot_be_read(wrong: dict[str, Any]) -> None:
    whole = _after(_page(1, BOX), _page(2, BOX))
    assert readable(whole) == readable(json.loads(json.dumps(whole))) == whole
    assert readable({**whole, "changed_at": NOW.isoformat()})
    assert readable({**whole, **wrong}) == {}
    assert all(readable({name: value for name, value in whole.items() if name != gone}) == {} for gone in wrong)


def test_the_same_article_teaches_once_by_its_address_and_by_its_text() -> None:
    once = _after(_page(1, BOX))
    assert learned(once, _page(1, BOX), NOW) == once
    assert learned(once, _page(1, BOX) | {"url": "another"}, NOW) == once


def test_a_long_introduction_and_what_recurs_now_and_then_stay() -> None:
    memory = _after(_page(1, BOX, INTRODUCTION), _page(2, BOX, INTRODUCTION), *(_page(n) for n in range(3, 8)))
    assert {BOX, INTRODUCTION} <= set(_kept(memory, _lines(9, BOX, INTRODUCTION)))
    usual = _after(*(_page(n, INTRODUCTION) for n in range(5)))
    assert INTRODUCTION in _kept(usual, _lines(9, INTRODUCTION))


def test_the_labels_of_a_format_stay_over_the_text_that_they_head() -> None:
    pages = [_page(number, "Ingrédients", BOX, "Pour", "Contre", "Pour") for number in (1, 2)]
    memory = _after(*pages)
    heading, box, *short = (Line(text, "h2", "div.a>p.b") for text in ("Ingrédients", BOX, "Pour", "Pour", "Contre"))
    heading = heading._replace(is_heading=True)
    own = _lines(3)
    assert _kept(memory, [own[0], heading, *own[1:], box]) == [own[0].text, "Ingrédients", own[1].text, own[2].text]
    assert "Ingrédients" not in _kept(memory, [*own, heading, box])
    assert _kept(memory, [*own, *short]) == [*(line.text for line in own), "Pour", "Pour"]


def test_a_memory_that_would_cost_much_of_the_page_is_doubted() -> None:
    boxes = [f"{BOX} numéro {number}" for number in range(20)]
    memory = _after(_page(1, *boxes), _page(2, *boxes))
    assert len(_kept(memory, _lines(3, *boxes))) == 23


def test_a_redesign_begins_it_anew_and_says_when() -> None:
    old = _after(*(_page(n, BOX) for n in range(4)))
    new = old
    for number in (10, 11):
        new = learned(new, _page(number, place="main>p.z"), NOW)
        assert new["changed_at"] is None
    new = learned(new, _page(12, place="main>p.z"), NOW)
    assert (new["seen"], new["changed_at"]) == (3, NOW.isoformat())
    assert learned(new, _page(13, place="main>p.z"), NOW)["changed_at"] == NOW.isoformat()


def test_the_pages_that_revealed_a_redesign_teach_what_came_with_it() -> None:
    memory = _after(*(_page(n, BOX) for n in range(4)), *(_page(n, NEW_BOX, place="main>p.z") for n in (10, 11, 12)))
    assert memory["changed_at"]
    assert NEW_BOX not in _kept(memory, _lines(13, NEW_BOX, place="main>p.z"))
    assert BOX in _kept(memory, _lines(13, BOX, place="main>p.z"))
    assert learned(memory, _page(11, NEW_BOX, place="main>p.z"), NOW) == memory
    assert learned(memory, _page(14, place="main>p.z"), NOW)["misses"] == 0


def test_it_is_worth_a_write_while_it_is_new_and_then_now_and_then() -> None:
    memory: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    written = []
    for number in range(20):
        memory = learned(memory, _page(number), NOW)
        if is_worth_keeping(kept, memory):
            kept = memory
            written.append(memory["seen"])
    assert written == [1, 2, 3, 4, 5, 6, 11, 16]
    strange = learned(memory, _page(30, place="main>p.z"), NOW)
    assert is_worth_keeping(kept, strange)
    assert not is_worth_keeping(None, {})


def test_what_only_the_memory_has_dropped_is_taken_from_the_text_as_it_was_too() -> None:
    page = imprint("https://a.example/1", _lines(1, BOX), [0.9] * 4, range(3), dropped=[3])
    assert without_dropped(f"One\n\n{BOX.upper()} !\n\nTwo", page) == "One\n\nTwo"
    assert without_dropped(f"One\n\n{BOX}", _page(1)) == f"One\n\n{BOX}"


def test_one_article_in_another_layout_is_no_redesign() -> None:
    memory = _after(_page(1), _page(2, place="x"), _page(3), _page(4, place="x"), _page(5), _page(6, place="y"))
    assert (memory["seen"], memory["changed_at"]) == (6, None)


@given(st.lists(st.integers(0, 10**6), unique=True, min_size=45, max_size=60))
def test_it_stays_small_whatever_it_learns(numbers: list[int]) -> None:
    memory: dict[str, Any] = learned({}, _page(0), NOW) | {"seen": 9_000, "changed_at": NOW.isoformat()}
    usual = _page(0)["places"]
    for turn, number in enumerate(numbers):
        lines = [f"{number:07}{line:03}" for line in range(120)]
        places = [f"{number:07}{place:03}" for place in range(119)]
        known = usual if turn < len(numbers) - 2 else []  # at the end, a redesign is suspected
        page = {"url": f"{number:010}", "text": f"{number:010}", "lines": lines, "places": [*known, *places]}
        memory = learned(memory, page, NOW)
    sizes = {name: len(memory[name]) for name in ("lines", "places", "pages", "strange")}
    assert sizes == {"lines": 320, "places": 120, "pages": 40, "strange": 120}
    assert len(json.dumps(memory, separators=(",", ":"))) <= 16 * 1024


@given(st.permutations(range(6)))
def test_the_order_of_the_articles_does_not_change_what_goes(order: list[int]) -> None:
    memory = _after(*(_page(number, BOX) for number in order))
    assert BOX not in _kept(memory, _lines(9, BOX))


def test_the_third_page_of_a_site_loses_the_box_between_its_paragraphs() -> None:
    memory: dict[str, Any] = {}
    held = []
    for number in range(4):
        texts = [line.text for line in _lines(number)]
        own = [f"{text}." for text in texts]
        body = "".join(f"<p>{text}</p>" for text in (*own[:2], f"{BOX}, chaque matin et chaque soir", *own[2:]))
        page = Page(f"https://a.example/{number}", f"<h1>Number {number}</h1><div>{body}</div>".encode())
        found = extract_article(page, Guidance(memory=memory))
        assert isinstance(found, Article)
        assert all(text in found.text for text in texts)
        held.append(BOX in found.text)
        memory = learned(memory, found.imprint, NOW)
    assert held == [True, True, False, False]
