"""Import and export: a file becomes sources line by line, the sources become a file, and the one comes of the other."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from news.source import Feed
from service.export_sources import export_sources, may_hold_a_key
from service.import_sources import (
    FIRST_VISITS_PER_MINUTE,
    Present,
    carry_out,
    import_sources,
    plan_import,
    planned,
)
from service.subscription import Listing, Subscription
from service.subscription_file import read_subscriptions
from storage import Database, Transaction
from tests.commands import Commands
from tests.samples import HOUR, MINUTE, NOON, a_source

MIXED = """# mine
https://phare.example/feed Le Phare
http://phare.example/feed/?utm_source=x  The same again
ftp://files.example/
https://me:hunter2@secret.example/feed
beacon.example
Le Phare https://wrong.example/
feed://old.example/rss Le Phare
"""


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


def listing(*sources: tuple[str, str]) -> Listing:
    """A file with these names and URLs, one a line."""
    return Listing(tuple(Subscription(url, name, line=line) for line, (name, url) in enumerate(sources, 1)))


def many(count: int) -> Listing:
    """As many sources, each on a host of its own."""
    return listing(*((f"source {number}", f"https://h{number}.example/") for number in range(count)))


def test_each_line_gets_its_answer(vigie: Commands) -> None:
    vigie.settings("[crawler]\ninterval = '5m'\n")
    said = vigie("source", "import", "-", "--json", stdin=MIXED.encode())
    assert said.code == 1
    assert [(one["line"], one["name"], one["url"]) for one in said.json["added"]] == [
        (2, "Le Phare", "https://phare.example/feed"),
        (6, "beacon.example", "https://beacon.example/"),
        (8, "Le Phare (2)", "http://old.example/rss"),
    ]
    assert [(one["line"], one["reason"]) for one in said.json["known"]] == [(3, "line 2 has this URL already")]
    assert [one["line"] for one in said.json["refused"]] == [4, 5, 7]
    assert "hunter2" not in said.out
    listed = vigie("source", "list", "--json").json
    assert {one["name"] for one in listed} == {"Le Phare", "Le Phare (2)", "beacon.example"}
    assert {(one["origin"], one["interval"], one["alert_history"]) for one in listed} == {("command", 300, False)}


def test_the_answers_are_told_by_line_without_a_password(vigie: Commands, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text(MIXED, encoding="utf-8")
    said = vigie("source", "import", str(tmp_path / "urls.txt"))
    assert said.code == 1
    assert "added 3 sources; 1 known already; 3 refused" in said.out
    assert "not an http or https one" in said.out
    assert "…@secret.example" in said.out
    assert "hunter2" not in said.out + said.err


def test_a_file_imported_again_changes_nothing(vigie: Commands) -> None:
    text = b"https://a.example/\nhttps://b.example/\n"
    assert vigie("source", "import", "-", stdin=text).code == 0
    again = vigie("source", "import", "-", "--json", stdin=text)
    assert (again.code, again.json["added"], len(again.json["known"])) == (0, [], 2)
    assert again.json["known"][0]["reason"] == "the source 'a.example' has this URL already"


def test_a_dry_run_shows_and_adds_nothing(vigie: Commands) -> None:
    opml = b'<opml><body><outline text="Presse"><outline text="A" xmlUrl="https://a.example/"/></outline></body></opml>'
    said = vigie("source", "import", "-", "--dry-run", stdin=opml)
    assert said.code == 0
    assert "Presse" in said.out
    assert "would add 1 source" in said.out
    assert vigie("source", "list", "--json").json == []


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "there is no file"), (b"", "is empty"), (b"<html></html>", "no OPML"), ("folder", "cannot be read")],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    vigie: Commands, tmp_path: Path, content: bytes | str | None, said: str
) -> None:
    file = tmp_path / "file"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content:
        file.mkdir()
    refused = vigie("source", "import", str(file))
    assert refused.code == 2
    assert said in refused.err
    assert str(file) in refused.err


def test_a_long_report_is_cut_on_the_screen_and_whole_in_json(vigie: Commands) -> None:
    text = b"ftp://a.example/\n" * 250
    said = vigie("source", "import", "-", stdin=text)
    assert "50 more lines" in said.err
    assert len(vigie("source", "import", "-", "--json", stdin=text).json["refused"]) == 250


async def _found_at_the_home_page(tx: Transaction) -> None:
    for name, url in (("home", "https://a.example/"), ("feed", "https://b.example/rss"), ("map", "https://c.example/")):
        number = await tx.sources.put(a_source(name, url), NOON)
        await tx.sources.change(number, access={"headers": {"Cookie": "hunter2"}})
    home, feed, page = [(await tx.sources.get(name)).id for name in ("home", "feed", "map")]
    await tx.feeds.replace(home, [Feed("https://a.example/map", "sitemap"), Feed("https://a.example/rss", "feed")])
    await tx.feeds.replace(feed, [Feed("https://b.example/rss", "feed")])
    await tx.feeds.replace(page, [Feed("https://c.example/map", "sitemap")])
    gone = await tx.sources.put(a_source("gone", "https://gone.example/?key=hunter2"), NOON)
    await tx.sources.remove(gone)


@pytest.mark.parametrize("format_", ["opml", "list"])
def test_what_is_exported_makes_the_same_sources_again(vigie: Commands, tmp_path: Path, format_: str) -> None:
    vigie.stored(_found_at_the_home_page)
    exported = vigie("source", "export", "--format", format_)
    assert exported.code == 0
    assert "hunter2" not in exported.out + exported.err
    assert "gone" not in exported.out
    other = Commands(tmp_path / "other")
    (tmp_path / "other").mkdir()
    assert other("source", "import", "-", stdin=exported.out.encode()).code == 0
    both = [
        {(one["name"], one["url"]) for one in commands("source", "list", "--json").json} for commands in (vigie, other)
    ]
    assert both[0] == both[1] != set()
    assert vigie("source", "import", "-", "--json", stdin=exported.out.encode()).json["added"] == []


def test_a_home_page_is_exported_with_its_feed_for_other_readers(vigie: Commands) -> None:
    vigie.stored(_found_at_the_home_page)
    exported = vigie("source", "export").out
    assert 'type="rss" xmlUrl="https://a.example/rss" htmlUrl="https://a.example/"' in exported
    assert 'type="rss" xmlUrl="https://b.example/rss"/>' in exported
    assert 'type="link" url="https://c.example/"' in exported
    listed = vigie("source", "export", "--json").json
    assert {one["name"]: one["feed"] for one in listed} == {"home": "https://a.example/rss", "feed": None, "map": None}


def test_a_feed_that_was_found_at_a_source_is_known(vigie: Commands) -> None:
    vigie.stored(_found_at_the_home_page)
    [known] = vigie("source", "import", "-", "--json", stdin=b"https://a.example/rss\n").json["known"]
    assert known["reason"] == "it is a feed of the source 'home'"


def test_an_export_goes_to_a_file_and_warns_of_personal_keys(vigie: Commands, tmp_path: Path) -> None:
    vigie("source", "add", "https://paid.example/feed?token=abc", "--name", "Paid")
    file = tmp_path / "sources.opml"
    said = vigie("source", "export", "--output", str(file))
    assert said.out == f"wrote 1 source to {file}\n"
    assert "'Paid'" in said.err
    assert read_subscriptions(file.read_bytes()).subscriptions[0].name == "Paid"
    refused = vigie("source", "export", "--output", str(tmp_path / "no" / "where"))
    assert (refused.code, "cannot be written" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/?key=1", True),
        ("https://a.example/?a=1&user_token=x", True),
        ("https://a.example/?keyword=1", False),
        ("https://a.example/token", False),
    ],
)
def test_a_personal_key_is_seen_in_a_url(url: str, expected: bool) -> None:
    assert may_hold_a_key(Subscription(url)) == expected


async def test_sources_are_added_on_both_databases_and_come_back_in_a_file(database: Database) -> None:
    file = listing(("Été 😀", "https://a.example/"), ("", "https://b.example:81/x?y=1"), ("a\x00b\ufffe", "c.example"))
    imported = await import_sources(database, file, 300, NOON)
    assert [one.name for one in imported.added] == ["Été 😀", "b.example", "a b\ufffd"]
    async with database.read() as tx:
        sources = {source.name: source for source in await tx.sources.all()}
        exported = await export_sources(tx)
    assert {(one.name, one.url) for one in exported} == {(one.name, one.url) for one in imported.added}
    assert {(one.name, one.due_at) for one in imported.added} == {(one.name, one.due_at) for one in sources.values()}
    assert {(one.interval, one.origin, one.added_at) for one in sources.values()} == {(300, "command", NOON)}


async def test_a_removed_source_comes_back_and_a_taken_name_gets_a_number(database: Database) -> None:
    async with database.write() as tx:
        gone = await tx.sources.put(a_source("gone", "https://gone.example/"), NOON)
        await tx.sources.change(gone, failures=3, last_error="it burnt")
        await tx.sources.remove(gone)
        await tx.sources.put(a_source("taken", "https://taken.example/"), NOON)
        await tx.sources.put(a_source("Été", "https://ete.example/"), NOON)
    in_two = "E\u0301te\u0301"
    file = listing(
        ("gone", "https://gone.example/"), ("taken", "https://other.example/"), (in_two, "https://e.example/")
    )
    await import_sources(database, file, 300, NOON + HOUR)
    async with database.read() as tx:
        revived = await tx.sources.get("gone")
        assert (revived.id, revived.failures, revived.last_error, revived.due_at) == (gone, 0, "", NOON + HOUR)
        assert {source.name for source in await tx.sources.all()} == {
            "gone", "taken", "taken (2)", "Été", "Été (2)",
        }  # fmt: skip


async def test_many_are_put_at_once_but_for_those_whose_name_is_taken(database: Database) -> None:
    async with database.write() as tx:
        assert await tx.sources.put_many([a_source("one", "https://other.example/")], NOON) == {"one"}
        assert await tx.sources.put_many([a_source("one"), a_source("new")], NOON) == {"new"}
        assert await tx.sources.put_many([], NOON) == set()
        assert (await tx.sources.get("one")).url == "https://other.example/"
        assert (await tx.sources.get("new")).due_at == NOON


async def test_a_name_that_another_takes_meanwhile_is_told_by_its_line(database: Database) -> None:
    async with database.write() as tx:
        await tx.sources.put(a_source("source 700", "https://other.example/"), NOON)
        await tx.sources.remove((await tx.sources.get("source 700")).id)
    plan = await plan_import(database, many(1_000), NOON)
    async with database.write() as tx:
        await tx.sources.put(a_source("source 600", "https://other.example/"), NOON)
    imported = await carry_out(database, plan, 300, NOON)
    [refused] = imported.refused
    assert (refused.line, "meanwhile" in refused.reason, len(imported.added)) == (601, True, 999)


async def test_what_is_committed_before_a_crash_stays_and_the_rest_follows(database: Database) -> None:
    def crash(done: int, total: int) -> None:
        raise KeyboardInterrupt

    file = many(1_200)
    with pytest.raises(KeyboardInterrupt):
        await import_sources(database, file, 300, NOON, crash)
    left = await plan_import(database, file, NOON)
    assert (len(left.known), len(left.added)) == (500, 700)
    seen: list[tuple[int, int]] = []
    await import_sources(database, file, 300, NOON, lambda done, total: seen.append((done, total)))
    assert seen == [(500, 700), (700, 700)]
    assert (await plan_import(database, file, NOON)).added == ()


async def _statements(database: Database, file: Listing) -> int:
    """How many statements on sources and feeds an import sends."""
    sent: list[str] = []
    engines = [database._writer.sync_engine]
    if database._writer.dialect.name == "sqlite":  # on PostgreSQL, the reader's events are the writer's too
        engines.append(database._reader.sync_engine)

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM source" in statement or "FROM feed" in statement or "INTO source" in statement:
            sent.append(statement)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        await import_sources(database, file, 300, NOON)
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    return len(sent)


async def test_the_statements_grow_with_the_batches_and_not_with_the_sources(database: Database) -> None:
    assert await _statements(database, many(2_000)) == 2 + 2_000 / 500
    assert await _statements(database, many(2_000)) == 2, "all of them are known now"


def test_fifty_thousand_first_visits_are_spread() -> None:
    added = planned(many(50_000), Present(), NOON).added
    assert len(added) == 50_000
    for start in range(0, 50_000, 7_919):
        within = [one for one in added if added[start].due_at <= one.due_at < added[start].due_at + MINUTE]
        assert len(within) <= FIRST_VISITS_PER_MINUTE
    assert added[0].due_at == NOON
    assert added[-1].due_at < NOON + timedelta(hours=7)


def test_fifty_thousand_of_one_name_are_told_apart() -> None:
    same = listing(*(("x" * 300, f"https://h{number}.example/") for number in range(50_000)))
    names = {one.name for one in planned(same, Present(), NOON).added}
    assert len(names) == 50_000
    assert max(map(len, names)) <= 200


NAMES = st.text(st.sampled_from("ab (2)\x00\n\ufffe…é"), max_size=6)
URLS = st.sampled_from(["a.example", "http://A.example/", "https://b.example/x", "feed:https://b.example/x", "x", ""])


@given(st.lists(st.tuples(NAMES, URLS)), st.sets(NAMES))
def test_each_line_is_answered_once_and_no_name_or_url_twice(lines: Iterable[tuple[str, str]], taken: set[str]) -> None:
    file = listing(*lines)
    result = planned(file, Present(set(taken)), NOON)
    answered = [one.line for one in result.added] + [one.line for one in (*result.known, *result.refused)]
    assert sorted(answered) == [one.line for one in file.subscriptions]
    names = [one.name for one in result.added]
    assert len({*names, *taken}) == len(names) + len(taken)
    assert len({one.url for one in result.added}) == len(names)
    assert all(0 < len(name) <= 200 and "\n" not in name for name in names)


def test_the_home_page_stands_in_for_a_feed_that_cannot_be_visited() -> None:
    file = Listing((Subscription("ftp://a.example/", "A", home="https://a.example/", line=1),))
    assert planned(file, Present(), NOON).added[0].url == "https://a.example/"
