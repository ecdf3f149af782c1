"""Annotated pages are read from archives and folders, and the hosts that they are of are found."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from bench.corpus import AnnotatedPage, CorpusError, Gold, annotated_pages, annotations, corpus_name

ROWS: list[dict[str, Any]] = [
    {
        "page": "pages/0000.html", "url": "https://www.example.fr/a", "lang": "fr", "text": "Corps.",
        "alt": "Chapô. Corps.", "title": "Titre", "author": ["Anne", "Luc"], "date": "2026-11-21 08:00:00+01:00",
    },
    {"page": "pages/0001.html", "url": "https://example.com/b", "author": "Ann", "with": ["in"], "without": ["out"]},
]  # fmt: skip


def corpus(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """A folder with such annotations, and a page for each."""
    (folder / "pages").mkdir(parents=True)
    for row in rows:
        (folder / row["page"]).write_bytes(f"<p>{row['page']}é</p>".encode("latin-1"))
    (folder / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def archive(path: Path, folder: Path, prefix: str) -> Path:
    """The folder as an archive, its files under a prefix."""
    with tarfile.open(path, "w:xz") as opened:
        opened.add(folder, prefix or ".")
    return path


def test_a_folder_gives_pages_as_bytes_with_all_that_is_annotated(tmp_path: Path) -> None:
    first, second = annotated_pages(corpus(tmp_path / "tiny", ROWS))
    assert first == AnnotatedPage(
        "<p>pages/0000.htmlé</p>".encode("latin-1"),
        Gold(
            page="pages/0000.html", url="https://www.example.fr/a", host="www.example.fr", lang="fr", text="Corps.",
            alt="Chapô. Corps.", title="Titre", authors=("Anne", "Luc"), date="2026-11-21 08:00:00+01:00",
        ),
    )  # fmt: skip
    assert (second.gold.authors, second.gold.present, second.gold.absent) == (("Ann",), ("in",), ("out",))


def test_what_is_not_annotated_is_none_or_empty(tmp_path: Path) -> None:
    [gold] = annotations(corpus(tmp_path / "tiny", [{"page": "pages/0000.html", "author": None, "with": None}]))
    assert gold == Gold(page="pages/0000.html", url="", host="")


@pytest.mark.parametrize("prefix", ["", "./", "tiny", "tiny/inner"])
def test_an_archive_gives_what_its_folder_gives(tmp_path: Path, prefix: str) -> None:
    folder = corpus(tmp_path / "tiny", ROWS)
    packed = archive(tmp_path / "tiny.tar.xz", folder, prefix)
    assert list(annotated_pages(packed)) == list(annotated_pages(folder))
    assert annotations(packed) == annotations(folder)
    assert corpus_name(packed) == corpus_name(folder) == "tiny"


def test_a_folder_without_annotations_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"holds no gold\.jsonl"):
        annotations(tmp_path)


def test_a_file_that_is_no_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.tar.xz").write_text("no archive", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.tar\.xz cannot be read"):
        annotations(tmp_path / "a.tar.xz")


@pytest.mark.parametrize("kept", [100, 300])
def test_an_archive_that_was_cut_short_is_told(tmp_path: Path, kept: int) -> None:
    packed = archive(tmp_path / "a.tar.xz", corpus(tmp_path / "tiny", ROWS), "")
    packed.write_bytes(packed.read_bytes()[:kept])
    with pytest.raises(CorpusError, match=r"a\.tar\.xz cannot be read"):
        annotations(packed)


def test_a_corpus_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"none cannot be read"):
        annotations(tmp_path / "none")


def test_a_page_that_is_missing_is_told_with_its_line(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "tiny", ROWS)
    (folder / "pages" / "0001.html").unlink()
    with pytest.raises(CorpusError, match=r"line 2 of gold\.jsonl names pages/0001\.html"):
        list(annotated_pages(folder))


@pytest.mark.parametrize("line", ["{", "[]", "{}", "3"])
def test_a_line_that_is_no_annotation_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "gold.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"line 1 of gold\.jsonl is no JSON object with a page"):
        annotations(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "https://web.archive.org/web/20160526181643/http://Www.Example.com/a",
        "https://web.archive.org/web/20160526181643/http:/www.example.com/a",
        "https://web.archive.org/web/20160526181643/www.example.com/a",
        "https://www.example.com:8080/a",
    ],
)
def test_a_snapshot_is_of_the_host_that_it_was_taken_of(tmp_path: Path, url: str) -> None:
    [gold] = annotations(corpus(tmp_path / "tiny", [{"page": "pages/0000.html", "url": url}]))
    assert gold.host == "www.example.com"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hard::example.com-attack.html", "example.com"),
        ("hard::example.gov.jm-tax.html", "example.gov.jm"),
        ("recall::blog.example.org.html", "blog.example.org"),
        ("hard::example.de.word.html", "example.de"),
    ],
)
def test_a_lost_address_leaves_the_host_in_the_name_of_its_file(tmp_path: Path, name: str, expected: str) -> None:
    rows = [{"page": "pages/0000.html", "url": name}, {"page": "pages/0001.html", "id": name}]
    assert [gold.host for gold in annotations(corpus(tmp_path / "tiny", rows))] == [expected, expected]


def test_a_page_whose_address_was_lost_gets_that_of_its_host(tmp_path: Path) -> None:
    [gold] = annotations(corpus(tmp_path / "tiny", [{"page": "pages/0000.html", "url": "hard::example.com-a.html"}]))
    assert gold.url == "https://example.com/"
