"""`vigie watch explain`, as it is typed: what it prints, and what its exit code says."""

from pathlib import Path

import pytest
from rich.console import Console

from cli import output, watch_explain
from tests.commands import Commands
from tests.trails import SITE, put_trails


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on an archive with an article for each fate."""
    commands = Commands(tmp_path)
    commands.stored(put_trails)
    return commands


def explained(vigie: Commands, watch: str, page: str) -> tuple[int, list[str]]:
    """The exit code and the lines printed."""
    told = vigie("watch", "explain", watch, f"{SITE}/{page}")
    return told.code, told.out.splitlines()


def test_a_match_is_told_from_the_source_to_each_delivery(vigie: Commands) -> None:
    code, lines = explained(vigie, "Corée", "told")
    assert code == 0
    assert lines[1] == "The watch “Corée” matches: missile AND (Pyongyang OR Moscou)"
    assert lines[3:] == [
        "✓ source     2026-11-13 12:00 UTC  “Le Phare” is watched",
        "✓ discovered 2026-11-14 12:00 UTC  listed by a feed",
        "│            2026-11-14 11:00 UTC  published, as it was listed",
        "✓ fetched    2026-11-14 12:01 UTC  from https://www.phare.example/page",
        "✓ extracted  2026-11-14 12:02 UTC  article 1: “Pyongyang tire un missile”, 9 words,"
        " language unknown, 97% sure",
        "│            2026-11-14 11:00 UTC  published, as its page says",
        "✓ story      2026-11-14 12:02 UTC  story 1, one of 2 articles",
        "✓ matched    2026-11-14 12:03 UTC  2 hits in the title and 1 hit in the text",
        "✓ alerted    2026-11-14 12:03 UTC  alert 1",
        "✓ delivered  2026-11-14 12:05 UTC  to “bureau”, 2 attempts",
        "│            2026-11-14 12:04 UTC  failed: 503 Busy (12 ms)",
        "│            2026-11-14 12:05 UTC  accepted: 200 OK (12 ms)",
        "… delivered                        to “téléphone”: held, for the channel is paused: 410 Gone",
        "│                                  hint: vigie channel resume 'téléphone'",
        "",
        "✓ all of",
        "✓ ├─ the word “missile”",
        "✓ └─ any of",
        "✓    ├─ the word “Pyongyang”",
        "·    └─ the word “Moscou”",
        "",
        "Pyongyang tire un missile",
        "  Le missile a volé.",
        "  Rien de plus, dit Séoul.",
    ]


def test_a_miss_is_exit_code_1_and_drawn_on_the_tree(vigie: Commands) -> None:
    code, lines = explained(vigie, "missile AND =séoul AND title:Séoul", "told")
    assert code == 1
    failed = "=séoul does not occur in the title or the text, only in another case: “Séoul”"
    assert lines[-7:] == [
        f"✗ matched                          {failed}",
        "",
        "✗ all of",
        "✓ ├─ the word “missile”",
        "✗ ├─ exactly “séoul”, case and accents kept – only in another case: “Séoul”",
        "✗ └─ in the title",
        "✗    └─ the word “Séoul” – only in the text",
    ]


def test_what_was_not_reached_is_told(vigie: Commands) -> None:
    code, lines = explained(vigie, "Corée", "gone")
    assert code == 1
    assert lines[1].startswith("The watch “Corée” has not seen it: ")
    assert lines[-1] == "· not reached: extracted, story, matched, alerted, delivered"


def test_json_has_all_of_it(vigie: Commands) -> None:
    found = vigie("watch", "explain", "Corée", f"{SITE}/told", "--json")
    assert found.code == 0
    told = found.json
    assert (told["watch"], told["matched"], told["why"], told["stopped_at"]) == ("Corée", True, None, "delivered")
    assert told["hits"][0] == {"field": "title", "start": 0, "end": 9}
    assert told["tree"]["parts"][1]["parts"][1] == {
        "clause": "Moscou", "state": "not needed", "why": None, "parts": [],
    }  # fmt: skip
    assert told["steps"][1]["at"] == "2026-11-14T12:00:00Z"
    assert told["steps"][-1]["hint"] == "vigie channel resume 'téléphone'"
    [snippet] = told["snippets"]
    assert [snippet["text"][span["start"] : span["end"]] for span in snippet["spans"]] == ["missile"]
    missed = vigie("watch", "explain", "football", f"{SITE}/short", "--json")
    assert (missed.code, missed.json["article"], missed.json["tree"], missed.json["watch"]) == (1, None, None, None)
    assert missed.json["stopped_at"] == "extracted"


def test_the_values_of_a_test_are_drawn_as_they_are(vigie: Commands) -> None:
    code, lines = explained(vigie, "missile lang:(en OR de) site:phare.example", "told")
    assert code == 1
    tree = lines[lines.index("✗ all of") :]
    assert [line for line in tree if "“" in line] == [
        "✓ ├─ the word “missile”",
        "✗ │     ├─ “en”",
        "✗ │     └─ “de”",
        "✓    └─ “phare.example”",
    ]


@pytest.mark.parametrize(
    ("watch", "url", "said"),
    [
        ("missile AND", f"{SITE}/told", "^ character 9"),
        ("Corée", "ftp://phare.example/a", "not an http or https one"),
        ("watch:Personne", f"{SITE}/told", "no watch “Personne”"),
    ],
)
def test_bad_use_is_exit_code_2(vigie: Commands, watch: str, url: str, said: str) -> None:
    refused = vigie("watch", "explain", watch, url)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err


def test_of_a_thousand_branches_those_that_hold_are_drawn(vigie: Commands) -> None:
    query = " OR ".join([*(f"w{number}" for number in range(1_000)), "missile"])
    code, lines = explained(vigie, query, "told")
    assert code == 0
    tree = lines[lines.index("✓ any of") :]
    assert len(tree) < 20
    assert "✓ ├─ the word “missile”" in tree
    assert "  └─ … and 989 more" in tree


@pytest.mark.parametrize("width", [80, 120])
def test_on_a_terminal_no_line_is_wider_than_it(
    vigie: Commands, width: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "screen").open("w+", encoding="utf-8") as screen:
        console = Console(file=screen, force_terminal=True, width=width, color_system=None, soft_wrap=True)
        for module in (output, watch_explain):
            monkeypatch.setattr(module, "out", console)
        vigie("watch", "explain", "Corée", f"{SITE}/told")
        vigie("watch", "explain", '"un missile tire" NEAR/3 (Séoul OR Moscou) OR title:"Rien de plus"', f"{SITE}/told")
        screen.seek(0)
        lines = screen.read().splitlines()
    way = [line for line in lines if line[:1] in "✓✗…·│ "]
    assert max(map(len, way)) <= width
    assert len(way) > 30
