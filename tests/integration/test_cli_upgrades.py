"""Commands of a new version on the folder of an older one: backed up as it is, brought up to date, or left alone."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from cli.folder import DataFolder
from tests.commands import Commands
from tests.schemas.stored import build, fill, revisions, stored

FREE_PORT = "[web]\nport = 0\n"
OLD, LAST = "0009", revisions()[-1]


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder that an older version has left."""
    commands = Commands(tmp_path)
    commands.settings(FREE_PORT)
    _execute(commands, None)
    return commands


def _execute(vigie: Commands, statement: str | None) -> Any:
    """The first value that a statement finds; without one, the stored database is written."""
    engine = create_engine(f"sqlite:///{vigie.folder / 'vigie.db'}")
    with engine.begin() as connection:
        if statement is None:
            build(connection, OLD)
            fill(connection, stored(OLD)["rows"])
            found = None
        else:
            result = connection.execute(text(statement))
            found = result.scalar() if result.returns_rows else None
    engine.dispose()
    return found


def _schema(vigie: Commands) -> Any:
    return _execute(vigie, "SELECT version_num FROM alembic_version")


def _database(vigie: Commands) -> dict[str, str]:
    examined = vigie("doctor", "--json")
    assert examined.code == 1
    found: dict[str, str] = next(finding for finding in examined.json if finding["check"] == "database")
    return found


def test_the_doctor_tells_of_an_older_schema_and_leaves_it(vigie: Commands) -> None:
    found = _database(vigie)
    assert found["verdict"] == "fail"
    assert f"has schema {OLD}, and this version of Vigie needs {LAST}" in found["found"]
    assert "vigie backup" in found["advice"]
    assert _schema(vigie) == OLD


def test_the_doctor_tells_of_a_newer_schema(vigie: Commands) -> None:
    _execute(vigie, "UPDATE alembic_version SET version_num = '9999'")
    found = _database(vigie)
    assert (found["verdict"], "schema 9999" in found["found"]) == ("fail", True)
    assert "upgrade Vigie, or restore a backup" in found["advice"]


def test_the_doctor_tells_of_a_half_upgraded_schema(vigie: Commands) -> None:
    _execute(vigie, f"UPDATE alembic_version SET version_num = '{LAST}'")
    found = _database(vigie)
    assert (found["verdict"], "is not there" in found["found"]) == ("fail", True)
    assert "vigie restore FILE --replace" in found["advice"]


def test_a_command_upgrades_unless_a_service_runs_that_knows_the_old_schema_only(vigie: Commands) -> None:
    folder = DataFolder.at(vigie.folder)
    folder.hold()
    try:
        refused = vigie("source", "list")
    finally:
        folder.let_go()
    assert (refused.code, f"has schema {OLD}" in refused.err, "stop the service" in refused.err) == (2, True, True)
    assert _schema(vigie) == OLD
    assert "La Digue" in vigie("source", "list").out
    assert _schema(vigie) == LAST


def test_a_check_of_the_watches_does_not_upgrade_under_a_service_that_runs(vigie: Commands) -> None:
    folder = DataFolder.at(vigie.folder)
    folder.hold()
    try:
        refused = vigie("watch", "lint", "--archive")
    finally:
        folder.let_go()
    assert (refused.code, f"has schema {OLD}" in refused.err, _schema(vigie)) == (2, True, OLD)
    assert vigie("watch", "lint", "--archive").code == 0


def test_a_backup_before_an_upgrade_may_be_made_by_either_version_and_upgrades_nothing(vigie: Commands) -> None:
    made = vigie("backup", str(vigie.folder / "before.zip"), "--json")
    assert (made.code, _schema(vigie)) == (0, OLD)
    assert vigie("restore", str(vigie.folder / "before.zip"), "--check").code == 0
    assert vigie("source", "list").code == 0
    _execute(vigie, "DELETE FROM link")
    assert vigie("restore", str(vigie.folder / "before.zip"), "--replace").code == 0
    assert _execute(vigie, "SELECT count(*) FROM link") == len(stored(OLD)["rows"]["link"])


@pytest.mark.parametrize("schema", ["9999", ""])
async def test_the_service_does_not_start_on_a_schema_that_it_does_not_know(vigie: Commands, schema: str) -> None:
    _execute(vigie, f"UPDATE alembic_version SET version_num = '{schema or LAST}'")
    said = await vigie.apart("run")
    assert said.code == 2
    assert ("newer version" if schema else "vigie restore FILE --replace") in " ".join(said.err.split())
    assert "Traceback" not in said.err
    assert not DataFolder.at(vigie.folder).is_held()
