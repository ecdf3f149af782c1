"""Realistic pages to measure on: annotated corpora where a folder holds them, else pages generated from the seeds."""

import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from seeds.pages import demo_articles, render_magazine, render_slideshow, seed_articles


def pages(count: int, corpora: Path | None) -> tuple[list[bytes], str]:
    """So many pages, and a word on where they come from."""
    found = list(_of_corpora(corpora, count)) if corpora is not None and corpora.is_dir() else []
    if found:
        return [found[number % len(found)] for number in range(count)], f"{len(found)} pages of the corpora"
    return list(_generated(count)), "generated from the seeds"


def _of_corpora(folder: Path, count: int) -> Iterator[bytes]:
    left = count
    for archive in sorted(folder.glob("*.tar.xz"), reverse=True):
        with tarfile.open(archive) as opened:
            for member in opened:
                if left == 0:
                    return
                if not member.name.endswith(".html"):
                    continue
                stream = opened.extractfile(member)
                assert stream is not None  # a plain file
                yield stream.read()
                left -= 1


def _generated(count: int) -> Iterator[bytes]:
    articles = [*seed_articles(), *demo_articles()]
    for number in range(count):
        article = articles[number % len(articles)]
        article = replace(article, slug=f"{article.slug}-{number}", title=f"{article.title} ({number})")
        render = render_slideshow if number % 4 == 3 else render_magazine
        yield render(article, "http://127.0.0.1", articles[:6]).encode()
