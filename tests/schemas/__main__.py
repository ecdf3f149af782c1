"""Store a database of each schema that has none yet: `python -m tests.schemas`, after its rows are in rows.py.

What is stored already stays as it is: it is what a database of that time looked like.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine

from tests.databases import running_postgresql
from tests.schemas.rows import rows_at
from tests.schemas.stored import FOLDER, build, reflected, revisions, shape


@contextmanager
def _blank_ones() -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory() as folder, running_postgresql() as server:
        yield [f"sqlite:///{Path(folder) / 'vigie.db'}", server.blank().replace("postgresql:", "postgresql+psycopg:")]


def _store(revision: str) -> Path:
    shapes = {}
    with _blank_ones() as urls:
        for url in urls:
            engine = create_engine(url)
            with engine.begin() as connection:
                build(connection, revision)
                shapes[connection.dialect.name] = shape(connection)
                rows = _as_far_as_there(connection, revision)
            engine.dispose()
    file = FOLDER / f"{revision}.json"
    lines = ",\n".join(
        f"  {json.dumps(table)}: [\n"
        + ",\n".join("   " + json.dumps(row, ensure_ascii=False) for row in found)
        + "\n  ]"
        for table, found in rows.items()
    )
    file.write_text(f'{{\n "shape": {json.dumps(shapes)},\n "rows": {{\n{lines}\n }}\n}}\n', encoding="utf-8")
    return file


def _as_far_as_there(connection: Connection, revision: str) -> dict[str, list[dict[str, object]]]:
    """The rows, without the columns that came later; every table has to have one."""
    rows, found = rows_at(revision), {}
    for name, table in reflected(connection).items():
        if not rows.get(name):
            raise SystemExit(f"schema {revision} has the table {name}, and tests/schemas/rows.py no row of it")
        found[name] = [{key: value for key, value in row.items() if key in table.c} for row in rows[name]]
    return found


if __name__ == "__main__":
    for one in revisions():
        if not (FOLDER / f"{one}.json").exists():
            print(_store(one))
