"""`vigie prune` as a user calls it: it shows what would go, and does it when told to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import Transaction
from tests.commands import Commands
from tests.samples import a_source, an_article

DAY = timedelta(days=1)


async def _articles(tx: Transaction) -> None:
    source_id = await tx.sources.put(a_source(), datetime.now(UTC))
    for days in (1, 100, 1_000):
        seen_at = datetime.now(UTC) - days * DAY
        article = an_article(f"https://phare.example/{days}", f"Il y a {days} jours", "Un texte. " * 400)
        await tx.articles.add(article, source_id, seen_at, seen_at)


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder with three articles."""
    commands = Commands(tmp_path)
    commands.stored(_articles)
    return commands


def _left(vigie: Commands) -> list[str]:
    return [one["title"] for one in vigie("article", "list", "--json").json]


def test_what_would_go_is_shown_and_goes_with_yes(vigie: Commands) -> None:
    shown = vigie("prune", "--articles", "2y")
    assert shown.code == 0
    assert "would go" in shown.out
    assert "Le Phare 1" in shown.out
    assert "Nothing has gone yet" in shown.out
    assert len(_left(vigie)) == 3
    done = vigie("prune", "--articles", "2y", "--yes")
    assert (done.code, "gone" in done.out) == (0, True)
    assert "of the file are free" in done.out
    assert _left(vigie) == ["Il y a 100 jours", "Il y a 1 jours"]


def test_the_settings_say_how_long_unless_an_option_does(vigie: Commands) -> None:
    vigie.settings(
        '[retention]\narticles = "2y"\nmatched = "5y"\nsources = { "Le Phare" = "12w", "Ailleurs" = "1y" }\n'
    )
    planned = vigie("prune", "--json")
    assert "'Ailleurs', which is not there" in planned.err
    assert [(one["what"], one["count"]) for one in planned.json["shares"]] == [
        ("articles", 0), ("articles", 2), ("matched articles", 0),
    ]  # fmt: skip
    assert planned.json["done"] is False
    assert vigie("prune", "--articles", "1000d", "--json").json["shares"][0]["count"] == 1
    done = vigie("prune", "--yes", "--json").json
    assert (done["done"], done["shares"][1]["count"], done["free_bytes"] > 0) == (True, 2, True)
    assert _left(vigie) == ["Il y a 1 jours"]


def test_without_a_word_on_how_long_everything_is_kept(vigie: Commands) -> None:
    refused = vigie("prune", "--yes")
    assert (refused.code, "everything is" in refused.err, "--articles 2y" in refused.err) == (2, True, True)
    assert len(_left(vigie)) == 3


@pytest.mark.parametrize("age", ["1d", "29d", "2 years", "m", "", "-1y", "999999999y", "30"])
def test_an_age_that_cannot_be_is_refused(vigie: Commands, age: str) -> None:
    assert vigie("prune", "--articles", age, "--yes").code == 2
    assert len(_left(vigie)) == 3


def test_articles_that_were_matched_do_not_go_before_the_others(vigie: Commands) -> None:
    refused = vigie("prune", "--articles", "2y", "--matched", "1y", "--yes")
    assert (refused.code, "--matched is shorter than --articles" in refused.err) == (2, True)
    assert len(_left(vigie)) == 3
    assert vigie("prune", "--articles", "2y", "--matched", "2y").code == 0


def test_a_source_that_is_not_there_is_said_so(vigie: Commands) -> None:
    refused = vigie("prune", "--articles", "2y", "--source", "Le Fare", "--yes")
    assert (refused.code, "Le Fare" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('articles = "2 years"', "2:1: retention.articles: write an age as 90d, 12w or 2y"),
        ('articles = "5d"', "retention.articles"),
        ('articles = "2y"\nmatched = "1y"', "shorter than the age at which other articles go"),
        ('matched = "1y"\nsources = {"Le Phare" = "2y"}', "shorter than the age"),
        ('sources = {"Le Phare" = "1d"}', "retention.sources"),
        ("article = 3", "did you mean 'articles'"),
    ],
)
def test_a_retention_that_makes_no_sense_is_refused_with_its_place(vigie: Commands, text: str, why: str) -> None:
    vigie.settings(f"[retention]\n{text}\n")
    refused = vigie("prune")
    assert (refused.code, why in refused.err) == (2, True), refused.err
