"""The manifest of a backup: which Vigie made it, of what, when, and what each member of the file is."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from news.errors import BackupError
from service import written
from storage.contents import Contents

FORMAT = 1
NAME = "manifest.json"
DATABASES = {"sqlite": "vigie.db", "postgresql": "vigie.dump"}
"""The member that holds the database, by engine."""
SETTINGS = "settings/"
MAIN_SETTINGS = f"{SETTINGS}vigie.toml"
_SETTINGS_NAME = re.compile(r"settings(/[\w][\w .+-]*)+\.toml")
MOST_MEMBERS = 1_000


@dataclass(frozen=True, slots=True)
class Member:
    """One file within the backup: its name, size in bytes, and SHA-256 in hexadecimal."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. Everything that was committed before `started_at` is in it."""

    vigie: str
    started_at: datetime
    contents: Contents
    members: tuple[Member, ...]

    @property
    def database(self) -> Member:
        """The member with the database."""
        return next(member for member in self.members if member.name == DATABASES[self.contents.engine])

    @property
    def settings(self) -> tuple[Member, ...]:
        """The members with the settings; the main file first, if there is one."""
        found = [member for member in self.members if member.name.startswith(SETTINGS)]
        return tuple(sorted(found, key=lambda member: (member.name != MAIN_SETTINGS, member.name)))

    def to_json(self) -> bytes:
        """As it stands in the file."""
        contents = self.contents
        values = {
            "format": FORMAT,
            "vigie": self.vigie,
            "engine": contents.engine,
            "schema": contents.schema,
            "made_with": contents.made_with,
            "started_at": self.started_at.isoformat(),
            "counts": dict(contents.counts),
            "removed": dict(contents.removed),
            "members": [{"name": one.name, "bytes": one.bytes, "sha256": one.sha256} for one in self.members],
        }
        return json.dumps(values, indent=2).encode()


def is_settings_name(name: str) -> bool:
    """Whether a member may have this name: below `settings/`, ending in `.toml`, no step of it leading elsewhere."""
    return len(name) <= 300 and _SETTINGS_NAME.fullmatch(name) is not None


def read_manifest(text: bytes) -> Manifest:
    """The manifest again. Raises BackupError for what is none, or of a later format."""
    try:
        values = json.loads(text)
        if not isinstance(values, dict) or not isinstance(values["format"], int):
            raise ValueError("it has no format")
        if values["format"] > FORMAT:
            raise BackupError(
                f"the backup has format {values['format']}, which this version of Vigie does not know",
                "it was made by a newer version: install that, or a newer one",
            )
        manifest = _manifest(values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupError(f"its manifest cannot be read: {type(error).__name__}", "take another backup") from error
    _check_members(manifest)
    return manifest


def _manifest(values: Mapping[str, Any]) -> Manifest:
    engine = values["engine"]
    if engine not in DATABASES:
        raise ValueError("another engine")
    counts, removed = _counts(values["counts"]), _counts(values.get("removed", {}))  # which the first ones do not have
    members = tuple(
        Member(str(one["name"]), _number(one["bytes"]), str(one["sha256"]).lower()) for one in values["members"]
    )
    started_at = datetime.fromisoformat(values["started_at"])
    if started_at.tzinfo is None:
        raise ValueError("an instant without a zone")
    contents = Contents(engine, str(values["schema"]), counts, str(values["made_with"]), removed)
    return Manifest(str(values["vigie"]), started_at, contents, members)


def _counts(values: Mapping[str, Any]) -> dict[str, int]:
    return {str(table): _number(count) for table, count in values.items()}


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError("no number")
    return value


def _check_members(manifest: Manifest) -> None:
    names = [member.name for member in manifest.members]
    database = DATABASES[manifest.contents.engine]
    if names.count(database) != 1 or len(set(names)) != len(names) or len(names) > MOST_MEMBERS:
        raise BackupError("its manifest lists a member twice, too many, or no database", "take another backup")
    for member in manifest.members:
        if member.name != database and not is_settings_name(member.name):
            raise BackupError(f"it holds {member.name!r}, which belongs in no backup", "take another backup")
        if member.name != database and member.bytes > written.LARGEST:
            raise BackupError(f"its {member.name} is larger than settings can be", "take another backup")
