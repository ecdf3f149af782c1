"""Watches that use others, by the commands: shown, followed when renamed, never left without what they use."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from matching import document, search_row
from news.watch import Watch
from storage import Transaction
from tests.commands import Commands
from tests.samples import NOON, a_source, an_article
from tests.trails import SITE, put_trails


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own, with three watches, each but the first using the one before."""
    commands = Commands(tmp_path)
    for name, query in (
        ("Corée", "Corée OU Pyongyang"),
        ("Asie", "watch:Corée OU Chine"),
        ("Armes", "veille:Asie armes"),
    ):
        assert commands("watch", "add", name, query).code == 0
    return commands


def _query(vigie: Commands, name: str) -> str:
    return str(vigie("watch", "show", name, "--json").json["query"])


def test_a_watch_shows_the_trees_of_those_that_it_uses_and_who_uses_it(vigie: Commands) -> None:
    shown = vigie("watch", "show", "Asie", "--json").json
    assert (shown["canonical"], shown["used_by"]) == ("watch:Corée OR Chine", ["Armes"])
    assert shown["tree"][1:3] == ["├─ what the watch “Corée” looks for", "│  └─ any of"]
    assert "used by  Armes" in vigie("watch", "show", "Asie").out


@pytest.mark.parametrize(
    ("query", "caret", "says"),
    [
        ("armes watch:Coree", 7, "there is no watch “Coree”"),
        ("watch:Neuve", 1, "circle: Neuve → Neuve"),
        ("armes NEAR/3 watch:Armes", 14, "written out, NEAR/3 joins words"),
    ],
)
def test_a_watch_that_could_not_be_asked_is_not_added(vigie: Commands, query: str, caret: int, says: str) -> None:
    refused = vigie("watch", "add", "Neuve", query)
    assert (refused.code, says in refused.err) == (2, True)
    assert f"^ character {caret}\n" in refused.err
    assert "Neuve" not in vigie("watch", "list").out


def test_a_misspelled_watch_is_answered_with_the_right_name(vigie: Commands) -> None:
    assert "did you mean watch:Corée ?" in vigie("search", "watch:Coree").err
    assert "did you mean veille:Corée ?" in vigie("search", "Veille:Coree").err


def test_a_name_is_found_however_its_accents_are_typed(tmp_path: Path) -> None:
    vigie = Commands(tmp_path)
    in_two, in_one = "E\u0301te\u0301", "Été"
    assert vigie("watch", "add", in_two, "chaleur", "--json").json["name"] == in_one
    assert "exists already" in vigie("watch", "add", in_one, "chaleur").err
    assert vigie("watch", "add", "Canicule", f"veille:{in_two} alerte").code == 0
    assert vigie("watch", "show", in_two, "--json").json["used_by"] == ["Canicule"]
    assert vigie("watch", "test", in_two, "--json").json["query"] == "chaleur"
    assert vigie("matches", "list", "--watch", in_two).code == 0
    assert "is used by the watch 'Canicule'" in vigie("watch", "remove", in_two).err
    assert vigie("watch", "edit", in_two, "--rename", "Summer").code == 0
    assert _query(vigie, "Canicule") == "veille:Summer alerte"


@pytest.mark.parametrize(
    "command",
    [
        ("matches", "list", "--watch", "Corée"),
        ("deliveries", "list", "--channel", "téléphone"),
        ("article", "list", "--source", "Marée"),
        ("search", "missile", "--source", "Marée"),
        ("watch", "explain", "Corée", f"{SITE}/told"),
    ],
)
def test_what_is_listed_by_a_name_is_too(tmp_path: Path, command: tuple[str, ...]) -> None:
    async def fill(tx: Transaction) -> None:
        await put_trails(tx)
        await tx.sources.change(1, name="Marée")

    vigie = Commands(tmp_path)
    vigie.stored(fill)
    in_one = vigie(*command, "--json").json
    assert in_one
    assert vigie(*(unicodedata.normalize("NFD", part) for part in command), "--json").json == in_one


def test_the_names_of_channels_and_sources_too(tmp_path: Path) -> None:
    vigie = Commands(tmp_path)
    in_two, in_one = "Te\u0301le\u0301", "Télé"
    assert vigie("channel", "add", "webhook", in_two, "--url", "https://hooks.example/x").code == 0
    told = vigie("watch", "add", "Corée", "Séoul", "--channel", in_two, "--json").json
    assert told["channels"] == [in_one]
    assert "is named by the watch 'Corée'" in vigie("channel", "remove", in_two).err
    vigie.settings(f'[[watch]]\nname = "Un"\nquery = "Séoul"\nchannels = ["{in_two}"]\n')
    assert vigie("watch", "lint", "--archive").code == 0
    vigie.settings("")
    assert vigie("channel", "edit", in_two, "--rename", "Radio").code == 0
    assert vigie("watch", "show", "Corée", "--json").json["channels"] == ["Radio"]
    assert vigie("source", "add", "https://tele.example/", "--name", in_two, "--json").json["name"] == in_one
    for name in (in_one, in_two):
        assert vigie("search", "Séoul", "--source", name).out == "No stored article matches.\n"


