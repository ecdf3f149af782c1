"""Rows 39 and 40: half a schema, a newer one, and a backup made to deceive: refused, with what to do, and untouched."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from storage import Transaction
from tests.backups import rewritten, with_entry, with_manifest
from tests.commands import Commands
from tests.samples import NOON, a_source
from tests.schemas.stored import build, fill, revisions, shape, stored

_LAST = revisions()[-1]


class _Archive:
    """A database that was made behind Vigie's back, and the commands that find it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.commands = Commands(folder)
        self.commands.settings(f'[web]\nport = 0\n[database]\nurl = "{url}"\n')
        parsed = make_url(url)
        is_sqlite = parsed.get_backend_name() == "sqlite"
        self._engine = create_engine(parsed if is_sqlite else parsed.set(drivername="postgresql+psycopg"))

    def made(self, revision: str, statement: str) -> None:
        """The stored database of a schema, and then something done to it."""
        with self._engine.begin() as connection:
            build(connection, revision)
            fill(connection, stored(revision)["rows"])
            connection.execute(text(statement))

    def seen(self) -> tuple[str, list[str], int]:
        """What tells whether anything was done: the tables, the schema that it claims, its articles."""
        with self._engine.connect() as connection:
            claimed = [str(row[0]) for row in connection.execute(text("SELECT version_num FROM alembic_version"))]
            return shape(connection), claimed, int(connection.scalar(text("SELECT count(*) FROM article")) or 0)

    def close(self) -> None:
        self._engine.dispose()


_BROKEN = {
    "half applied": ("0009", "CREATE TABLE thread (id integer)", "vigie restore FILE --replace"),
    "half a column": ("0010", "ALTER TABLE channel ADD COLUMN at_once integer", "vigie restore FILE --replace"),
    "a claim": ("0009", f"UPDATE alembic_version SET version_num = '{_LAST}'", "vigie restore FILE --replace"),
    "newer": ("0009", "UPDATE alembic_version SET version_num = '9999'", "upgrade Vigie, or restore a backup"),
}


@pytest.mark.parametrize("broken", _BROKEN)
def test_row_39_half_a_schema_and_a_newer_one_are_refused_with_what_to_do(
    blank_database_url: str, tmp_path: Path, broken: str
) -> None:
    """Row 39: commands that read or write say it, and leave the database as it is; for the service see the next."""
    revision, statement, advice = _BROKEN[broken]
    archive = _Archive(tmp_path, blank_database_url)
    archive.made(revision, statement)
    before = archive.seen()
    for command in (["source", "list"], ["watch", "add", "Corée", "Corée"]):
        said = archive.commands(*command)
        assert (said.code, advice in " ".join(said.err.split()), "Traceback" in said.err) == (2, True, False), said
    assert archive.seen() == before
    archive.close()


async def test_row_39_the_service_does_not_begin_on_half_a_schema(blank_database_url: str, tmp_path: Path) -> None:
    revision, statement, advice = _BROKEN["half applied"]
    archive = _Archive(tmp_path, blank_database_url)
    archive.made(revision, statement)
    before = archive.seen()
    said = await archive.commands.apart("run")
    assert (said.code, advice in " ".join(said.err.split()), "Traceback" in said.err) == (2, True, False), said
    assert archive.seen() == before
    archive.close()


async def _a_source(tx: Transaction) -> None:
    await tx.sources.put(a_source(), NOON)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup that is sound."""
    commands = Commands(tmp_path / "from")
    (tmp_path / "from").mkdir()
    commands.settings("[crawler]\ndelay = 2\n")
    commands.stored(_a_source)
    made = commands("backup", str(tmp_path / "backup.zip"))
    assert made.code == 0, made.err
    return tmp_path / "backup.zip"


def _named(name: str, mode: int = 0o100_000) -> Callable[[Path], None]:
    return lambda file: with_entry(file, name, mode=mode)


def _listed(name: str) -> Callable[[Path], None]:
    """The manifest has the name too, so that nothing but the name is wrong."""

    def change(file: Path) -> None:
        rewritten(file, lambda members: members.update({name: members.pop("settings/vigie.toml")}))
        with_manifest(file, lambda manifest: manifest["members"][1].update(name=name))

    return change


def _bomb(file: Path) -> None:
    """100 MB of nothing, in a hundredth of a megabyte, where the manifest speaks of a few lines."""
    rewritten(file, lambda members: members.update({"settings/vigie.toml": bytes(100_000_000)}))
    assert file.stat().st_size < 1_000_000


def _announced_bomb(file: Path) -> None:
    """The same, and the manifest says so."""
    _bomb(file)
    with_manifest(file, lambda manifest: manifest["members"][1].update(bytes=100_000_000))


_DECEITS: dict[str, tuple[Callable[[Path], None], str]] = {
    "up and out": (_named("../../escaped.toml"), "belongs in no backup"),
    "up and out, listed": (_listed("settings/../../../escaped.toml"), "belongs in no backup"),
    "absolute": (_named("/var/escaped.toml"), "belongs in no backup"),
    "absolute, listed": (_listed("/var/escaped.toml"), "belongs in no backup"),
    "another system's": (_listed("settings\\..\\escaped.toml"), "belongs in no backup"),
    "a link": (_named("settings/escaped.toml", 0o120_000), "is a link or no file at all"),
    "a program": (_listed("settings/escaped.py"), "belongs in no backup"),
    "a bomb": (_bomb, "where its manifest says"),
    "a bomb that is announced": (_announced_bomb, "larger than"),
    "a newer schema": (
        lambda file: with_manifest(file, lambda manifest: manifest.update(schema="9999")),
        "schema 9999",
    ),
}


@pytest.mark.parametrize("deceit", _DECEITS)
def test_row_40_a_backup_made_to_deceive_is_refused_before_a_byte_of_it_is_written(
    backup: Path, tmp_path: Path, deceit: str
) -> None:
    """Row 40: by its name, its size or its schema; whether looked at, restored, or put in another's place."""
    change, says = _DECEITS[deceit]
    change(backup)
    commands = Commands(tmp_path / "to" / "here")
    (tmp_path / "to" / "here").mkdir(parents=True)
    commands.settings("[crawler]\ndelay = 3\n")
    before = _files(tmp_path)
    for options in (["--check"], [], ["--replace"]):
        said = commands("restore", str(backup), *options)
        assert said.code in (1, 2) and "Traceback" not in said.err, said
        assert says in said.err or (not options and "already" in said.err), said
    assert _files(tmp_path) == before


def _files(folder: Path) -> dict[Path, bytes]:
    """All that there is; a lock of the commands' own does not count."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "vigie.lock"}


def test_row_40_a_sound_backup_is_restored(backup: Path, tmp_path: Path) -> None:
    """Row 40, the other way round: it is the deceit that is refused above."""
    commands = Commands(tmp_path)
    said = commands("restore", str(backup))
    assert said.code == 0, said.err
    assert [one["name"] for one in commands("source", "list", "--json").json] == ["Le Phare"]
