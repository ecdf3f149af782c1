"""Every mistake in vigie.toml is answered with its place and the nearest right word."""

import tomllib
from pathlib import Path

import pytest

from news.errors import ConfigError
from service.check import check_declared
from service.configuration import read, take_secrets_from_files
from service.positions import Places


def refused(tmp_path: Path, text: str) -> ConfigError:
    """The error that reading this text gives."""
    file = tmp_path / "vigie.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        check_declared(read(file), file)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "says", "hint"),
    [
        ("[crawler]\ndelai = 2\n", 2, 1, "unknown key crawler.delai", "did you mean 'delay'?"),
        ("[crawler]\n\n# delai\n  delai = 2\n", 4, 3, "crawler.delai", "'delay'"),
        ("[crawlr]\ndelay = 2\n", 1, 2, "unknown key crawlr", "did you mean 'crawler'?"),
        ('[[source]]\nname = "a"\nurl = "https://a.example"\n\n[[source]]\nname = "b"\nurl = "ftp://b"\n', 7, 1,
         "not an http or https", ""),
        ('[[source]]\nname = "a"\n', 1, 3, "source.url is missing", ""),
        ('[crawler]\ndelay = "soon"\n', 2, 1, "write a duration as", ""),
        ("[crawler]\nvisits = 0\n", 2, 1, "crawler.visits: write 1 or more", ""),
        ("[crawler]\nvisits = 501\n", 2, 1, "crawler.visits: write 500 at most", ""),
        ("[crawler]\nvisits = 1.5\n", 2, 1, "write a whole number, not 1.5", ""),
        ('[crawler]\nvisits = "many"\n', 2, 1, "write a whole number, not the text 'many'", ""),
        ('[log]\nlevel = "loud"\n', 2, 1, "write 'debug', 'info', 'warning' or 'error'", ""),
        ('[[watch]]\nname = ""\nquery = "xx"\n', 2, 1, "watch.name: write something here", ""),
        (f'[[watch]]\nname = "{201 * "n"}"\nquery = "xx"\n', 2, 1, "watch.name: write 200 characters at most", ""),
        ('[[watch]]\nname = "a"\nquery = 7\n', 3, 1, "watch.query: write a text in quotes, not a number", ""),
        ('[[watch]]\nname = "a"\nquery = "xx"\nmatch = [{text = "xx"}]\n', 4, 10,
         "watch.match: write a text in quotes, not a table", ""),
        ('[[watch]]\nname = "a"\nquery = "xx"\nmatch = "xx"\n', 4, 1,
         """watch.match: write a list such as ["one", "two"], not the text 'xx'""", ""),
        ('[[watch]]\nname = "a"\nquery = "xx"\npaused = "perhaps"\n', 4, 1,
         "watch.paused: write true or false, not the text 'perhaps'", ""),
        ("[crawler\n", 1, 9, "this is not TOML", ""),
        ('[network]\nallow = [\n  "127.0.0.1",\n]\n', 2, 1, "neither a network nor a host with a port", ""),
        ('[[watch]]\nname = "a"\nquery = "(x OU y"\n', 3, 1, "does not parse", ""),
        ('[[channel]]\nname = "a"\nkind = "pigeon"\n', 3, 1, "channel.kind", ""),
        ('[[watch]]\nname = "a"\nquery = "xx"\n[[watch]]\nname = "a"\nquery = "yy"\n', 5, 1,
         "two watch entries are named", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_line_and_column(
    tmp_path: Path, text: str, line: int, column: int, says: str, hint: str
) -> None:
    error = refused(tmp_path, text)
    assert says in error.message
    assert (error.line, error.column) == (line, column)
    assert error.file.endswith("vigie.toml")
    assert hint in error.hint


def _written(folder: Path, **files: str) -> Path:
    """These files, `a__b` meaning a/b.toml; the first of them."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / f"{next(iter(files))}.toml"


_ONE = '[[watch]]\nname = "{0}"\nquery = "{0}"\n'


def test_included_files_are_read_with_the_first_each_once_in_the_order_of_their_names(tmp_path: Path) -> None:
    file = _written(
        tmp_path,
        vigie='include = ["w/*.toml", "w/b.toml", "*.toml"]\n' + _ONE.format("x1"),
        **{f"w__c{number}": _ONE.format(f"c{number}") for number in reversed(range(9))},
        w__b=_ONE.format("b1")
        + '[[channel]]\nname = "desk"\nkind = "webhook"\nurl = "https://hook.example/"\nsecret_env = "S"\n',
        w__a=_ONE.format("a1") + _ONE.format("a2"),
    )
    settings = read(file)
    check_declared(settings, file)
    assert [watch.name for watch in settings.watch] == ["x1", "a1", "a2", "b1", *(f"c{number}" for number in range(9))]
    assert [channel.name for channel in settings.channel] == ["desk"]


def test_a_file_may_be_included_by_its_whole_path(tmp_path: Path) -> None:
    other = _written(tmp_path, other=_ONE.format("x1"))
    file = _written(tmp_path, vigie=f"include = ['{other}']\n")
    assert [watch.name for watch in read(file).watch] == ["x1"]


@pytest.mark.parametrize(
    ("included", "line", "column", "says"),
    [
        ('[[watch]]\nname = "a1"\nquery = "a1"\nchanel = []\n', 4, 1, "unknown key watch.chanel"),
        ('[[watch]]\nname = "a1"\n', 1, 3, "watch.query is missing"),
        ('[[watch]]\nname = "a1"\nquery = "a1"\n\n[[watch]]\nname = "a2"\nquery = "a2 ET"\n', 7, 1, "does not parse"),
        ('[[watch]]\nname = "a1"\nquery = "a1"\nmatch = ["b1",\n  2]\n', 5, 3, "watch.match"),
        ('[[watch]]\nname = "x1"\nquery = "a1"\n', 2, 1, "two watch entries are named 'x1'"),
        ("[crawler]\ndelay = 2\n", 1, 2, "crawler does not belong here"),
        ('watch = "x"\n', 1, 1, "watch does not belong here"),
        ('include = ["c.toml"]\n', 1, 1, "include does not belong here"),
        ("[[watch]\n", 1, 8, "this is not TOML"),
    ],
)
def test_a_mistake_in_an_included_file_is_named_with_its_own_place(
    tmp_path: Path, included: str, line: int, column: int, says: str
) -> None:
    file = _written(tmp_path, vigie='include = ["w/a.toml"]\n' + _ONE.format("x1") + _ONE.format("x2"), w__a=included)
    with pytest.raises(ConfigError) as caught:
        check_declared(read(file), file)
    assert says in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.file == str(tmp_path / "w" / "a.toml")


@pytest.mark.parametrize(
    ("include", "line", "column", "says"),
    [
        ('["w/*.toml"]', 2, 12, "no file fits 'w/*.toml'"),
        ('["vigie.toml", "gone.toml"]', 2, 26, "no file fits 'gone.toml'"),
        ('["a/**b"]', 2, 12, "cannot be looked for"),
        ('"w/*.toml"', 2, 1, "include: "),
        ("[1]", 2, 12, "include: "),
    ],
)
def test_a_file_that_cannot_be_included_is_named_where_it_is_asked_for(
    tmp_path: Path, include: str, line: int, column: int, says: str
) -> None:
    error = refused(tmp_path, f"# first\ninclude = {include}\n")
    assert says in error.message
    assert (error.line, error.column) == (line, column)


def test_a_misspelled_include_is_answered_with_the_right_word(tmp_path: Path) -> None:
    assert "'include'" in refused(tmp_path, "inclde = []\n").hint


def test_a_mistake_of_the_environment_alone_names_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_WATCH", '[{"name": "a1", "query": "b1"}, {"name": "a1", "query": "c1"}]')
    with pytest.raises(ConfigError, match="two watch entries") as caught:
        read(None)
    assert caught.value.file == ""


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "none.toml")


def test_a_file_that_is_not_utf8_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "vigie.toml"
    file.write_bytes(b'[log]\nlevel = "\xff"\n')
    with pytest.raises(ConfigError, match="UTF-8"):
        read(file)


def test_the_environment_wins_over_the_file_and_is_blamed_for_its_own_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "vigie.toml"
    file.write_text("[crawler]\ndelay = 2\n", encoding="utf-8")
    monkeypatch.setenv("VIGIE_CRAWLER__DELAY", "5s")
    assert read(file).crawler.delay == 5
    monkeypatch.setenv("VIGIE_WEB__PORT", "high")
    with pytest.raises(ConfigError, match="VIGIE_WEB__PORT"):
        read(file)


def test_a_secret_may_lie_in_a_file_that_the_environment_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("postgresql://vigie:geheim@db/vigie\n", encoding="utf-8")
    environment = {"VIGIE_DATABASE__URL_FILE": str(secret)}
    take_secrets_from_files(environment)
    assert environment["VIGIE_DATABASE__URL"] == "postgresql://vigie:geheim@db/vigie"


_TOML = """\
a . "b.c" = 1 # d = 2
list = ["x]", # [e]
  \'\'\'y
[[watch]]\'\'\', {k = "v, }", l = [1, 2]}]
[t."x y"]
s = \"\"\"a"b\"\"\"\"
z = 1979-05-27T07:32:00Z
[[watch]]
match = [\"\"\"
line
\"\"\", 'z']
[watch.sub]
k = 1
[[watch]]
[[watch.inner]]
[[watch.inner]]
q = 2
"""


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("a", "b.c"), 1, 5), (("d",), 0, 0), (("list", 0), 2, 9), (("e",), 0, 0), (("list", 1), 3, 3),
        (("list", 2), 4, 15), (("list", 2, "k"), 4, 16), (("list", 2, "l", 1), 4, 36), (("t", "x y", "z"), 7, 1),
        (("t", "x y", "s"), 6, 1), (("watch", 0), 8, 3), (("watch", 0, "match", 0), 9, 10),
        (("watch", 0, "match", 1), 11, 6), (("watch", 0, "sub", "k"), 13, 1), (("watch", 1), 14, 3),
        (("watch", 1, "inner", 0), 15, 9), (("watch", 1, "inner", 1, "q"), 17, 1), (("watch", 2), 0, 0),
    ],
)  # fmt: skip
def test_everything_in_a_file_is_found_where_it_stands(path: tuple[str | int, ...], line: int, column: int) -> None:
    tomllib.loads(_TOML)
    assert Places(_TOML).of(path) == (line, column)


def test_a_long_file_is_gone_through_once() -> None:
    text = "".join(f'[[watch]]\nname = "w{number}"\nmatch = ["a [[", "b"]\n' for number in range(20_000))
    assert Places(text).of(("watch", 19_999, "match", 1)) == (60_000, 18)


def test_a_key_is_found_behind_values_of_several_lines() -> None:
    text = '[a]\nlong = """\nb = 1\n"""\nlist = [\n  1,\n  2,\n]\nb = 3\n'
    assert Places(text).of(("a", "b")) == (9, 1)
    assert Places(text).of(("a", "c")) == (0, 0)
