"""The measurement of extraction: what counts as right, what is summed up, and that the extractors take fair turns."""

import json
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.corpus import AnnotatedPage, Gold
from bench.extraction import chosen_pages, main, measured
from bench.extraction_report import summary, tables
from bench.extraction_score import (
    PageScore,
    Snippets,
    is_same_day,
    page_score,
    paired_interval,
    snippet_score,
    speed,
    text_score,
)
from bench.extraction_split import side_of
from bench.extractors import REFERENCE, VIGIE, Extractor, Found, installed
from bench.shingles import Overlap

GOLD = Gold("a.html", "https://example.com/a", "example.com", lang="en")
PAGE = b"""<html lang="en"><head><title>A bridge is closed</title><meta name="author" content="Ann Lee">
<meta property="article:published_time" content="2026-11-20T09:00:00Z"></head><body><article><h1>A bridge is closed</h1>
<p>The bridge over the river was closed on Friday morning after engineers had found a crack in one of its pillars.</p>
<p>Buses take another way until the repair is done, which may last for three weeks, the council said in the evening.</p>
</article></body></html>"""


def scored(text: str, gold: Gold) -> PageScore:
    """The score of an extracted text without metadata."""
    return page_score(gold, Found(text), 0.0)


def test_a_snippet_may_go_over_the_end_of_a_line() -> None:
    gold = replace(GOLD, present=("one two", "three"), absent=("menu", "share this", "more"))
    assert scored("one\n\ntwo, share\nthis", gold).snippets == Snippets(found=1, wanted=2, avoided=2, unwanted=3)


def test_snippets_are_summed_over_pages_and_not_averaged() -> None:
    pages = [
        scored("a", replace(GOLD, present=("a",))),
        scored("", replace(GOLD, present=("x", "y", "z"))),
        scored("", GOLD),
    ]
    found = snippet_score(pages)
    assert found == Snippets(found=1, wanted=4)
    assert found.accuracy == 0.25


def test_the_better_of_two_annotated_texts_counts() -> None:
    found = scored("a b c d e", replace(GOLD, text="s u m m a b c d e", alt="a b c d e")).overlap
    assert found == Overlap(2, 0, 0)


def test_a_page_without_an_annotated_text_is_not_in_the_score() -> None:
    pages = [scored("a b c d", replace(GOLD, text="a b c d")), scored("anything", GOLD)]
    found = text_score(pages)
    assert found is not None
    assert (found.f1, found.exact) == (1.0, 1.0)
    assert text_score(pages[1:]) is None


@pytest.mark.parametrize(
    ("authors", "found", "is_right"),
    [
        (("Ann Lee",), ("ann  lee",), True),
        (("Ann Lee", "Bo Ek"), ("Bo Ek", "Ann Lee"), True),
        (("Ann Lee, Bo Ek and Cy Ode",), ("Ann Lee", "Bo Ek", "Cy Ode"), True),
        (("Sandy Anders",), ("Sandy Anders",), True),
        (("Ann Lee", "Bo Ek"), ("Ann Lee",), False),
        (("Ann Lee",), (), False),
    ],
)
def test_authors_are_right_when_all_are_there_and_no_other(
    authors: tuple[str, ...], found: tuple[str, ...], is_right: bool
) -> None:
    assert page_score(replace(GOLD, authors=authors), Found("", authors=found), 0.0).author is is_right


def test_a_title_is_right_to_the_letter_save_capitals_and_spaces() -> None:
    gold = replace(GOLD, title="A bridge is closed")
    assert page_score(gold, Found("", " A Bridge\nis closed"), 0.0).title is True
    assert page_score(gold, Found("", "A bridge is closed | Example"), 0.0).title is False


def test_what_was_not_asked_for_is_not_judged() -> None:
    gold = replace(GOLD, title="A", authors=("B",), date="2026-11-21")
    found = page_score(gold, Found(""), 0.0, gives_metadata=False)
    assert (found.title, found.author, found.date) == (None, None, None)


@pytest.mark.parametrize(
    ("annotated", "published", "is_right"),
    [
        ("2026-11-21", date(2026, 11, 21), True),
        ("2026-11-21", datetime(2026, 11, 21, 23, 30, tzinfo=UTC), True),
        ("2026-11-21 00:30:00+01:00", datetime(2026, 11, 20, 23, 30, tzinfo=UTC), True),  # its day in its zone
        ("2026-11-21 20:00:00-05:00", datetime(2026, 11, 21, tzinfo=UTC), True),  # only the day was on the page
        ("2026-11-21 20:00:00-05:00", date(2026, 11, 21), True),
        ("2026-11-21", date(2026, 11, 20), False),
        ("2026-11", date(2026, 11, 20), True),
        ("2026-11", date(2026, 12, 20), False),
        ("2026-11-21", None, False),
    ],
)
def test_a_date_is_right_when_the_day_is(annotated: str, published: date | None, is_right: bool) -> None:
    assert is_same_day(annotated, published) is is_right


