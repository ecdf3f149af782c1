"""The shelf: word tables that were made once, in files. Making one takes seconds, reading it back a tenth of one."""

import hashlib
import os
import tempfile
import unicodedata
import zipfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

import structlog

from matching.dictionaries import corrections, entries
from matching.word_table import Builder, WordTable

log = structlog.get_logger()

# What a table depends on, beside the dictionary: it is made anew where any of these has changed.
_MADE_BY = ("characters.py", "dictionaries.py", "fold.py", "french.py", "word_table.py")


class Shelf:
    """The tables of a folder; without a folder, every table is made when it is asked for."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def table(self, code: str) -> WordTable:
        """The table of a dictionary, read or made. A folder that cannot be written costs the time, and no error."""
        if self._folder is None:
            return Builder().table(entries(code))
        file = self._folder / f"{code}-{_edition(code)}.npz"
        table = _read(file)
        if table is None:
            table = Builder().table(entries(code))
            _keep(table, file, f"{code}-*.npz")
        return table


@cache
def _edition(code: str) -> str:
    """What tells tables apart that were made otherwise."""
    told = corrections(code)
    corrected = [*sorted(told.alone), "", *sorted(told.nothing), "", *sorted(map("=".join, told.forms.items()))]
    made = [version("simplemma"), unicodedata.unidata_version, *corrected]
    sources = [(Path(__file__).parent / name).read_bytes() for name in _MADE_BY]
    return hashlib.sha256(b"\0".join([*(part.encode() for part in made), *sources])).hexdigest()[:16]


def _read(file: Path) -> WordTable | None:
    """The table of a file; None where there is none, or the file is damaged."""
    try:
        with file.open("rb") as opened:
            return WordTable.load(opened)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        log.warning("word table not read", file=str(file), error=str(error))
        return None


def _keep(table: WordTable, file: Path, older: str) -> None:
    """Write the table whole or not at all, and drop those that it replaces."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=file.parent, prefix=".making-")
        try:
            with os.fdopen(number, "wb") as opened:
                table.save(opened)
            for old in file.parent.glob(older):
                old.unlink(missing_ok=True)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        log.warning("word table not kept", file=str(file), error=str(error))
