"""Annotated pages to measure extraction on, from an archive or an unpacked folder.

A corpus is a folder, or a `.tar.xz` of one, with `gold.jsonl` and the pages that it names. A line of `gold.jsonl` is a
JSON object of one page. `page` is its file, relative to `gold.jsonl`; all else may be missing: `url`, `id`, `lang`,
`text` (the body, paragraphs on lines of their own), `alt` (the body as it may be given too: the better of the two
counts), `title`, `author` (a name, or a list), `date` (ISO 8601), `with` and `without` (lists of snippets that must,
and must not, be in the text).
"""

import json
import lzma
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from news.errors import VigieError

_GOLD = "gold.jsonl"
# A snapshot of the Internet Archive names the page that it is of: web.archive.org/web/20200101000000/https://host/path
_SNAPSHOT = re.compile(r"https?://web\.archive\.org/web/[^/]+/(?:https?:/+)?(?P<page>.+)", re.IGNORECASE)
# Some addresses were lost, and only a file name is left of them: hard::host.com-word.html
_FILE_NAME = re.compile(r"\w+::(?P<host>[a-z0-9.]+?\.(?:com|org|net|info|[a-z]{2}))[-.]", re.IGNORECASE)


class CorpusError(VigieError):
    """A corpus that cannot be read; the message says which one and what is wrong."""


@dataclass(frozen=True, slots=True)
class Gold:
    """What the makers of a corpus annotated on one page; None and empty lists where they did not."""

    page: str
    url: str
    host: str
    lang: str = "und"
    text: str | None = None
    alt: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnotatedPage:
    """A page as it was fetched, and its annotation."""

    body: bytes
    gold: Gold


def corpus_name(path: Path) -> str:
    """What a corpus is called: its file or folder without `.tar.xz`."""
    return path.name.removesuffix(".tar.xz")


def annotations(path: Path) -> list[Gold]:
    """The annotations of a corpus, without its pages. Raises CorpusError."""
    return [gold for gold, _ in _read(path, with_pages=False)]


def annotated_pages(path: Path) -> Iterator[AnnotatedPage]:
    """The pages of a corpus in the order of its `gold.jsonl`. Raises CorpusError."""
    for gold, body in _read(path, with_pages=True):
        yield AnnotatedPage(body, gold)


def _read(path: Path, with_pages: bool) -> Iterator[tuple[Gold, bytes]]:
    files = _folder(path, with_pages) if path.is_dir() else _archive(path, with_pages)
    if _GOLD not in files:
        raise CorpusError(f"{path} holds no {_GOLD}: it is no corpus (bench/corpus.py says what one is).")
    for number, line in enumerate(files.pop(_GOLD).decode().split("\n"), 1):
        if not line.strip():
            continue
        gold = _gold(line, f"{path}, line {number} of {_GOLD}")
        body = files.get(gold.page, b"")
        if with_pages and gold.page not in files:
            raise CorpusError(f"{path}, line {number} of {_GOLD} names {gold.page}, which is not there.")
        yield gold, body


def _folder(path: Path, with_pages: bool) -> dict[str, bytes]:
    found = (file for file in path.rglob("*") if file.is_file() and (with_pages or file.name == _GOLD))
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in found}


def _archive(path: Path, with_pages: bool) -> dict[str, bytes]:
    """The files of an archive by name; of a folder in it, where its `gold.jsonl` lies in one."""
    try:
        with tarfile.open(path) as opened:
            wanted = (one for one in opened if one.isfile() and (with_pages or PurePosixPath(one.name).name == _GOLD))
            files = {one.name.removeprefix("./"): _content(opened, one) for one in wanted}
    except (OSError, EOFError, lzma.LZMAError, tarfile.TarError) as error:
        raise CorpusError(f"{path} cannot be read: {error}.") from error
    top = next((name.removesuffix(_GOLD) for name in files if name.endswith(f"/{_GOLD}")), "")
    return {name.removeprefix(top): content for name, content in files.items()}


def _content(opened: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = opened.extractfile(member)
    assert stream is not None  # a plain file
    return stream.read()


def _gold(line: str, where: str) -> Gold:
    try:
        row: dict[str, Any] = json.loads(line)
        page = row["page"]
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{where} is no JSON object with a page: {error!r}.") from error
    author = row.get("author") or ()
    host = _host(row)
    url = row.get("url") or ""
    return Gold(
        page=page,
        url=url if urlsplit(url).netloc else f"https://{host}/" if host else "",
        host=host,
        lang=row.get("lang") or "und",
        text=row.get("text"),
        alt=row.get("alt"),
        title=row.get("title"),
        authors=(author,) if isinstance(author, str) else tuple(author),
        date=row.get("date"),
        present=tuple(row.get("with") or ()),
        absent=tuple(row.get("without") or ()),
    )


def _host(row: dict[str, Any]) -> str:
    """The host whose page it is, in lower case; empty where nothing tells."""
    url = row.get("url") or ""
    snapshot = _SNAPSHOT.match(url)
    page = f"https://{snapshot['page']}" if snapshot else url
    name = _FILE_NAME.match(url) or _FILE_NAME.match(row.get("id") or "")
    return (urlsplit(page).hostname or (name["host"] if name else "")).lower()
