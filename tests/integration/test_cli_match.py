"""`vigie match`, as people use grep: what it prints, and what its exit code says."""

from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from cli import output
from tests.commands import Commands

TROOPS = "Pyongyang livre des armes\n\nLa Corée du\nNord a livré des armes à Séoul.\r\nRien de plus.\n"


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


@pytest.fixture
def troops(tmp_path: Path) -> str:
    """A file with a title and a text."""
    return _file(tmp_path, "troops.txt", TROOPS)


def _file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_bytes(text.encode())
    return str(path)


def test_the_lines_with_the_hits_are_printed_with_field_and_number(vigie: Commands, troops: str) -> None:
    found = vigie("match", "armes", troops)
    assert found.out == "title:1:Pyongyang livre des armes\ntext:4:Nord a livré des armes à Séoul.\n"
    assert (found.code, found.err) == (0, "")
    assert not vigie.folder.exists(), "no archive is needed, and none is made"


def test_a_phrase_that_runs_over_a_line_end_shows_both_lines(vigie: Commands, troops: str) -> None:
    lines = vigie("match", '"Corée du Nord"', troops).out.splitlines()
    assert [line.split(":")[1] for line in lines] == ["3", "4"]


def test_several_texts_are_told_apart_by_their_names(vigie: Commands, troops: str, tmp_path: Path) -> None:
    other = _file(tmp_path, "other.txt", "Rien\nLes armes se taisent.")
    silent = _file(tmp_path, "silent.txt", "Rien\n")
    found = vigie("match", "armes", silent, other, troops)
    assert [line.rpartition(":")[0] for line in found.out.splitlines()] == [
        f"{other}:text:2", f"{troops}:title:1", f"{troops}:text:4",
    ]  # fmt: skip
    assert found.code == 0


def test_standard_input_is_a_text_too(vigie: Commands, troops: str) -> None:
    assert vigie("match", "pluie", "-", stdin=b"La pluie\n").out == "title:1:La pluie\n"
    found = vigie("match", "pluie OU Pyongyang", "-", troops, stdin="\ufeffLa pluie\n".encode())
    assert found.out.splitlines()[0] == "(standard input):title:1:La pluie"


def test_a_match_without_a_hit_shows_the_title(vigie: Commands, troops: str) -> None:
    assert vigie("match", "lang:fr -sport", troops).out == "title:1:Pyongyang livre des armes\n"


def test_nothing_found_is_silent_and_exit_code_1(vigie: Commands, troops: str) -> None:
    found = vigie("match", "Corée PRÈS/1 Séoul", troops)
    assert (found.code, found.out, found.err) == (1, "", "")


def test_a_query_that_does_not_parse_is_pointed_at(vigie: Commands, troops: str) -> None:
    refused = vigie("match", "armes OR", troops)
    assert (refused.code, refused.out) == (2, "")
    assert "  armes OR\n        ^ character 7\nhint: " in refused.err


@pytest.mark.parametrize("name", ["gone.txt", ".", "latin1.txt"])
def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(
    vigie: Commands, troops: str, tmp_path: Path, name: str
) -> None:
    (tmp_path / "latin1.txt").write_bytes("Corée".encode("latin-1"))
    found = vigie("match", "armes", str(tmp_path / name), troops)
    assert (found.code, len(found.out.splitlines())) == (2, 2)
    assert str(tmp_path / name) in found.err
    listed = vigie("match", "armes", str(tmp_path / name), troops, "--json").json
    assert [("error" in one, one.get("matches")) for one in listed] == [(True, None), (False, True)]


def test_json_tells_where_the_hits_are_in_title_and_text(vigie: Commands, troops: str) -> None:
    [found] = vigie("match", "Pyongyang Séoul", troops, "--json").json
    title, _, text = TROOPS.partition("\n")
    assert (found["title"], found["text"], found["language"]) == (title, text, "fr")
    assert [(hit["field"], found[hit["field"]][hit["start"] : hit["end"]]) for hit in found["hits"]] == [
        ("title", "Pyongyang"),
        ("text", "Séoul"),
    ]
    missed = vigie("match", "Pyongyang pluie", troops, "--json")
    assert (missed.code, missed.json[0]["matches"], missed.json[0]["hits"]) == (1, False, [])
    assert missed.json[0]["why"] == "pluie does not occur in the title or the text"


def test_the_language_may_be_given(vigie: Commands, troops: str) -> None:
    assert vigie("match", "lang:ko armes", troops).code == 1
    assert vigie("match", "lang:ko armes", troops, "--lang", "KO").code == 0
    assert vigie("match", "armes", troops, "--lang", "ko", "--json").json[0]["language"] == "ko"
    assert vigie("match", "armes", troops, "--lang", "").code == 0


@pytest.mark.parametrize("command", [["search", "armes"], ["match", "armes", "-"]])
def test_what_is_no_language_is_refused_with_what_to_write(vigie: Commands, command: list[str]) -> None:
    refused = vigie(*command, "--lang", "french")
    assert (refused.code, refused.out) == (2, "")
    assert "“french” is not the code of a language" in refused.err
    assert "as in --lang fr" in refused.err


def test_the_reason_of_a_miss_is_told_if_asked(vigie: Commands, troops: str) -> None:
    assert vigie("match", "football", troops).err == ""
    missed = vigie("match", "armes titre:(Moscou OU Séoul)", troops, "--why")
    assert (missed.code, missed.out) == (1, "")
    assert missed.err == f"note: {troops}: no branch of Moscou OR Séoul is met in the title\n"
    assert vigie("match", "armes", troops, "--why").err == ""


def test_the_watches_in_a_query_are_those_of_the_archive(vigie: Commands, troops: str) -> None:
    vigie("watch", "add", "Corée", "Pyongyang OU Séoul")
    vigie.settings('[[watch]]\nname = "Du fichier"\nquery = "watch:Corée armes"\n')
    assert len(vigie("match", 'veille:"Du fichier"', troops).out.splitlines()) == 2
    refused = vigie("match", "armes watch:Coree", troops)
    assert refused.code == 2
    assert "^ character 7\nhint: did you mean watch:Corée ?" in refused.err


def test_the_hits_are_marked_on_a_terminal(vigie: Commands, troops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[Text] = []
    monkeypatch.setattr(output, "out", Console(quiet=True))
    monkeypatch.setattr(output.out, "print", printed.append)
    vigie("match", '"Corée du Nord"', troops)
    assert [
        [line.plain[span.start : span.end] for span in line.spans if "yellow" in str(span.style)] for line in printed
    ] == [
        ["Corée du"],
        ["Nord"],
    ]


def test_a_long_text_full_of_hits_is_gone_through_once(vigie: Commands, tmp_path: Path) -> None:
    text = _file(tmp_path, "long.txt", "titre\n" + "armes armes\n" * 20_000)
    assert len(vigie("match", "armes", text).out.splitlines()) == 20_000
