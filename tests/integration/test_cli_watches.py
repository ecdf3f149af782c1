"""The commands of watches, and the searches that show what a query finds."""

from dataclasses import replace
from pathlib import Path

import pytest

from matching import document, search_row
from news.article import Article
from storage import Transaction
from tests.commands import Commands
from tests.samples import NOON, a_source, an_article

HOOK = ["channel", "add", "webhook", "desk", "--url", "https://127.0.0.1/"]


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


async def _put(tx: Transaction, source: str, *articles: Article) -> list[int]:
    source_id = await tx.sources.put(a_source(source, f"https://{source}.example/"), NOON)
    numbers = []
    for article in articles:
        number = await tx.articles.add(article, source_id, NOON, NOON)
        assert number is not None
        await tx.search.add(number, search_row(document(article, source)), source_id)
        numbers.append(number)
    return numbers


def _french(number: int, title: str, text: str = "Rien de neuf.") -> Article:
    return replace(an_article(f"https://phare.example/{number}", title, text), language="fr")


async def _archive(tx: Transaction) -> None:
    await _put(
        tx,
        "phare",
        _french(1, "Un missile", "Pyongyang tire un missile.\n\nPyongyang se tait."),
        _french(2, "La pluie", "Il pleut sur la ville."),
        _french(3, "Deux missiles", "Rien de plus."),
    )
    await _put(tx, "beacon", replace(an_article("https://beacon.example/1", "A missile", "It flew."), language="en"))


def test_a_query_that_does_not_parse_is_shown_with_a_caret_under_the_place(vigie: Commands) -> None:
    refused = vigie("watch", "add", "Corée", "Pyongyang AND (missile OR")
    assert refused.code == 2
    assert refused.out == ""
    error, query, caret, hint = refused.err.splitlines()
    assert error == "error: nothing follows this OR"
    assert query == "  Pyongyang AND (missile OR"
    assert caret == "                         ^ character 24"
    assert caret.index("^") == query.index("OR")
    assert hint.startswith("hint: ")
    assert not (vigie.folder).exists()


@pytest.mark.parametrize("command", [["search"], ["watch", "test"], ["watch", "edit", "Corée", "--query"]])
def test_every_command_that_takes_a_query_points_at_its_errors(vigie: Commands, command: list[str]) -> None:
    refused = vigie(*command, "missile AND )")
    assert refused.code == 2
    assert "  missile AND )\n" in refused.err
    assert "^ character 9" in refused.err


def test_a_watch_names_channels_that_are_there(vigie: Commands) -> None:
    vigie(*HOOK)
    refused = vigie("watch", "add", "Corée", "missile", "--channel", "desk", "--channel", "phone")
    assert refused.code == 2
    assert "there is no channel named 'phone'" in refused.err
    assert "there are: desk" in refused.err
    added = vigie("watch", "add", "Corée", "missile", "--channel", "desk", "--watchlist", "Asie", "--json")
    assert (added.json["channels"], added.json["watchlist"]) == (["desk"], "Asie")


def test_a_watch_shows_how_its_query_is_understood(vigie: Commands) -> None:
    vigie("watch", "add", "Corée", "Pyongyang ET missile OU satellite")
    shown = vigie("watch", "show", "Corée", "--json").json
    assert shown["query"] == "Pyongyang ET missile OU satellite"
    assert shown["canonical"] == "Pyongyang AND missile OR satellite"
    told = vigie("watch", "show", "Corée").out
    assert all(line in told for line in shown["tree"])
    assert "tells    all channels" in told


def test_the_watches_of_one_watchlist_are_listed_alone(vigie: Commands) -> None:
    vigie("watch", "add", "Corée", "missile", "--watchlist", "Asie")
    vigie("watch", "add", "Pluie", "pluie")
    assert [watch["name"] for watch in vigie("watch", "list", "--json").json] == ["Corée", "Pluie"]
    assert [watch["name"] for watch in vigie("watch", "list", "--watchlist", "Asie", "--json").json] == ["Corée"]
    assert "There is no watch in 'Europe'." in vigie("watch", "list", "--watchlist", "Europe").out


def test_a_watch_is_edited_and_told_to_all_channels_again(vigie: Commands) -> None:
    vigie(*HOOK)
    vigie("watch", "add", "Corée", "missile", "--channel", "desk", "--watchlist", "Asie")
    edited = vigie("watch", "edit", "Corée", "--query", "satellite", "--rename", "Ciel", "--json").json
    assert (edited["name"], edited["query"]) == ("Ciel", "satellite")
    assert (edited["channels"], edited["watchlist"]) == (["desk"], "Asie")
    edited = vigie("watch", "edit", "Ciel", "--all-channels", "--watchlist", "", "--json").json
    assert (edited["channels"], edited["watchlist"]) == ([], "")


def test_an_edited_watch_names_channels_that_are_there(vigie: Commands) -> None:
    vigie("watch", "add", "Corée", "missile")
    assert "no channel named 'phone'" in vigie("watch", "edit", "Corée", "--channel", "phone").err


_AND = "note: “and” is looked for as a word; the operator is written AND\n"


