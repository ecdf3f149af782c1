"""`vigie doctor` on folders and files that its user may not use: one line of advice each, and nothing else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.commands import Said
from tests.databases import migrate

_SETPRIV = shutil.which("setpriv") or ""
_AS_NOBODY = (_SETPRIV, "--reuid", "65534", "--regid", "65534", "--clear-groups")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder outside of pytest's, which nobody but pytest's user may enter."""
    if os.geteuid() != 0 or not _SETPRIV:
        pytest.skip("only root can run a command as somebody else, and needs setpriv for it")
    with TemporaryDirectory(prefix="vigie-doctor-") as made:
        path = Path(made)
        path.chmod(0o755)
        (path / "data").mkdir(mode=0o755)
        yield path / "data"


def _examined(folder: Path) -> tuple[dict[str, Any], Said]:
    """The findings by check, and what a user who owns nothing here was told."""
    ended = subprocess.run(
        [*_AS_NOBODY, sys.executable, "-m", "cli", "doctor", "--json", "--data", str(folder)],
        cwd=ROOT,
        env={**os.environ, "VIGIE_WEB__PORT": "0", "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = Said(ended.returncode, ended.stdout, ended.stderr)
    assert (said.code, said.err) == (1, "")
    return {finding["check"]: finding for finding in said.json}, said


def test_a_folder_that_may_not_be_written_fails_without_a_trace_of_the_driver(folder: Path) -> None:
    found, _ = _examined(folder)
    assert "is not writable" in found["data folder"]["found"]
    assert "give it to the user who runs Vigie" in found["data folder"]["advice"]
    assert "there is no database" in found["database"]["found"]


def test_a_database_that_may_only_be_read_fails(folder: Path) -> None:
    migrate(f"sqlite:///{folder / 'vigie.db'}")
    (folder / "vigie.db").chmod(0o444)
    found, _ = _examined(folder)
    assert "readonly" in found["database"]["found"]
    assert "is writable" in found["database"]["advice"]


def test_a_database_that_may_not_even_be_read_fails(folder: Path) -> None:
    folder.chmod(0o777)
    migrate(f"sqlite:///{folder / 'vigie.db'}")
    (folder / "vigie.db").chmod(0o600)
    found, _ = _examined(folder)
    assert found["data folder"]["verdict"] == "ok"
    assert "unable to open database file" in found["database"]["found"]


def test_a_database_in_a_folder_that_may_not_be_entered_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.chmod(0o777)
    (folder / "shut").mkdir(mode=0o700)
    (folder / "vigie.where").write_text("shut/vigie.db\n", encoding="utf-8")
    monkeypatch.setenv("VIGIE_DATABASE__URL", f"sqlite:///{folder / 'shut' / 'vigie.db'}")
    found, _ = _examined(folder)
    assert "unable to open database file" in found["database"]["found"]


def test_settings_that_may_not_be_read_fail(folder: Path) -> None:
    (folder / "vigie.toml").write_text("")
    (folder / "vigie.toml").chmod(0o600)
    found, _ = _examined(folder)
    assert "vigie.toml cannot be read: Permission denied" in found["settings"]["found"]
    assert found["settings"]["advice"]


def test_a_folder_below_one_that_may_not_be_entered_fails(folder: Path) -> None:
    folder.chmod(0o700)
    found, _ = _examined(folder / "below")
    assert "Permission denied" in found["data folder"]["found"]
    assert found["disk"]["verdict"] in ("ok", "warn")
    assert "cannot be looked into" in found["settings"]["found"]
    assert "run Vigie as the user whose it is" in found["settings"]["advice"]
