"""What commands print: nothing that steers a terminal, JSON that survives, times that read well."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest
from rich.text import Text

from cli import output
from cli.highlight import passages
from cli.output import ago, harmless, highlighted, plain, print_facts, print_json, print_line, print_table, size
from cli.queries import pointed_at
from news.article import Span

NOON = datetime(2026, 11, 14, 12, tzinfo=UTC)
STEERING = "\x1b[31m\x9b31m\x07\x08\r\x7f\u202e\u2066"


def test_a_text_keeps_its_length_and_its_line_ends_and_loses_what_steers() -> None:
    assert harmless("a\x1b[2Jb\x9bc\td\ne") == "a�[2Jb�c d\ne"
    assert len(harmless(STEERING)) == len(STEERING)


@pytest.mark.parametrize("show", [
    print_line,
    lambda text: print_line(("x", "bold"), Text(text, style="red")),
    lambda text: print_table(text, [text], [[text], [Text(text)]], text),
    lambda text: print_table("", [], [], text),
    lambda text: print_facts([(text, text)]),
    lambda text: output.print_prose(highlighted(text, [Span("text", 0, 3)]), indent=2),
])  # fmt: skip
def test_nothing_that_is_printed_steers_the_terminal(show, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    show(f"start{STEERING}end")
    printed = capsys.readouterr().out
    assert "start" in printed
    assert not set(printed) & set(STEERING) - set("[31m")


def test_markup_is_printed_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    print_line("[bold]x[/bold] :smile:")
    print_table("", ["[a]"], [["[red]y"]], "")
    assert capsys.readouterr().out == "[bold]x[/bold] :smile:\n[a]\n[red]y\n"


def test_a_pipe_gets_one_line_a_row_however_long(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("", ["name", "text"], [["one\ntwo", "word " * 100], ["three", "x" * 300]], "")
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_json_steers_nothing_and_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"text": f"é{STEERING}\n\ud800"}
    print_json(value)
    printed = capsys.readouterr().out
    assert "é" in printed
    assert not set(printed) & set(STEERING) - set("[31m")
    assert json.loads(printed) == value


def test_values_become_plain_and_times_are_told_in_utc() -> None:
    @dataclass(frozen=True)
    class Thing:
        at: datetime
        tags: tuple[str, ...]

    paris = timezone(timedelta(hours=1))
    assert plain({1: Thing(NOON.astimezone(paris), ("a",))}) == {"1": {"at": "2026-11-14T12:00:00Z", "tags": ["a"]}}


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(seconds=5), "5 s ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(days=5), "5 d ago"),
        (timedelta(minutes=-5), "in 5 min"),
    ],
)
def test_a_time_is_told_in_one_unit(span: timedelta, told: str) -> None:
    assert ago(NOON - span, NOON) == told


def test_a_caret_stands_under_the_character_also_after_wide_ones() -> None:
    assert pointed_at("東京 AND )", 7) == "  東京 AND )\n           ^ character 8"


def test_a_long_query_is_shown_around_the_place_only() -> None:
    query, caret = pointed_at("word " * 100 + ")" + " word" * 100, 500).splitlines()
    assert query.startswith("  …") and query.endswith("…")
    assert query[caret.index("^")] == ")"
    assert len(query) < 80


TEXT = "Rien.\n\nUn missile vole.\n\nRien.\n\nLe missile."


def _shown(*spans: Span) -> list[tuple[str, list[str]]]:
    return [
        (passage.plain, [passage.plain[mark.start : mark.end] for mark in passage.spans])
        for passage in passages(TEXT, spans)
    ]


def test_the_passages_are_the_paragraphs_that_hold_hits() -> None:
    last = TEXT.rindex("missile")
    assert _shown(Span("title", 0, 5), Span("text", 10, 17), Span("text", last, last + 7)) == [
        ("Un missile vole.", ["missile"]),
        ("Le missile.", ["missile"]),
    ]


def test_a_hit_that_runs_over_two_paragraphs_is_marked_in_both() -> None:
    assert _shown(Span("text", 18, 30)) == [("Un missile vole.", ["vole."]), ("Rien.", ["Rien."])]


def test_without_a_hit_in_the_text_its_beginning_is_shown() -> None:
    assert _shown(Span("title", 0, 5)) == [("Rien.", [])]


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0.0 kB"),
        (12_345, "12.3 kB"),
        (999_999, "1,000.0 kB"),
        (1_000_000, "1.0 MB"),
        (7_900_000_000, "7.9 GB"),
        (12_345_600_000_000, "12,345.6 GB"),
    ],
)
def test_a_size_is_told_in_the_unit_that_suits_it(count: int, told: str) -> None:
    assert size(count) == told
