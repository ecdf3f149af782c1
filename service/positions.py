"""Where in a TOML text a key or a value stands; the standard parser keeps the values and forgets the places."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence

Path = tuple[str | int, ...]
"""Names of keys, and numbers from 0 for the tables and values of an array."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")|' + r"'''.*?'{3,5}(?!')|" + r'"(?:\\.|[^"\\])*"|' + r"'[^']*'", re.DOTALL
)
_PLAIN = re.compile(r"[^,\]}#\r\n]+")


class Places:
    """The places of all keys and of the values of all arrays in one text, which must be TOML."""

    def __init__(self, text: str) -> None:
        self._found = _Reader(text).read()
        self._lines = [0, *(end.end() for end in re.finditer("\n", text))]

    def of(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column, from 1; (0, 0) for what is not there."""
        at = self._found.get(tuple(path))
        if at is None:
            return 0, 0
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1


class _Reader:
    """Goes through the text once. The grammar is not checked: the standard parser has done so."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {}
        self.tables: dict[Path, int] = {}

    def read(self) -> dict[Path, int]:
        table: Path = ()
        while self._goes_on():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.found

    def _goes_on(self) -> bool:
        """Pass over blanks and comments; whether anything follows."""
        blank = _BLANK.match(self.text, self.at)
        self.at = self.at if blank is None else blank.end()
        return self.at < len(self.text)

    def _pass(self, sign: str) -> bool:
        """Pass over this sign, if it stands here."""
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def _header(self) -> Path:
        """`[table]` or `[[table]]`: what it means, the numbers of the arrays in it filled in."""
        is_array = self._pass("[[")
        if not is_array:
            self._pass("[")
        names = self._names()
        path: Path = ()
        for index, (name, at) in enumerate(names):
            path = (*path, name)
            self.found.setdefault(path, at)
            if is_array and index == len(names) - 1:
                self.tables[path] = self.tables.get(path, -1) + 1
            if path in self.tables:
                path = (*path, self.tables[path])
                self.found.setdefault(path, at)
        self._pass("]]" if is_array else "]")
        return path

    def _names(self) -> list[tuple[str, int]]:
        """The parts of a key such as `a."b c".d`, each with its place."""
        names: list[tuple[str, int]] = []
        while True:
            self._spaces()
            key = _KEY.match(self.text, self.at)
            if key is None:
                raise ValueError(f"there is no key at character {self.at} of this TOML")
            name = key[0] if key[0][0] not in "\"'" else tomllib.loads(f"key = {key[0]}")["key"]
            names.append((name, self.at))
            self.at = key.end()
            self._spaces()
            if not self._pass("."):
                return names

    def _spaces(self) -> None:
        space = _SPACE.match(self.text, self.at)
        self.at = self.at if space is None else space.end()

    def _pair(self, table: Path) -> None:
        path = table
        for name, at in self._names():
            path = (*path, name)
            self.found.setdefault(path, at)
        self._pass("=")
        self._spaces()
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._pass("["):
            self._array(path)
        elif self._pass("{"):
            while self._goes_on() and not self._pass("}"):
                if not self._pass(","):
                    self._pair(path)
        else:
            value = _STRING.match(self.text, self.at) or _PLAIN.match(self.text, self.at)
            self.at = len(self.text) if value is None else value.end()

    def _array(self, path: Path) -> None:
        number = 0
        while self._goes_on() and not self._pass("]"):
            if self._pass(","):
                continue
            self.found[*path, number] = self.at
            self._value((*path, number))
            number += 1