def test_speed_is_the_median_the_slow_tail_and_pages_by_all_seconds() -> None:
    times = [0.001 * number for number in range(1, 21)]  # 1 to 20 ms, 210 in all
    found = speed([PageScore("en", seconds) for seconds in times])
    assert found.median == pytest.approx(10.5)
    assert found.p95 == pytest.approx(19.0)
    assert found.per_second == pytest.approx(20 / 0.21)


def overlaps(*pages: tuple[int, int, int]) -> list[PageScore]:
    """Scores of pages with such overlaps."""
    return [PageScore("en", 0.01, overlap=Overlap(*page)) for page in pages]


def f1(pages: Sequence[PageScore]) -> float:
    """F1 over pages."""
    found = text_score(pages)
    assert found is not None
    return found.f1


def test_the_interval_holds_the_difference_and_is_the_same_each_time() -> None:
    ours = overlaps(*[(9, 1, 1)] * 30, *[(5, 5, 5)] * 10)
    theirs = overlaps(*[(8, 2, 2)] * 30, *[(6, 4, 4)] * 10)
    low, high = paired_interval(ours, theirs, f1, resamples=400)
    assert low < f1(ours) - f1(theirs) < high
    assert (low, high) == paired_interval(ours, theirs, f1, resamples=400)


def test_the_pages_are_drawn_in_pairs() -> None:
    ours = overlaps(*[(size, 10 - size, 10 - size) for size in range(1, 10)])
    low, high = paired_interval(ours, ours, f1, resamples=100)
    assert (low, high) == (0.0, 0.0)


def noting(name: str, notes: list[tuple[str, str]]) -> Extractor:
    """An extractor that finds the page's name, and notes when it was asked."""

    def extract(page: AnnotatedPage) -> Found:
        notes.append((name, page.gold.page))
        return Found(page.gold.page)

    return Extractor(name, extract)


def some_pages(count: int) -> list[AnnotatedPage]:
    """Pages whose text is their name."""
    return [AnnotatedPage(b"", replace(GOLD, page=f"p{number}", text=f"p{number}")) for number in range(count)]


def test_the_extractors_take_turns_and_are_never_at_one_page_together() -> None:
    notes: list[tuple[str, str]] = []
    scores = measured(some_pages(6), [noting("one", notes), noting("two", notes)])
    turns = notes[2:]  # each is warmed up first
    assert [name for name, _ in turns] == ["one", "two"] * 6
    assert sorted(turns) == sorted((name, f"p{number}") for name in ("one", "two") for number in range(6))
    assert all(one[1] != two[1] for one, two in zip(turns[::2], turns[1::2], strict=True))
    assert all(page.overlap == Overlap(1, 0, 0) for pages in scores.values() for page in pages)


def test_a_library_that_fails_has_found_nothing_and_the_others_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(page: AnnotatedPage) -> Found:
        raise RuntimeError("no such luck")

    scores = measured(some_pages(2), [Extractor("bad", fail), noting("good", [])])
    assert [page.is_empty for page in scores["bad"]] == [True, True]
    assert [page.is_empty for page in scores["good"]] == [False, False]
    assert "bad failed on p0: RuntimeError('no such luck')" in capsys.readouterr().err


@pytest.mark.parametrize("name", [VIGIE, "trafilatura", "trafilatura, fast", REFERENCE])
def test_vigie_and_trafilatura_give_text_title_authors_and_date(name: str) -> None:
    [extractor] = [one for one in installed()[0] if one.name == name]
    found = extractor.extract(AnnotatedPage(PAGE, GOLD))
    assert found.text.startswith("The bridge over the river") or found.text.startswith("A bridge is closed")
    assert found.text.endswith("the council said in the evening.")
    assert (found.title, found.authors) == ("A bridge is closed", ("Ann Lee",))
    assert is_same_day("2026-11-20", found.published)


@pytest.mark.parametrize("name", ["readability-lxml", "newspaper4k", "resiliparse, main"])
def test_the_other_libraries_give_the_text_where_they_are_installed(name: str) -> None:
    extractors, missing = installed()
    if name in missing:
        pytest.skip(f"{name} is not installed")
    [extractor] = [one for one in extractors if one.name == name]
    assert "found a crack in one of its pillars" in extractor.extract(AnnotatedPage(PAGE, GOLD)).text


@pytest.mark.parametrize("name", ["readability-lxml", "newspaper4k", "resiliparse, main"])
def test_characters_that_xml_cannot_hold_are_kept_from_the_other_libraries(name: str) -> None:
    for extractor in installed()[0]:
        if extractor.name == name:
            found = extractor.extract(AnnotatedPage(PAGE.replace(b"a crack", b"a \x00cr\x0back"), GOLD))
            assert "found a crack in one of its pillars" in found.text