def test_an_operator_in_small_letters_is_a_word_and_a_note_says_so(vigie: Commands) -> None:
    vigie.stored(_archive)
    assert vigie("watch", "add", "Corée", "Corée and Nord").err == _AND
    assert vigie("watch", "show", "Corée", "--json").err == _AND
    assert _AND in vigie("watch", "test", "Corée", "--json").err
    assert _AND in vigie("watch", "test", "Corée", "--against", "missile").err
    assert "written OU" in vigie("watch", "edit", "Corée", "--query", "Corée ou Nord").err
    assert vigie("watch", "edit", "Corée", "--watchlist", "Asie").err == ""
    assert vigie("watch", "edit", "Corée", "--query", 'Corée AND "Nord and South"').err == ""


def test_a_name_that_is_missing_is_asked_for_in_plain_words(vigie: Commands) -> None:
    assert "error: name: write something here\n" in vigie("watch", "add", "", "corée").err


def test_a_watch_is_tried_on_all_that_is_stored(vigie: Commands) -> None:
    vigie.stored(_archive)
    vigie("watch", "add", "Corée", "missile")
    tried = vigie("watch", "test", "Corée", "--limit", "2", "--json").json
    assert (tried["query"], tried["matches"], tried["articles"]) == ("missile", 2, 4)
    assert [hit["title"] for hit in tried["newest"]] == ["A missile", "Un missile"]
    told = vigie("watch", "test", "missile OR missiles", "--limit", "1").out
    assert "A missile" in told
    assert "Un missile" not in told
    assert "3 of 4 stored articles match." in told
    assert "That is 3.0 alerts a day on the last day" in told


def test_a_search_finds_the_newest_first_and_says_where_the_hits_are(vigie: Commands) -> None:
    vigie.stored(_archive)
    newest, oldest = vigie("search", "missile", "--json").json["hits"]
    assert (newest["source"], oldest["source"]) == ("beacon", "phare")
    assert newest["spans"] == [{"field": "title", "start": 2, "end": 9}]
    hits = [oldest[span["field"]][span["start"] : span["end"]] for span in oldest["spans"]]
    assert hits == ["missile", "missile"]


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (["--source", "phare"], ["Un missile"]),
        (["--lang", "en"], ["A missile"]),
        (["--lang", "FR"], ["Un missile"]),
        (["--limit", "1"], ["A missile"]),
        (["--source", "beacon", "--lang", "fr"], []),
    ],
)
def test_a_search_is_narrowed_by_source_language_and_number(
    vigie: Commands, options: list[str], titles: list[str]
) -> None:
    vigie.stored(_archive)
    assert [hit["title"] for hit in vigie("search", "missile", *options, "--json").json["hits"]] == titles


def test_a_search_goes_on_beyond_its_first_batch_of_candidates(vigie: Commands) -> None:
    async def many(tx: Transaction) -> None:
        first = _french(0, "Le tout premier", "Pyongyang tire un missile.")
        decoys = [_french(number, "Encore", "Un missile, sans rien de Pyongyang.") for number in range(1, 251)]
        await _put(tx, "phare", first, *decoys)

    vigie.stored(many)
    [hit] = vigie("search", "missile AND Pyongyang NOT rien", "--json").json["hits"]
    assert hit["title"] == "Le tout premier"
    assert len(vigie("search", "missile", "--limit", "240", "--json").json["hits"]) == 240


def test_a_search_goes_on_with_the_cursor_that_a_page_tells(vigie: Commands) -> None:
    vigie.stored(_archive)
    for order in ("newest", "relevance"):
        first = vigie("search", "missile", "--order", order, "--limit", "1", "--json").json
        told = vigie("search", "missile", "--order", order, "--limit", "1").out
        assert f"go on with --cursor {first['next']}" in told
        second = vigie("search", "missile", "--order", order, "--cursor", first["next"], "--json").json
        assert {hit["title"] for hit in first["hits"] + second["hits"]} == {"A missile", "Un missile"}
        assert (len(second["hits"]), second["next"]) == (1, None)


def test_a_search_counts_instead_of_listing(vigie: Commands) -> None:
    vigie.stored(_archive)
    assert vigie("search", "missile", "--count").out == "2 stored articles match.\n"
    assert vigie("search", "missile", "--lang", "fr", "--count").out == "1 stored article matches.\n"
    assert vigie("search", "missile", "--count", "--json").json == {"count": 2, "is_exact": True}


def test_a_cursor_of_another_order_is_refused(vigie: Commands) -> None:
    refused = vigie("search", "missile", "--order", "relevance", "--cursor", "n3")
    assert (refused.code, "is no cursor of this search" in refused.err) == (2, True)


def test_a_search_in_a_source_that_is_not_there_says_so(vigie: Commands) -> None:
    refused = vigie("search", "missile", "--source", "phare")
    assert refused.code == 2
    assert "there is no source named 'phare'" in refused.err


def test_a_search_without_a_hit_says_so_and_is_no_failure(vigie: Commands) -> None:
    found = vigie("search", "missile")
    assert (found.code, found.out) == (0, "No stored article matches.\n")
