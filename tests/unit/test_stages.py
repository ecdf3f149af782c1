"""Where the time of an extraction goes: each stage's own, the rest, and the table of them."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bench.corpus import AnnotatedPage, Gold
from bench.stages import STAGES, Stopwatch, main, measured, table, watched
from extraction import article
from extraction.decoding import decoded

PAGE = b"""<html lang="en"><head><title>A bridge is closed</title></head><body><article><h1>A bridge is closed</h1>
<p>The bridge over the river was closed on Friday morning after engineers had found a crack in one of its pillars.</p>
<p>Buses take another way until the repair is done, which may last for three weeks, the council said in the evening.</p>
</article></body></html>"""
A_PAGE = AnnotatedPage(PAGE, Gold("a.html", "https://example.com/a", "example.com"))


class Hands:
    """A clock whose hands are moved by those whose time it takes."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def take(self, seconds: float) -> None:
        self.now += seconds


def attributes() -> list[Any]:
    """What the stages' names stand for at the moment."""
    found = []
    for _, module, path in STAGES:
        each: Any = import_module(module)
        for part in path.split("."):
            each = getattr(each, part)
        found.append(each)
    return found


def test_what_a_stage_has_others_do_is_their_time_and_not_its_own() -> None:
    hands = Hands()
    watch = Stopwatch(hands)
    inner = watch.timed("inner", hands.take)

    def work(before: float, *, after: float) -> str:
        hands.take(before)
        inner(5)
        hands.take(after)
        return "done"

    hands.take(1)
    assert watch.timed("outer", work)(2, after=0.5) == "done"
    hands.take(3)
    assert watch.read() == {"the rest": 4, "outer": 2.5, "inner": 5}
    hands.take(1)
    assert watch.read() == {"the rest": 1}, "and it starts again"


def test_a_stage_that_fails_has_had_its_time_and_those_around_it_go_on() -> None:
    hands = Hands()
    watch = Stopwatch(hands)

    def fail() -> None:
        hands.take(2)
        raise ValueError

    with pytest.raises(ValueError):
        watch.timed("failing", fail)()
    hands.take(1)
    assert watch.read() == {"the rest": 1, "failing": 2}


def test_every_stage_is_there_and_is_put_back_even_after_a_failure() -> None:
    before = attributes()
    with watched(Stopwatch()):
        assert all(now is not then for now, then in zip(attributes(), before, strict=True))
    assert attributes() == before
    with pytest.raises(KeyError), watched(Stopwatch()):
        raise KeyError
    assert attributes() == before


def test_each_page_is_measured_once_and_the_first_read_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands()
    watch = Stopwatch(hands)
    paces = iter((100.0, 1.0, 2.0))

    def slow(*arguments: Any) -> str:
        hands.take(next(paces))
        return decoded(*arguments)

    monkeypatch.setattr(article, "decoded", slow)
    with watched(watch):
        spent = measured([A_PAGE, A_PAGE], watch)
    assert [page["decoding"] for page in spent] == [1, 2]
    assert {"parsing", "walk", "lines", "titles", "date", "features", "trees", "line rules"} <= set(spent[0])
    assert set(spent[0]) <= {name for name, _, _ in STAGES} | {"the rest"}


def test_the_table_tells_mean_median_tail_and_share_of_each_stage() -> None:
    spent: list[dict[str, float]] = [{"walk": 0.001 * number, "the rest": 0.001} for number in range(21)]
    lines = table(spent).splitlines()
    assert "| walk | 10.00 | 10.00 | 19.00 | 91% |" in lines
    assert "| the rest | 1.00 | 1.00 | 1.00 | 9% |" in lines
    assert "| all | 11.00 | 11.00 | 20.00 | 100% |" in lines
    assert "| trafilatura | 0.00 | 0.00 | 0.00 | 0% |" in lines
    assert len(lines) == 2 + len(STAGES) + 2


def test_a_corpus_is_named_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a.html").write_bytes(PAGE)
    (tmp_path / "gold.jsonl").write_text('{"page": "a.html", "url": "https://example.com/a", "text": "A bridge"}\n')
    monkeypatch.setattr(sys, "argv", ["stages", str(tmp_path), "--side", "all"])
    main()
    assert "| Stage | mean ms |" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["stages", str(tmp_path / "nowhere")])
    with pytest.raises(SystemExit, match="nowhere"):
        main()
    (tmp_path / "gold.jsonl").write_text("")
    monkeypatch.setattr(sys, "argv", ["stages", str(tmp_path)])
    with pytest.raises(SystemExit, match="No page of these corpora is on the side 'train'"):
        main()