def figures(change: Callable[[Gold], Gold]) -> dict[str, Any]:
    """The summary of six pages, on which Vigie is right and trafilatura finds nothing."""
    pages = [replace(page, gold=change(page.gold)) for page in some_pages(6)]
    right, wrong = Extractor(VIGIE, lambda page: Found(page.gold.page)), Extractor(REFERENCE, lambda page: Found(""))
    return summary("tiny", "all", measured(pages, [right, wrong]))


def test_the_summary_compares_vigie_with_trafilatura_and_is_json() -> None:
    found = figures(lambda gold: gold)
    assert found["difference"] == {"of": "f1", "is": 1.0, "low": 1.0, "high": 1.0}
    assert found["extractors"][VIGIE]["by_language"]["en"] == {"pages": 6, "f1": 1.0, "snippets": None}
    assert found["extractors"][REFERENCE]["nothing_found"] == 6
    assert json.loads(json.dumps(found)) == found


def test_where_no_text_is_annotated_the_snippets_are_compared() -> None:
    found = figures(lambda gold: replace(gold, text=None, present=(gold.page,)))
    assert found["difference"] == {"of": "snippets", "is": 1.0, "low": 1.0, "high": 1.0}


def test_the_tables_have_a_row_for_each_extractor_and_no_empty_column() -> None:
    text = tables(figures(lambda gold: gold))
    assert "### tiny, all: 6 pages" in text
    assert "|  | F1 | precision | recall | exact | no text | ms, median | p95 | pages/s |" in text
    assert f"| {VIGIE} | 1.0000 | 1.0000 | 1.0000 | 1.000 | 0 |" in text
    assert "| F1 | en (6) |" in text
    assert f"| {REFERENCE} | 0.0000 |" in text
    assert "+1.0000 (95 % interval +1.0000 to +1.0000)" in text


HOSTS = ("alpha.com", "beta.com", "gamma.com", "delta.com", "epsilon.com", "zeta.com")


def tiny(folder: Path) -> Path:
    """A corpus of one page of each host, and one whose host nobody knows."""
    rows = [{"page": f"{host}.html", "url": f"https://{host}/a", "title": "A bridge is closed"} for host in HOSTS]
    rows.append({"page": "unknown.html", "title": "A bridge is closed"})
    folder.mkdir()
    for row in rows:
        (folder / row["page"]).write_bytes(PAGE)
    (folder / "gold.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def test_a_side_has_its_own_hosts_and_all_has_also_the_unknown(tmp_path: Path) -> None:
    corpus = tiny(tmp_path / "tiny")
    chosen = {side: [page.gold.host for page in chosen_pages(corpus, side)] for side in ("train", "test", "all")}
    assert chosen["all"] == [*HOSTS, ""]
    assert chosen["test"] == [host for host in HOSTS if side_of(host) == "test"]
    assert chosen["train"] == [host for host in HOSTS if side_of(host) == "train"]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The command with such arguments; afterwards names are looked up again."""

    def run(*arguments: object) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)
        monkeypatch.setattr(sys, "argv", ["extraction", *map(str, arguments)])
        main()

    return run


def test_the_command_prints_json_of_the_extractors_that_are_asked_for(
    tmp_path: Path, command: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    command(tiny(tmp_path / "tiny"), "--side", "all", "--only", VIGIE, "--only", REFERENCE, "--json")
    [found] = json.loads(capsys.readouterr().out)
    assert (found["corpus"], found["pages"], set(found["extractors"])) == ("tiny", 7, {VIGIE, REFERENCE})
    assert found["extractors"][VIGIE]["title"] == 1.0
    assert found["difference"] is None  # neither texts nor snippets are annotated


def test_the_command_measures_the_test_side_unless_told_otherwise(
    tmp_path: Path, command: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    command(tiny(tmp_path / "tiny"), "--only", VIGIE)
    assert f"### tiny, test: {sum(side_of(host) == 'test' for host in HOSTS)} pages" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--only", "nobody"], "No extractor here is called nobody"), (["none"], "none cannot be read")],
)
def test_what_cannot_be_measured_is_said(
    tmp_path: Path, command: Callable[..., None], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit, match=message):
        command(tiny(tmp_path / "tiny"), *arguments)


def test_metadata_is_judged_only_of_extractors_that_give_it() -> None:
    pages = [AnnotatedPage(b"", replace(GOLD, title="A"))]
    with_it = Extractor("with", lambda page: Found("", "A"), gives_metadata=True)
    scores = measured(pages, [with_it, Extractor("without", lambda page: Found(""))])
    assert (scores["with"][0].title, scores["without"][0].title) == (True, None)
