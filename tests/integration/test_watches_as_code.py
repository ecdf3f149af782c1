"""Watches as code: the file's watches are linted, and brought in as planned."""

from pathlib import Path

import pytest

from news.watch import Watch
from storage import Transaction
from tests.commands import Commands, Said
from tests.samples import NOON

HOOK = '[[channel]]\nname = "desk"\nkind = "webhook"\nurl = "https://hook.example/"\nsecret_env = "HOOK"\n'


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


def _watch(name: str, query: str, *more: str) -> str:
    return "\n".join(["[[watch]]", f'name = "{name}"', f"query = '{query}'", *more, ""])


def test_lint_says_that_all_is_well(vigie: Commands) -> None:
    vigie.settings(
        HOOK + _watch("Corée", "Corée", 'channels = ["desk"]', 'match = ["La Corée"]', 'no_match = ["La pluie"]')
    )
    said = vigie("watch", "lint")
    assert (said.code, said.out, said.err) == (0, "1 watches, 2 texts: all is well.\n", "")
    assert vigie("watch", "lint", "--json").json == {"watches": 1, "texts": 2, "faults": []}
    assert [file.name for file in vigie.folder.iterdir()] == ["vigie.toml"], "no archive is needed, and none is made"


def test_lint_tells_each_text_with_its_place_and_exits_with_1(vigie: Commands) -> None:
    vigie.settings('include = ["w/*.toml"]\n')
    (vigie.folder / "w").mkdir()
    file = vigie.folder / "w" / "asie.toml"
    file.write_text(
        _watch("Corée", "Corée armes", "match = [", "  '''La Corée", "a des armes''',", "  'La Corée',", "]")
    )
    said = vigie("watch", "lint")
    assert said.code == 1
    assert said.out == (
        f"{file}:7: watch 'Corée' does not match “La Corée” (in fr): armes does not occur in the title or the text\n"
        "1 watches, 2 texts: 1 fault.\n"
    )
    [fault] = vigie("watch", "lint", "--json").json["faults"]
    assert (fault["file"], fault["line"], fault["column"]) == (str(file), 7, 3)
    assert (fault["watch"], fault["kind"], fault["text"]) == ("Corée", "match", "La Corée")


def test_lint_points_at_what_does_not_parse_tells_the_rest_too_and_exits_with_2(vigie: Commands) -> None:
    vigie.settings(
        _watch("Un", "Corée ET (")
        + _watch("Deux", "watch:Unn", 'channels = ["desk"]')
        + _watch("Trois", "x1", 'no_match = ["x1"]')
    )
    said = vigie("watch", "lint")
    assert said.code == 2
    lines = said.out.splitlines()
    assert lines[0].endswith("vigie.toml:3: watch 'Un': this bracket is never closed")
    assert lines[1:3] == ["  Corée ET (", "           ^ character 10"]
    assert any("no channel named 'desk'" in line for line in lines)
    assert any("did you mean watch:Un ?" in line for line in lines)
    assert any("watch 'Trois' matches “x1”" in line for line in lines)
    assert lines[-1] == "3 watches, 1 texts: 4 faults."


def test_faults_are_told_in_the_order_of_the_lines_and_slips_beside_them(vigie: Commands) -> None:
    vigie.settings(
        _watch("Un", "Corée or Séoul", 'no_match = ["Corée or Séoul"]', 'match = ["Corée"]', 'channels = ["desk"]')
        + _watch("Deux", "watch:Unn")
    )
    said = vigie("watch", "lint")
    assert [line.split(":")[1] for line in said.out.splitlines() if "vigie.toml:" in line] == ["4", "5", "6", "9"]
    assert said.err == "note: watch 'Un': “or” is looked for as a word; the operator is written OR\n"
    assert [fault["line"] for fault in vigie("watch", "lint", "--json").json["faults"]] == [4, 5, 6, 9]


@pytest.mark.parametrize(
    "text",
    [
        "[[watch]\n",
        '[[watch]]\nname = "a"\n',
        'include = ["gone.toml"]\n',
        'crawler.interval = "61 * * * *"\n',
        '[[channel]]\nname = "a"\nkind = "email"\n',
    ],
)
def test_lint_exits_with_2_where_the_file_is_bad(vigie: Commands, text: str) -> None:
    vigie.settings(text)
    said = vigie("watch", "lint")
    assert (said.code, said.out) == (2, "")
    assert "vigie.toml:1:" in said.err


def test_lint_needs_a_file(vigie: Commands) -> None:
    said = vigie("watch", "lint")
    assert (said.code, "cannot be read" in said.err) == (2, True)


def test_lint_counts_what_commands_made_only_if_asked(vigie: Commands) -> None:
    vigie("channel", "add", "webhook", "desk", "--url", "https://127.0.0.1/")
    vigie("watch", "add", "Corée", "Corée OU Séoul")
    vigie.settings(_watch("Armes", "watch:Corée armes", 'channels = ["desk"]', 'match = ["Séoul, ses armes"]'))
    said = vigie("watch", "lint")
    assert (said.code, "--archive" in said.out) == (2, True)
    assert vigie("watch", "lint", "--archive").code == 0
    assert [watch.name for watch in _stored(vigie)] == ["Corée"], "nothing was brought in"


def _stored(vigie: Commands) -> list[Watch]:
    async def read(tx: Transaction) -> list[Watch]:
        return await tx.watches.all()

    return vigie.stored(read)


def _apply(vigie: Commands, *options: str, answer: str = "") -> Said:
    return vigie("watch", "apply", *options, stdin=answer.encode())