def test_an_edit_may_not_lead_in_a_circle_nor_break_those_that_use_it(vigie: Commands) -> None:
    refused = vigie("watch", "edit", "Corée", "--query", "Séoul OU watch:Armes")
    assert "circle: Corée → Armes → Asie → Corée" in refused.err
    vigie("watch", "add", "Près", "watch:Corée NEAR/3 armes")
    refused = vigie("watch", "edit", "Corée", "--query", "Corée Séoul")
    assert (refused.code, "the watch 'Près' uses this one" in refused.err) == (2, True)
    assert _query(vigie, "Corée") == "Corée OU Pyongyang"


def test_a_new_name_is_followed_by_those_that_use_it(vigie: Commands) -> None:
    assert vigie("watch", "edit", "Asie", "--rename", "Asie de l’Est").code == 0
    assert _query(vigie, "Armes") == 'veille:"Asie de l’Est" armes'
    assert vigie("watch", "list", "--json").json[0]["state"] == "ok"
    refused = vigie("watch", "edit", "Corée", "--rename", "la «Corée»")
    assert "cannot have quotes" in refused.err
    assert _query(vigie, "Asie de l’Est") == "watch:Corée OU Chine"


def test_a_watch_of_the_file_keeps_what_it_uses_by_that_name(vigie: Commands) -> None:
    vigie.settings('[[watch]]\nname = "Fichier"\nquery = "watch:Corée Séoul"\n')
    refused = vigie("watch", "edit", "Corée", "--rename", "Coree")
    assert "the watch 'Fichier' uses the watch 'Corée'" in refused.err
    assert "vigie.toml" in refused.err


def test_a_watch_that_others_use_is_not_removed_but_may_be_paused(vigie: Commands) -> None:
    refused = vigie("watch", "remove", "Corée")
    assert (refused.code, "is used by the watch 'Asie'" in refused.err) == (2, True)
    assert vigie("watch", "pause", "Corée").code == 0
    assert [watch["state"] for watch in vigie("watch", "list", "--json").json] == ["ok", "ok", "paused"]
    assert vigie("watch", "remove", "Armes").code == 0


def test_a_watch_whose_other_is_gone_is_shown_as_broken_and_the_doctor_says_so(vigie: Commands) -> None:
    vigie.settings('[[watch]]\nname = "Fichier"\nquery = "Séoul OU Busan"\n')
    assert vigie("watch", "add", "Veuve", "watch:Fichier port").code == 0
    vigie.settings("")
    listed = {watch["name"]: watch for watch in vigie("watch", "list", "--json").json}
    assert (listed["Veuve"]["state"], listed["Corée"]["state"]) == ("broken", "ok")
    assert listed["Veuve"]["error"] == "there is no watch “Fichier”"
    shown = vigie("watch", "show", "Veuve")
    assert (shown.code, "there is no watch “Fichier”" in shown.out) == (0, True)
    assert "what the watch “Fichier” looks for" in shown.out
    found = [one for one in vigie("doctor", "--json").json if one["check"] == "watch Veuve"]
    assert [one["verdict"] for one in found] == ["fail"]
    assert "vigie watch edit 'Veuve'" in found[0]["advice"]


def test_a_query_that_a_former_version_kept_is_shown_with_what_is_wrong(vigie: Commands) -> None:
    async def put(tx: Transaction) -> None:
        await tx.watches.put(Watch(0, "Vieille", "Corée ET ("), NOON)

    vigie.stored(put)
    shown = vigie("watch", "show", "Vieille", "--json").json
    assert (shown["state"], shown["canonical"], shown["tree"]) == ("broken", None, [])
    assert "bracket" in shown["error"]


def test_search_and_test_find_what_the_watches_in_a_query_look_for(vigie: Commands) -> None:
    async def put(tx: Transaction) -> None:
        source = await tx.sources.put(a_source("phare", "https://phare.example/"), NOON)
        for number, title in enumerate(("Pyongyang livre des armes", "Pékin livre des armes", "La Chine se tait")):
            article = replace(an_article(f"https://phare.example/{number}", title, "Rien de plus."), language="fr")
            added = await tx.articles.add(article, source, NOON, NOON)
            assert added is not None
            await tx.search.add(added, search_row(document(article, "phare")), source)

    vigie.stored(put)
    assert [hit["title"] for hit in vigie("search", "watch:Asie -armes", "--json").json["hits"]] == ["La Chine se tait"]
    tried = vigie("watch", "test", "Armes", "--json").json
    assert [hit["title"] for hit in tried["newest"]] == ["Pyongyang livre des armes"]
    assert tried["newest"][0]["spans"] == [
        {"field": "title", "start": 0, "end": 9},
        {"field": "title", "start": 20, "end": 25},
    ]