def _brought_in(vigie: Commands, text: str) -> None:
    vigie.settings(text)
    assert _apply(vigie, "--yes").code == 0


def test_a_plan_shows_what_is_added_changed_and_removed_and_is_applied_after_a_yes(vigie: Commands) -> None:
    vigie("watch", "add", "Mienne", "Séoul")
    _brought_in(vigie, _watch("Un", "a1") + _watch("Deux", "b1") + _watch("Trois", "c1"))
    vigie.settings(_watch("Un", "a2") + _watch("Deux", "b1", 'watchlist = "W"') + _watch("Quatre", "d1"))
    before = _stored(vigie)
    refused = _apply(vigie, answer="n\n")
    assert refused.code == 1
    assert refused.out.startswith(
        "+ Quatre\n    query: d1\n"
        "~ Un\n    query: a1\n        → a2\n"
        "~ Deux\n    watchlist: none\n            → W\n"
        "- Trois\n    query: c1\n"
        "1 to add, 2 to change, 1 to remove, 0 unchanged\n"
    )
    assert "nothing was applied" in refused.err
    assert _stored(vigie) == before
    assert _apply(vigie, answer="y\n").code == 0
    assert {(watch.name, watch.query, watch.origin) for watch in _stored(vigie)} == {
        ("Mienne", "Séoul", "command"), ("Un", "a2", "file"), ("Deux", "b1", "file"), ("Quatre", "d1", "file"),
    }  # fmt: skip


def test_a_dry_run_changes_nothing_and_json_tells_the_plan(vigie: Commands) -> None:
    _brought_in(vigie, _watch("Un", "a1") + _watch("Deux", "b1"))
    vigie.settings(_watch("Un", "a2") + _watch("Trois", "c1"))
    plan = _apply(vigie, "--dry-run", "--json").json
    assert plan == {
        "added": [{"name": "Trois", "query": "c1", "channels": [], "watchlist": "", "paused": False, "rules": {}}],
        "changed": [{"name": "Un", "changes": {"query": {"old": "a1", "new": "a2"}}}],
        "removed": ["Deux"],
        "unchanged": [],
        "warnings": [],
        "applied": False,
    }
    assert [watch.query for watch in _stored(vigie)] == ["b1", "a1"]
    assert _apply(vigie, "--yes", "--json").json == {**plan, "applied": True}
    assert _apply(vigie, "--yes", "--json").json["unchanged"] == ["Un", "Trois"]


def test_a_plan_without_a_change_asks_nothing(vigie: Commands) -> None:
    _brought_in(vigie, _watch("Un", "a1"))
    said = _apply(vigie)
    assert (said.code, said.out) == (0, "0 to add, 0 to change, 0 to remove, 1 unchanged\n")


def test_only_the_watches_are_brought_in_and_missing_channels_are_told(vigie: Commands) -> None:
    vigie.settings(HOOK + _watch("Un", "a1", 'channels = ["desk", "phone"]'))
    said = _apply(vigie, "--yes")
    assert said.code == 0
    assert "names the channel 'desk', which is not there, before the file's channels are brought in" in said.err
    assert "names the channel 'phone', which is not there\n" in said.err

    async def channels(tx: Transaction) -> int:
        return len(await tx.channels.all())

    assert vigie.stored(channels) == 0


def test_a_plan_tells_which_watches_could_then_not_be_asked(vigie: Commands) -> None:
    _brought_in(vigie, _watch("Un", "a1"))

    async def put(tx: Transaction) -> None:
        await tx.watches.put(Watch(0, "Mienne", "watch:Un b1"), NOON)
        await tx.watches.put(Watch(0, "Vieille", "watch:Rien b1"), NOON)

    vigie.stored(put)
    vigie.settings(_watch("Deux", "watch:Mienne"))
    assert _apply(vigie, "--dry-run", "--json").json["warnings"] == [
        "the watch 'Mienne' could not be asked: there is no watch “Un”",
        "the watch 'Deux' could not be asked: there is no watch “Un”, which the watch “Mienne” uses",
    ]


@pytest.mark.parametrize("options", [(), ("--yes",)])
def test_a_name_that_a_command_has_taken_is_refused(vigie: Commands, options: tuple[str, ...]) -> None:
    vigie("watch", "add", "Un", "Séoul")
    vigie.settings(_watch("Un", "a1"))
    refused = _apply(vigie, *options)
    assert (refused.code, "a command has made one" in refused.err) == (2, True)


def test_apply_needs_a_file_and_json_an_answer(vigie: Commands) -> None:
    assert "there is no settings file" in _apply(vigie, "--yes").err
    vigie.settings(_watch("Un", "a1"))
    refused = _apply(vigie, "--json")
    assert (refused.code, "--dry-run" in refused.err) == (2, True)


def test_a_plan_that_has_become_another_is_not_carried_out(vigie: Commands) -> None:
    from service.apply import apply, look_ahead
    from service.settings import Settings

    settings = Settings.model_validate({"watch": [{"name": "Un", "query": "a1"}]})

    async def late(tx: Transaction) -> None:
        seen = (await look_ahead(tx, settings)).plan
        await tx.watches.put(Watch(0, "Zwei", "b1", origin="file"), NOON)
        with pytest.raises(Exception, match="changed meanwhile"):
            await apply(tx, settings, seen, NOON)

    vigie.stored(late)
    assert [watch.name for watch in _stored(vigie)] == ["Zwei"]
